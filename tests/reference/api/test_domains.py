"""Which domains are there, and who may make them?"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def unique() -> str:
    return f"d{uuid.uuid4().hex[:12]}.example"


def owned_by(organization: str) -> dict[str, Any]:
    return {"relationships": {"organization": {"data": {"guid": organization}}}}


def names(answer: Any) -> list[str]:
    return [domain["name"] for domain in answer.json()["resources"]]


def test_the_first_start_makes_a_shared_domain(cloud: Any, place: Any) -> None:
    found = cloud.user().get("/v3/domains?names=apps.example.local").json()["resources"]
    assert [domain["supported_protocols"] for domain in found] == [["http"]]
    assert found[0]["relationships"] == {
        "organization": {"data": None},
        "shared_organizations": {"data": []},
    }
    path = f"/v3/organizations/{place.organization}/domains/default"
    assert cloud.admin.get(path).json() == found[0]


def test_the_name_of_the_first_domain_can_be_chosen(start: Callable[..., Any]) -> None:
    cloud = start(apps_domain="apps.mine.example")
    assert names(cloud.admin.get("/v3/domains")) == ["apps.mine.example"]


def test_an_organization_can_have_a_domain_of_its_own(cloud: Any, place: Any) -> None:
    name = unique()
    manager = cloud.with_role("org_manager", place)
    answer = manager.post("/v3/domains", json={"name": name, **owned_by(place.organization)})
    assert answer.status_code == 201, answer.text
    domain = answer.json()
    assert domain["relationships"]["organization"] == {"data": {"guid": place.organization}}
    path = f"/v3/domains/{domain['guid']}"
    seen = {}
    for role in ("space_developer", "org_auditor", "org_billing_manager", "none"):
        caller = cloud.with_role(role, place)
        seen[role] = (caller.get(path).status_code, name in names(caller.get("/v3/domains")))
    assert seen == {
        "space_developer": (200, True),
        "org_auditor": (200, True),
        "org_billing_manager": (404, False),
        "none": (404, False),
    }
    labels = {"metadata": {"labels": {"env": "test"}}}
    assert manager.patch(path, json=labels).json()["metadata"]["labels"] == {"env": "test"}
    assert names(manager.get("/v3/domains?label_selector=env=test")) == [name]
    listed = names(manager.get(f"/v3/organizations/{place.organization}/domains"))
    assert listed[-1] == name
    other = cloud.place().organization
    assert name not in names(cloud.admin.get(f"/v3/organizations/{other}/domains"))
    assert cloud.job(manager.delete(path))["operation"] == "domain.delete"
    assert cloud.detail(manager.get(path)) == "404 10010 Domain not found"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            {"name": "nodot"},
            'Name does not comply with RFC 1035 standards, Name must contain at least one "."',
        ),
        (
            {"name": "a_b.example"},
            (
                "Name does not comply with RFC 1035 standards, Name must consist of alphanumeric "
                "characters and hyphens"
            ),
        ),
        ({"name": "a.example", "extra": 1}, "Unknown field(s): 'extra'"),
        ({"name": "a.example", "internal": "x"}, "Internal must be a boolean"),
        (
            {"name": "a.example", "router_group": {"guid": "g"}},
            "Router group with guid 'g' not found.",
        ),
        (
            {"name": "a.example", "internal": True, **owned_by("x")},
            "Cannot associate an internal domain with an organization",
        ),
        (
            {"name": "a.example", **owned_by("x")},
            "Organization with guid 'x' does not exist or you do not have access to it.",
        ),
    ],
)
def test_a_domain_that_cannot_be_is_refused_with_the_reason(
    cloud: Any, body: dict[str, Any], text: str
) -> None:
    assert cloud.detail(cloud.admin.post("/v3/domains", json=body)) == f"422 10008 {text}"


def test_a_name_is_given_once_and_shared_domains_are_for_admins(cloud: Any, place: Any) -> None:
    name = unique()
    assert cloud.admin.post("/v3/domains", json={"name": name}).status_code == 201
    taken = cloud.admin.post("/v3/domains", json={"name": name.upper()})
    assert cloud.detail(taken) == f'422 10008 The domain name "{name.upper()}" is already in use'
    manager = cloud.with_role("org_manager", place)
    assert manager.post("/v3/domains", json={"name": unique()}).status_code == 403
    developer = cloud.with_role("space_developer", place)
    body = {"name": unique(), **owned_by(place.organization)}
    assert developer.post("/v3/domains", json=body).status_code == 403


def test_domains_go_with_their_organization(cloud: Any, place: Any) -> None:
    body = {"name": unique(), **owned_by(place.organization)}
    guid = cloud.admin.post("/v3/domains", json=body).json()["guid"]
    route = {
        "relationships": {
            "space": {"data": {"guid": place.space}},
            "domain": {"data": {"guid": guid}},
        }
    }
    assert cloud.admin.post("/v3/routes", json=route).status_code == 201
    other = cloud.place()
    route["relationships"]["space"]["data"]["guid"] = other.space
    refused = cloud.detail(cloud.admin.post("/v3/routes", json=route))
    assert refused.startswith(f"422 10008 Invalid domain. Domain '{body['name']}' is not available")
    job = cloud.job(cloud.admin.delete(f"/v3/organizations/{place.organization}"))
    assert job["state"] == "COMPLETE"
    assert cloud.admin.get(f"/v3/domains/{guid}").status_code == 404


def test_sharing_organizations_are_shown_to_those_who_can_read_them(cloud: Any, place: Any) -> None:
    other = cloud.place().organization
    body = {"name": unique(), **owned_by(place.organization)}
    body["relationships"]["shared_organizations"] = {"data": [{"guid": other}]}
    domain = cloud.admin.post("/v3/domains", json=body).json()
    assert domain["relationships"]["shared_organizations"] == {"data": [{"guid": other}]}
    path = f"/v3/domains/{domain['guid']}"
    manager = cloud.with_role("org_manager", place)
    assert manager.get(path).json()["relationships"]["shared_organizations"] == {"data": []}
    (listed,) = manager.get(f"/v3/domains?names={body['name']}").json()["resources"]
    assert listed["relationships"]["shared_organizations"] == {"data": []}
    assert body["name"] in names(cloud.admin.get(f"/v3/organizations/{other}/domains"))
    assert cloud.detail(cloud.admin.delete(path)) == (
        "422 10008 This domain is shared with other organizations. Unshare before deleting."
    )
