"""Do buildpacks of version 3 behave as chapter 4 says?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from cloud_controller.present.again import present_again

UNPROCESSABLE = "422 10008 "
FORBIDDEN = "403 10003 You are not authorized to perform the requested action"
NOT_FOUND = "404 10010 Buildpack not found"


@pytest.fixture(autouse=True)
def _no_buildpacks(cloud: Any) -> None:
    """Begin without buildpacks: all of a server share one list of positions per lifecycle."""
    for one in cloud.admin.get("/v2/buildpacks?results-per-page=100").json()["resources"]:
        assert cloud.admin.delete(one["metadata"]["url"]).status_code == 204


def create(cloud: Any, **members: Any) -> dict[str, Any]:
    answer = cloud.admin.post("/v3/buildpacks", json={"name": f"b-{uuid.uuid4()}", **members})
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def names(cloud: Any, query: str = "") -> list[str]:
    answer = cloud.admin.get(f"/v3/buildpacks{query}")
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["resources"]]


def test_a_new_buildpack_has_the_documented_members_and_comes_first(cloud: Any) -> None:
    create(cloud, name="older")
    shown = create(cloud, name="ruby_buildpack")
    path = f"https://api.example.local/v3/buildpacks/{shown['guid']}"

    assert list(shown) == [
        "guid",
        "created_at",
        "updated_at",
        "name",
        "stack",
        "state",
        "lifecycle",
        "filename",
        "position",
        "enabled",
        "locked",
        "metadata",
        "links",
    ]
    assert {name: shown[name] for name in list(shown)[3:]} == {
        "name": "ruby_buildpack",
        "stack": None,
        "state": "AWAITING_UPLOAD",
        "lifecycle": "buildpack",
        "filename": None,
        "position": 1,
        "enabled": True,
        "locked": False,
        "metadata": {"labels": {}, "annotations": {}},
        "links": {
            "self": {"href": path},
            "upload": {"href": f"{path}/upload", "method": "POST"},
        },
    }
    assert cloud.admin.get(f"/v3/buildpacks/{shown['guid']}").json() == shown
    assert names(cloud) == ["ruby_buildpack", "older"]


def test_all_members_can_be_given_and_null_counts_as_absent(cloud: Any) -> None:
    given = {
        "stack": "cflinuxfs4",
        "position": 7,
        "enabled": False,
        "locked": True,
        "lifecycle": "cnb",
        "metadata": {"labels": {"env": "test"}, "annotations": {"note": "text"}},
    }
    shown = create(cloud, **given)
    assert {name: shown[name] for name in given} == {**given, "position": 1}

    nothing = dict.fromkeys(("stack", "position", "enabled", "locked", "lifecycle"))
    shown = create(cloud, **nothing)
    assert {name: shown[name] for name in nothing} == {
        "stack": None,
        "position": 1,
        "enabled": True,
        "locked": False,
        "lifecycle": "buildpack",
    }


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            {},
            (
                "Name must be a string, Name can't be blank, "
                "Name is too long (maximum is 250 characters), Name is invalid"
            ),
        ),
        ([], "Unknown field(s): '_json', Name must be a string"),
        ({"name": ""}, "Name can't be blank, Name is invalid"),
        ({"name": 5}, "Name must be a string"),
        ({"name": "n" * 251}, "Name is too long (maximum is 250 characters)"),
        ({"name": "a b"}, "Name is invalid"),
        ({"name": "n", "stack": 5}, "Stack must be a string"),
        ({"name": "n", "stack": "s" * 251}, "Stack is too long (maximum is 250 characters)"),
        ({"name": "n", "position": 0}, "Position must be greater than or equal to 1"),
        ({"name": "n", "position": 1.5}, "Position must be an integer"),
        ({"name": "n", "position": "x"}, "Position is not a number"),
        (
            {"name": "n", "enabled": "x", "locked": "x"},
            "Enabled must be a boolean, Locked must be a boolean",
        ),
        ({"name": "n", "lifecycle": "x"}, 'Lifecycle must be either "buildpack" or "cnb"'),
        ({"name": "n", "unexpected": 1}, "Unknown field(s): 'unexpected'"),
        ({"name": "n", "stack": "missing"}, "Stack 'missing' does not exist"),
        ({"name": "n", "metadata": None}, "Metadata must be an object"),
        (
            {"metadata": {"labels": {"a/b": ""}}, "unexpected": 1, "name": "a b", "position": 0},
            (
                "Metadata label key error: prefix 'a' must be in valid dns format, "
                "Unknown field(s): 'unexpected', Name is invalid, "
                "Position must be greater than or equal to 1"
            ),
        ),
    ],
)
def test_a_bad_body_gets_the_documented_text(cloud: Any, body: Any, text: str) -> None:
    found = cloud.detail(cloud.admin.post("/v3/buildpacks", json=body))
    assert found.startswith(UNPROCESSABLE + text)


def test_a_name_is_taken_per_stack_and_lifecycle(cloud: Any) -> None:
    create(cloud, name="ruby")
    again = cloud.admin.post("/v3/buildpacks", json={"name": "ruby"})
    assert cloud.detail(again) == (
        UNPROCESSABLE + "Buildpack with name 'ruby' and an unassigned stack already exists"
    )
    create(cloud, name="ruby", stack="cflinuxfs4")
    again = cloud.admin.post("/v3/buildpacks", json={"name": "ruby", "stack": "cflinuxfs4"})
    assert cloud.detail(again) == (
        UNPROCESSABLE + "Buildpack with name 'ruby', stack 'cflinuxfs4' and lifecycle "
        "'buildpack' already exists"
    )
    create(cloud, name="ruby", lifecycle="cnb")


def test_a_position_may_be_text_and_beyond_the_end(cloud: Any) -> None:
    first = create(cloud, name="a")
    assert create(cloud, name="b", position="02")["position"] == 2
    assert create(cloud, name="c", position=2147483647)["position"] == 3
    answer = cloud.admin.patch(f"/v3/buildpacks/{first['guid']}", json={"position": "3"})
    assert answer.json()["position"] == 3
    assert names(cloud) == ["b", "c", "a"]


def test_an_update_changes_what_is_sent(cloud: Any) -> None:
    shown = create(cloud, name="ruby", metadata={"labels": {"a": "1", "b": "2"}})
    path = f"/v3/buildpacks/{shown['guid']}"
    changes = {"name": "go", "stack": "cflinuxfs4", "enabled": False, "locked": True}
    answer = cloud.admin.patch(
        path,
        json={**changes, "metadata": {"labels": {"a": None, "c": "3"}, "annotations": {"n": "t"}}},
    )
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in changes} == changes
    assert answer.json()["metadata"] == {
        "labels": {"b": "2", "c": "3"},
        "annotations": {"n": "t"},
    }
    assert cloud.admin.get(path).json() == answer.json()

    for body in ({}, {"stack": "cflinuxfs4"}, {"position": 1}):
        assert cloud.admin.patch(path, json=body).json() == answer.json()
    empty = cloud.admin.send("PATCH", path, headers={"Content-Type": "application/json"})
    assert (empty.status_code, empty.json()) == (200, answer.json())


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"position": None}, "Position is not a number"),
        ({"enabled": None}, "Enabled must be a boolean"),
        ({"locked": None}, "Locked must be a boolean"),
        ({"name": None}, "name can only contain alphanumeric characters"),
        ({"name": ""}, "Name is invalid"),
        ({"name": None, "position": 0}, "Position must be greater than or equal to 1"),
        ({"lifecycle": "cnb"}, "Unknown field(s): 'lifecycle'"),
        ({"stack": "missing"}, "Stack 'missing' does not exist"),
        ({"name": "other"}, "Buildpack with name 'other' and an unassigned stack already exists"),
    ],
)
def test_a_bad_update_gets_the_documented_text_and_moves_nothing(
    cloud: Any, body: dict[str, Any], text: str
) -> None:
    create(cloud, name="other")
    guid = create(cloud, name="ruby")["guid"]
    answer = cloud.admin.patch(f"/v3/buildpacks/{guid}", json={"position": 2, **body})
    assert cloud.detail(answer) == UNPROCESSABLE + text
    assert names(cloud) == ["ruby", "other"]


def test_a_stack_can_be_set_once(cloud: Any) -> None:
    path = f"/v3/buildpacks/{create(cloud)['guid']}"
    assert cloud.admin.patch(path, json={"stack": None}).json()["stack"] is None
    assert cloud.admin.patch(path, json={"stack": "cflinuxfs4"}).json()["stack"] == "cflinuxfs4"
    cloud.admin.post("/v3/stacks", json={"name": "another-stack"})
    for stack in (None, "another-stack"):
        answer = cloud.admin.patch(path, json={"stack": stack})
        assert cloud.detail(answer) == UNPROCESSABLE + "Buildpack stack cannot be changed"


def test_a_renamed_buildpack_must_not_meet_another(cloud: Any) -> None:
    create(cloud, name="go", stack="cflinuxfs4")
    path = f"/v3/buildpacks/{create(cloud, name='go')['guid']}"
    assert cloud.detail(cloud.admin.patch(path, json={"stack": "cflinuxfs4"})) == (
        UNPROCESSABLE
        + "Buildpack with name 'go', stack 'cflinuxfs4' and lifecycle 'buildpack' already exists"
    )


def test_deleting_is_a_job_that_closes_the_gap(cloud: Any) -> None:
    guids = {name: create(cloud, name=name, position=9)["guid"] for name in ("a", "b", "c")}
    cloud.admin.patch(f"/v3/buildpacks/{guids['a']}", json={"locked": True})

    answer = cloud.admin.delete(f"/v3/buildpacks/{guids['a']}")
    assert (answer.status_code, answer.content) == (202, b"")
    job = cloud.job(answer)
    assert (job["operation"], job["state"], list(job["links"])) == (
        "buildpack.delete",
        "COMPLETE",
        ["self"],
    )
    assert cloud.detail(cloud.admin.get(f"/v3/buildpacks/{guids['a']}")) == NOT_FOUND
    resources = cloud.admin.get("/v3/buildpacks").json()["resources"]
    assert [(one["name"], one["position"]) for one in resources] == [("b", 1), ("c", 2)]


def test_only_admins_write_and_everybody_reads(cloud: Any, place: Any) -> None:
    path = f"/v3/buildpacks/{create(cloud, name='ruby')['guid']}"
    for role in ("none", "space_developer", "org_manager", "admin_read_only", "global_auditor"):
        session = cloud.with_role(role, place)
        assert session.get("/v3/buildpacks").json()["pagination"]["total_results"] == 1
        assert session.get(path).status_code == 200
        assert cloud.detail(session.post("/v3/buildpacks", json={"bad": 1})) == FORBIDDEN
        assert cloud.detail(session.patch(path, json={"position": 0})) == FORBIDDEN
        assert cloud.detail(session.patch(path, json={"locked": True})) == FORBIDDEN
        assert cloud.detail(session.delete(path)) == FORBIDDEN
        assert cloud.detail(session.post(f"{path}/upload", files={"x": b""})) == FORBIDDEN
        assert cloud.detail(session.post(f"{path}/upload", files={"bits": b""})) == FORBIDDEN
    assert cloud.anonymous.get("/v3/buildpacks").status_code == 401


def test_what_does_not_exist_is_not_found_before_anything_else(cloud: Any, place: Any) -> None:
    path = "/v3/buildpacks/missing"
    for session in (cloud.admin, cloud.with_role("space_developer", place)):
        for answer in (
            session.get(path),
            session.patch(path, json={"position": 0}),
            session.patch(path, json={}),
            session.delete(path),
            session.post(f"{path}/upload", files={"bits": ("a.zip", b"")}),
            session.post(f"{path}/upload", files={"x": ("a.zip", b"")}),
            session.post(f"{path}/upload", json={}),
        ):
            assert cloud.detail(answer) == NOT_FOUND


def test_the_list_is_ordered_by_lifecycle_and_position(cloud: Any) -> None:
    for name, lifecycle in (("c", "cnb"), ("b", "buildpack"), ("d", "cnb"), ("a", "buildpack")):
        create(cloud, name=name, lifecycle=lifecycle, position=9)

    assert names(cloud) == ["b", "a", "c", "d"]
    assert names(cloud, "?order_by=") == ["b", "a", "c", "d"]
    assert names(cloud, "?order_by=lifecycle") == ["b", "a", "c", "d"]
    assert names(cloud, "?order_by=-lifecycle") == ["d", "c", "a", "b"]
    assert names(cloud, "?order_by=-position") == names(cloud, "?order_by=position")[::-1]
    assert set(names(cloud, "?order_by=position")[:2]) == {"b", "c"}
    assert names(cloud, "?order_by=created_at")[::-1] == names(cloud, "?order_by=-created_at")
    page = cloud.admin.get("/v3/buildpacks?order_by=-lifecycle&per_page=3").json()["pagination"]
    assert page["next"]["href"].endswith("?order_by=-lifecycle&page=2&per_page=3")
    assert "order_by" not in cloud.admin.get("/v3/buildpacks").json()["pagination"]["first"]["href"]


def test_the_list_can_be_filtered(cloud: Any) -> None:
    ruby = create(cloud, name="ruby", stack="cflinuxfs4", metadata={"labels": {"env": "prod"}})
    create(cloud, name="ruby", position=2)
    create(cloud, name="go", lifecycle="cnb")

    for query, wanted in (
        ("names=ruby", ["ruby", "ruby"]),
        ("names=ruby,go&lifecycle=cnb", ["go"]),
        ("stacks=cflinuxfs4", ["ruby"]),
        ("stacks=", ["ruby", "go"]),
        ("stacks=,cflinuxfs4", ["ruby", "ruby", "go"]),
        ("stacks=missing", []),
        ("lifecycle=buildpack", ["ruby", "ruby"]),
        ("label_selector=env=prod", ["ruby"]),
        ("label_selector=!env", ["ruby", "go"]),
        (f"guids={ruby['guid']}", ["ruby"]),
        ("created_ats[gt]=2100-01-01T00:00:00Z", []),
        ("updated_ats[lt]=2100-01-01T00:00:00Z", ["ruby", "ruby", "go"]),
    ):
        assert names(cloud, f"?{query}") == wanted, query
    first = cloud.admin.get("/v3/buildpacks?stacks=&names=go").json()["pagination"]["first"]
    assert first["href"].endswith("/v3/buildpacks?names=go&page=1&per_page=50&stacks=")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("lifecycle=x", 'Lifecycle must be either "buildpack" or "cnb"'),
        (
            "order_by=name",
            "Order by can only be: 'created_at', 'updated_at', 'position', 'lifecycle'",
        ),
        (
            "foo=1",
            (
                "Unknown query parameter(s): 'foo'. Valid parameters are: 'page', 'per_page', "
                "'order_by', 'created_ats', 'updated_ats', 'guids', 'stacks', 'names', 'lifecycle', "
                "'page', 'per_page', 'label_selector'"
            ),
        ),
        ("page=0&lifecycle=", 'Page must be a positive integer, Lifecycle must be either "buildp'),
    ],
)
def test_a_bad_query_gets_the_documented_text(cloud: Any, query: str, text: str) -> None:
    found = cloud.detail(cloud.admin.get(f"/v3/buildpacks?{query}"))
    assert found.startswith(f"400 10005 The query parameter is invalid: {text}")


def test_both_versions_show_the_same_buildpacks(cloud: Any) -> None:
    new = create(cloud, name="new", metadata={"labels": {"a": "b"}})
    old = cloud.admin.post("/v2/buildpacks", json={"name": "old"}).json()["metadata"]["guid"]
    seen = cloud.admin.get(f"/v2/buildpacks/{new['guid']}").json()["entity"]
    assert (seen["name"], seen["position"], seen["lifecycle"]) == ("new", 2, "buildpack")
    assert cloud.admin.get(f"/v3/buildpacks/{new['guid']}").json() == {**new, "position": 2}
    assert names(cloud) == ["old", "new"]

    cloud.admin.put(f"/v2/buildpacks/{new['guid']}", json={"locked": True, "position": 1})
    seen = cloud.admin.get(f"/v3/buildpacks/{new['guid']}").json()
    assert (seen["locked"], seen["position"], seen["metadata"]["labels"]) == (True, 1, {"a": "b"})
    cloud.admin.patch(f"/v3/buildpacks/{old}", json={"enabled": False, "stack": "cflinuxfs4"})
    entity = cloud.admin.get(f"/v2/buildpacks/{old}").json()["entity"]
    assert (entity["enabled"], entity["stack"]) == (False, "cflinuxfs4")
    cloud.job(cloud.admin.delete(f"/v3/buildpacks/{new['guid']}"))
    listed = cloud.admin.get("/v2/buildpacks").json()["resources"]
    assert [(one["entity"]["name"], one["entity"]["position"]) for one in listed] == [("old", 1)]
    cloud.admin.delete(f"/v2/buildpacks/{old}")
    assert names(cloud) == []


def test_labels_are_limited_and_checked(cloud: Any) -> None:
    labels = {f"k{number}": "" for number in range(51)}
    many = cloud.admin.post("/v3/buildpacks", json={"name": "n", "metadata": {"labels": labels}})
    assert cloud.detail(many) == (
        "422 390020 Failed to add 51 labels because it would exceed maximum of 50"
    )
    path = f"/v3/buildpacks/{create(cloud)['guid']}"
    bad = cloud.admin.patch(path, json={"metadata": {"labels": {"k": "a b"}}})
    assert cloud.detail(bad) == (
        UNPROCESSABLE + "Metadata label value error: 'a b' contains invalid characters"
    )


def test_only_the_moved_buildpack_counts_as_updated(cloud: Any) -> None:
    shown = [create(cloud, name=name, position=9) for name in ("a", "b")]
    cloud.admin.patch(f"/v3/buildpacks/{shown[1]['guid']}", json={"position": 1})
    after = cloud.admin.get(f"/v3/buildpacks/{shown[0]['guid']}").json()
    assert (after["position"], after["updated_at"]) == (2, shown[0]["updated_at"])


def test_no_body_is_an_empty_object_and_null_is_none(cloud: Any) -> None:
    json = {"Content-Type": "application/json"}
    missing = "Name must be a string, Name can't be blank, Name is too long"
    nothing = cloud.admin.post("/v3/buildpacks", headers=json)
    assert cloud.detail(nothing).startswith(UNPROCESSABLE + missing)
    null = cloud.admin.post("/v3/buildpacks", headers=json, content=b"null")
    assert cloud.detail(null).startswith(f"{UNPROCESSABLE}Unknown field(s): '_json', {missing}")
    path = f"/v3/buildpacks/{create(cloud)['guid']}"
    for text in (b"null", b"[]", b'"x"'):
        answer = cloud.admin.send("PATCH", path, headers=json, content=text)
        assert cloud.detail(answer) == UNPROCESSABLE + "Unknown field(s): '_json'"


def test_rows_that_a_migration_emptied_are_shown_as_before(cloud: Any) -> None:
    create(cloud, name="ruby", metadata={"labels": {"a": "b"}})
    paths = ("/v3/buildpacks", "/v2/buildpacks", "/v3/stacks")
    before = [cloud.admin.get(path).json() for path in paths]
    cloud.write(lambda t: t.execute("UPDATE buildpacks SET document = '', v2_document = ''", {}))
    cloud.write(lambda t: t.execute("UPDATE stacks SET document = ''", {}))
    assert cloud.write(present_again) > 1
    assert [cloud.admin.get(path).json() for path in paths] == before
