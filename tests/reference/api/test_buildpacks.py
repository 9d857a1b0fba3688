"""Do buildpacks of version 3 behave as chapter 4 says?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

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
            "Name must be a string, Name can't be blank, "
            "Name is too long (maximum is 250 characters), Name is invalid",
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
            "Metadata label key error: prefix 'a' must be in valid dns format, "
            "Unknown field(s): 'unexpected', Name is invalid, "
            "Position must be greater than or equal to 1",
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
