"""Who may do what with packages (behaviour document, 2.1)?"""

from __future__ import annotations

from typing import Any

import pytest

NOT_AUTHORIZED = "403 10003 You are not authorized to perform the requested action"
HIDDEN_APP = "422 10008 App is invalid. Ensure it exists and you have access to it."

READERS = (
    "admin",
    "admin_read_only",
    "global_auditor",
    "space_developer",
    "space_manager",
    "space_auditor",
    "space_supporter",
    "org_manager",
)
OUTSIDERS = ("org_auditor", "org_billing_manager", "org_user", "none")
ROLES = (*READERS, *OUTSIDERS)
WRITERS = ("admin", "space_developer")


def expected(role: str, allowed: tuple[str, ...], hidden: str) -> str | None:
    if role in allowed:
        return None
    return hidden if role in OUTSIDERS else NOT_AUTHORIZED


def check(cloud: Any, answer: Any, success: int, error: str | None) -> None:
    if error is None:
        assert answer.status_code == success, answer.text
    else:
        assert cloud.detail(answer) == error


@pytest.mark.parametrize("role", ROLES)
def test_lists_show_only_what_the_role_lets_one_read(cloud: Any, place: Any, role: str) -> None:
    package = cloud.package(place.app)
    foreign = cloud.package(cloud.place().app)
    answer = cloud.with_role(role, place).get("/v3/packages?per_page=5000")
    guids = {resource["guid"] for resource in answer.json()["resources"]}

    assert answer.status_code == 200
    assert (package in guids) is (role in READERS)
    assert (foreign in guids) is (role in ("admin", "admin_read_only", "global_auditor"))


@pytest.mark.parametrize("role", ROLES)
def test_reading_follows_the_roles(cloud: Any, place: Any, role: str) -> None:
    package = cloud.package(place.app)
    caller = cloud.with_role(role, place)

    listed = caller.get(f"/v3/apps/{place.app}/packages")
    check(cloud, listed, 200, expected(role, READERS, "404 10010 App not found"))
    shown = caller.get(f"/v3/packages/{package}")
    check(cloud, shown, 200, expected(role, READERS, "404 10010 Package not found"))


@pytest.mark.parametrize("role", ROLES)
def test_creating_and_copying_follow_the_roles(cloud: Any, place: Any, role: str) -> None:
    source = cloud.package(cloud.app(place.space))
    caller = cloud.with_role(role, place)
    body = {"type": "bits", **cloud.related("app", place.app)}

    created = caller.post("/v3/packages", json=body)
    check(cloud, created, 201, expected(role, WRITERS, HIDDEN_APP))
    copied = caller.post(f"/v3/packages?source_guid={source}", json=body)
    check(cloud, copied, 201, expected(role, WRITERS, HIDDEN_APP))


@pytest.mark.parametrize("role", ROLES)
def test_changing_follows_the_roles(cloud: Any, place: Any, role: str) -> None:
    package = cloud.package(place.app)
    caller = cloud.with_role(role, place)
    error = expected(role, WRITERS, "404 10010 Package not found")

    check(cloud, caller.patch(f"/v3/packages/{package}", json={}), 200, error)
    bits = {"bits": ("a.zip", cloud.zipped(a=b"1"))}
    check(cloud, caller.post(f"/v3/packages/{package}/upload", files=bits), 200, error)
    check(cloud, caller.delete(f"/v3/packages/{package}"), 202, error)


@pytest.mark.parametrize("role", ROLES)
def test_downloading_needs_the_right_to_read_secrets(cloud: Any, place: Any, role: str) -> None:
    package = cloud.package(place.app)
    cloud.upload(package, cloud.zipped(a=b"1"))
    allowed = ("admin", "admin_read_only", "space_developer")
    answer = cloud.with_role(role, place).get(f"/v3/packages/{package}/download")

    check(cloud, answer, 200, expected(role, allowed, "404 10010 Package not found"))


@pytest.mark.parametrize("scope", ["cloud_controller.read", "cloud_controller.write", "openid"])
def test_the_scope_gate_comes_before_any_lookup(cloud: Any, scope: str) -> None:
    caller = cloud.user(scopes=(scope,))

    read = cloud.detail(caller.get("/v3/packages/missing"))
    assert read == ("404 10010 Package not found" if scope.endswith(".read") else NOT_AUTHORIZED)
    written = cloud.detail(caller.delete("/v3/packages/missing"))
    assert written == (
        "404 10010 Package not found" if scope.endswith(".write") else NOT_AUTHORIZED
    )


def test_a_suspended_organization_stops_everybody_but_admins(cloud: Any) -> None:
    name = "suspended-organization"
    organization = cloud.create("organizations", {"name": name, "suspended": True})
    space = cloud.create("spaces", {"name": name, **cloud.related("organization", organization)})
    app = cloud.app(space)
    place = type(cloud.place())(organization, space, app)
    developer = cloud.with_role("space_developer", place)
    body = {"type": "bits", **cloud.related("app", app)}

    assert cloud.detail(developer.post("/v3/packages", json=body)) == (
        "403 10017 The organization is suspended"
    )
    assert cloud.admin.post("/v3/packages", json=body).status_code == 201


def test_a_suspended_space_stops_its_developers_but_not_a_manager(cloud: Any) -> None:
    organization = cloud.place().organization
    space = cloud.create(
        "spaces",
        {"name": "suspended", "suspended": True, **cloud.related("organization", organization)},
    )
    place = type(cloud.place())(organization, space, cloud.app(space))
    developer = cloud.with_role("space_developer", place)
    body = {"type": "bits", **cloud.related("app", place.app)}

    assert cloud.detail(developer.post("/v3/packages", json=body)) == (
        "403 10019 The space is suspended"
    )
    cloud.grant(developer, "organization_manager", place)
    assert developer.post("/v3/packages", json=body).status_code == 201
