"""Do stacks behave as section 5.7 says?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

UNPROCESSABLE = "422 10008 "
FORBIDDEN = "403 10003 You are not authorized to perform the requested action"
NOT_FOUND = "404 10010 Stack not found"


def create(cloud: Any, **members: Any) -> dict[str, Any]:
    answer = cloud.admin.post("/v3/stacks", json={"name": f"stack-{uuid.uuid4()}", **members})
    assert answer.status_code == 201, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def listed(session: Any, query: str = "") -> list[str]:
    return [one["name"] for one in session.get(f"/v3/stacks{query}").json()["resources"]]


def test_the_first_stack_is_there_and_is_the_default(cloud: Any) -> None:
    (shown,) = cloud.admin.get("/v3/stacks?names=cflinuxfs4").json()["resources"]
    assert list(shown) == [
        "guid",
        "created_at",
        "updated_at",
        "name",
        "description",
        "state",
        "state_reason",
        "run_rootfs_image",
        "build_rootfs_image",
        "default",
        "metadata",
        "links",
    ]
    assert {name: shown[name] for name in list(shown)[3:]} == {
        "name": "cflinuxfs4",
        "description": "Cloud Foundry Linux-based filesystem (Ubuntu 22.04)",
        "state": "ACTIVE",
        "state_reason": None,
        "run_rootfs_image": "cflinuxfs4",
        "build_rootfs_image": "cflinuxfs4",
        "default": True,
        "metadata": {"labels": {}, "annotations": {}},
        "links": {"self": {"href": f"https://api.example.local/v3/stacks/{shown['guid']}"}},
    }
    assert listed(cloud.admin, "?default=true") == ["cflinuxfs4"]
    assert "cflinuxfs4" not in listed(cloud.admin, "?default=false")


def test_a_stack_is_created_with_what_is_sent(cloud: Any) -> None:
    name = f"stack-{uuid.uuid4()}"
    given = {
        "description": "text",
        "state": "DEPRECATED",
        "state_reason": "old",
        "metadata": {"labels": {"a": "b"}, "annotations": {}},
    }
    shown = create(cloud, name=f" {name}\n", **given, unexpected=1)
    assert {member: shown[member] for member in given} == given
    assert (shown["name"], shown["run_rootfs_image"], shown["default"]) == (name, name, False)
    assert cloud.admin.get(f"/v3/stacks/{shown['guid']}").json() == shown

    again = cloud.admin.post("/v3/stacks", json={"name": name})
    assert cloud.detail(again) == UNPROCESSABLE + "Name must be unique"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "Name can't be blank"),
        ([], "Name can't be blank"),
        ({"name": ""}, "Name can't be blank"),
        ({"name": " \t"}, "Name can't be blank"),
        ({"name": 5}, "Name must be a string"),
        ({"name": "n" * 251}, "Name is too long (maximum is 250 characters)"),
        (
            {"name": "n", "description": "d" * 251},
            "Description is too long (maximum is 250 characters)",
        ),
        (
            {"name": "n", "state": "GONE"},
            "State must be one of ACTIVE, RESTRICTED, DEPRECATED, DISABLED",
        ),
        (
            {"name": "n", "state": None},
            "State must be one of ACTIVE, RESTRICTED, DEPRECATED, DISABLED",
        ),
        (
            {"name": "n", "state_reason": "r" * 5001},
            "State reason is too long (maximum is 5000 characters)",
        ),
        ({"name": "n", "metadata": None}, "Metadata must be an object"),
    ],
)
def test_a_bad_body_gets_the_documented_text(cloud: Any, body: Any, text: str) -> None:
    assert cloud.detail(cloud.admin.post("/v3/stacks", json=body)) == UNPROCESSABLE + text


def test_state_and_metadata_can_be_changed_and_nothing_else(cloud: Any) -> None:
    shown = create(cloud, metadata={"labels": {"a": "1"}})
    path = f"/v3/stacks/{shown['guid']}"
    answer = cloud.admin.patch(
        path,
        json={
            "state": "DISABLED",
            "state_reason": "end",
            "metadata": {"labels": {"a": None, "b": "2"}},
        },
    )
    assert answer.status_code == 200
    after = answer.json()
    assert (after["state"], after["state_reason"]) == ("DISABLED", "end")
    assert after["metadata"]["labels"] == {"b": "2"}
    assert cloud.admin.patch(path, json={}).json() == after
    assert cloud.admin.patch(path, json={"state_reason": None}).json()["state_reason"] is None

    for body, text in (
        ({"name": "n", "description": "d"}, "Unknown field(s): 'name', 'description'"),
        ({"state": None}, "State must be one of ACTIVE, RESTRICTED, DEPRECATED, DISABLED"),
    ):
        assert cloud.detail(cloud.admin.patch(path, json=body)) == UNPROCESSABLE + text


def test_a_stack_can_be_deleted_while_no_app_is_on_it(cloud: Any, place: Any) -> None:
    shown = create(cloud)
    path = f"/v3/stacks/{shown['guid']}"
    lifecycle = {"type": "buildpack", "data": {"stack": shown["name"]}}
    app = cloud.app(place.space, lifecycle=lifecycle)
    assert cloud.detail(cloud.admin.delete(path)) == (
        f"{UNPROCESSABLE}Cannot delete stack '{shown['name']}' because apps are currently "
        "using the stack."
    )
    cloud.job(cloud.admin.delete(f"/v3/apps/{app}"))
    gone = cloud.admin.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert cloud.detail(cloud.admin.get(path)) == NOT_FOUND


def test_only_admins_write_and_everybody_reads(cloud: Any, place: Any) -> None:
    path = f"/v3/stacks/{create(cloud)['guid']}"
    for role in ("none", "space_developer", "org_manager", "admin_read_only", "global_auditor"):
        session = cloud.with_role(role, place)
        assert "cflinuxfs4" in listed(session)
        assert session.get(path).status_code == 200
        assert cloud.detail(session.post("/v3/stacks", json={})) == FORBIDDEN
        assert cloud.detail(session.patch(path, json={"name": "n"})) == FORBIDDEN
        assert cloud.detail(session.patch(path, json={})) == FORBIDDEN
        assert cloud.detail(session.delete(path)) == FORBIDDEN
        for method, body in (("PATCH", {"name": "n"}), ("PATCH", {}), ("DELETE", None)):
            answer = session.send(method, "/v3/stacks/missing", json=body)
            assert cloud.detail(answer) == NOT_FOUND


def test_the_list_can_be_filtered_and_ordered(cloud: Any) -> None:
    label = f"l-{uuid.uuid4()}"
    names = sorted(create(cloud, metadata={"labels": {"set": label}})["name"] for _ in range(3))
    selected = f"label_selector=set={label}"
    assert listed(cloud.admin, f"?{selected}&order_by=-name") == names[::-1]
    assert listed(cloud.admin, f"?{selected}&names={names[0]},{names[2]}&order_by=name") == [
        names[0],
        names[2],
    ]
    page = cloud.admin.get(f"/v3/stacks?{selected}&default=false&per_page=1").json()
    assert page["pagination"]["total_results"] == 3
    assert "default=false&label_selector" in page["pagination"]["next"]["href"]


def test_a_bad_query_gets_the_documented_text(cloud: Any) -> None:
    prefix = "400 10005 The query parameter is invalid: "
    for query, text in (
        ("default=x", "Default must be 'true' or 'false'"),
        (
            "foo=1",
            (
                "Unknown query parameter(s): 'foo'. Valid parameters are: 'page', 'per_page', "
                "'order_by', 'created_ats', 'updated_ats', 'guids', 'names', 'default', "
                "'label_selector'"
            ),
        ),
        ("order_by=state", "Order by can only be: 'created_at', 'updated_at', 'name'"),
    ):
        assert cloud.detail(cloud.admin.get(f"/v3/stacks?{query}")) == prefix + text


def test_the_apps_on_a_stack_are_those_that_the_caller_sees(cloud: Any, place: Any) -> None:
    shown = create(cloud)
    path = f"/v3/stacks/{shown['guid']}/apps"
    lifecycle = {"type": "buildpack", "data": {"stack": shown["name"]}}
    app = cloud.app(place.space, name="here", lifecycle=lifecycle)
    cloud.app(cloud.place().space, name="there", lifecycle=lifecycle)

    def found(session: Any, query: str = "") -> list[str]:
        return [one["name"] for one in session.get(path + query).json()["resources"]]

    assert found(cloud.admin) == ["here", "there"]
    assert found(cloud.admin, "?order_by=-name&lifecycle_type=buildpack") == ["there", "here"]
    assert found(cloud.admin, f"?space_guids={place.space}") == ["here"]
    assert found(cloud.admin, "?names=nobody") == []
    assert found(cloud.with_role("space_auditor", place)) == ["here"]
    assert found(cloud.with_role("none", place)) == []
    shown_app = cloud.admin.get(path).json()["resources"][0]
    assert shown_app == cloud.admin.get(f"/v3/apps/{app}").json()
    first = cloud.admin.get(f"{path}?names=here").json()["pagination"]["first"]["href"]
    assert first == f"https://api.example.local{path}?names=here&page=1&per_page=50"
    assert cloud.detail(cloud.admin.get("/v3/stacks/missing/apps")) == NOT_FOUND
