"""How do organizations come to share a domain, and to share it no more?"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

STRUCTURE = 'Data must have the structure "data": [{"guid": shared_org_guid_1}, {"guid": shared_org_guid_2}]'


@dataclass
class Shared:
    """A domain of one organization, and another organization."""

    guid: str
    owner: Any
    sharer: Any

    @property
    def path(self) -> str:
        return f"/v3/domains/{self.guid}/relationships/shared_organizations"

    def share(self, caller: Any, *guids: str) -> Any:
        named = [{"guid": guid} for guid in guids or (self.sharer.organization,)]
        return caller.post(self.path, json={"data": named})

    def unshare(self, caller: Any, guid: str = "") -> Any:
        return caller.delete(f"{self.path}/{guid or self.sharer.organization}")


@pytest.fixture
def shared(cloud: Any, place: Any) -> Shared:
    owned = cloud.related("organization", place.organization)
    domain = cloud.create("domains", {"name": f"d{uuid.uuid4().hex[:12]}.example", **owned})
    return Shared(domain, place, cloud.place())


def name_of(cloud: Any, organization: str) -> str:
    return str(cloud.admin.get(f"/v3/organizations/{organization}").json()["name"])


def manager_of_both(cloud: Any, shared: Shared) -> Any:
    manager = cloud.with_role("org_manager", shared.owner)
    cloud.grant(manager, "organization_manager", shared.sharer)
    return manager


def make_route(shared: Shared, caller: Any) -> Any:
    related = {"space": shared.sharer.space, "domain": shared.guid}
    body = {"relationships": {kind: {"data": {"guid": guid}} for kind, guid in related.items()}}
    return caller.post("/v3/routes", json={"host": "www", **body})


def test_one_who_manages_both_shares_and_unshares_a_domain(cloud: Any, shared: Shared) -> None:
    manager = manager_of_both(cloud, shared)
    developer = cloud.with_role("space_developer", shared.sharer)
    assert developer.get(f"/v3/domains/{shared.guid}").status_code == 404

    answer = shared.share(manager)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"data": [{"guid": shared.sharer.organization}]}
    assert shared.share(manager).json() == answer.json()
    route = make_route(shared, developer)
    assert route.status_code == 201, route.text
    assert cloud.detail(manager.delete(f"/v3/domains/{shared.guid}")) == (
        "422 10008 This domain is shared with other organizations. Unshare before deleting."
    )

    assert cloud.detail(shared.unshare(manager)) == (
        "422 10008 This domain has associated routes in this organization."
        " Delete the routes before unsharing."
    )
    cloud.job(developer.delete(f"/v3/routes/{route.json()['guid']}"))
    unshared = shared.unshare(manager)
    assert (unshared.status_code, unshared.content) == (204, b"")
    assert developer.get(f"/v3/domains/{shared.guid}").status_code == 404
    assert cloud.job(manager.delete(f"/v3/domains/{shared.guid}"))["state"] == "COMPLETE"


def test_managers_of_the_sharing_organization_can_give_the_domain_back(
    cloud: Any, shared: Shared
) -> None:
    manager = cloud.with_role("org_manager", shared.sharer)
    assert cloud.detail(shared.unshare(manager)) == "404 10010 Domain not found"
    shared.share(cloud.admin)
    # He sees it now, but it is not his.
    assert cloud.detail(shared.share(manager)).startswith("403 10003")
    path = f"/v3/organizations/{shared.sharer.organization}"
    cloud.admin.patch(path, json={"suspended": True})
    assert cloud.detail(shared.unshare(manager)).startswith("403 10017")
    cloud.admin.patch(path, json={"suspended": False})
    assert shared.unshare(manager).status_code == 204


def test_organizations_to_share_with_are_checked_one_by_one(cloud: Any, shared: Shared) -> None:
    manager = cloud.with_role("org_manager", shared.owner)
    sharer = shared.sharer.organization

    def refused(*guids: str, caller: Any = manager) -> str:
        found: str = cloud.detail(shared.share(caller, *guids))
        return found.removeprefix("422 10008 ")

    no_access = "does not exist, or you do not have access to it."
    assert refused(sharer, "missing") == f"Organization with guid 'missing' {no_access}"
    assert refused(sharer) == f"Organization with guid '{sharer}' either {no_access}"
    cloud.grant(manager, "organization_auditor", shared.sharer)
    assert refused(sharer) == (
        "You do not have sufficient permissions for organization"
        f" '{name_of(cloud, sharer)}' to share domain."
    )
    cloud.grant(manager, "organization_manager", shared.sharer)
    path = f"/v3/organizations/{sharer}"
    cloud.admin.patch(path, json={"suspended": True})
    assert refused(sharer) == f"Organization '{name_of(cloud, sharer)}' is suspended."
    own = "Domain cannot be shared with owning organization."
    assert refused(shared.owner.organization) == own
    assert refused(shared.owner.organization, sharer, caller=cloud.admin) == own
    assert shared.share(cloud.admin).status_code == 200  # suspended or not


def test_a_domain_without_owner_is_shared_by_all_already(cloud: Any, place: Any) -> None:
    domain = cloud.create("domains", {"name": f"d{uuid.uuid4().hex[:12]}.example"})
    shared = Shared(domain, place, place)
    assert cloud.detail(shared.share(cloud.admin)) == (
        "422 10008 Domains cannot be shared with other organizations unless they are scoped to an"
        " organization."
    )
    not_shared = (
        "422 10008 Unable to unshare domain from organization with name"
        f" '{name_of(cloud, place.organization)}'. Ensure the domain is shared to this organization."
    )
    assert cloud.detail(shared.unshare(cloud.admin)) == not_shared
    manager = cloud.with_role("org_manager", place)
    assert cloud.detail(shared.share(manager)).startswith("403 10003")


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data": {}}, {"data": ["a"]}, {"data": [{"guid": ""}]}, []]
)
def test_what_names_no_organizations_is_told_so(cloud: Any, shared: Shared, body: Any) -> None:
    assert cloud.detail(cloud.admin.post(shared.path, json=body)) == f"422 10008 {STRUCTURE}"


def test_an_unknown_organization_cannot_unshare(cloud: Any, shared: Shared) -> None:
    assert cloud.detail(shared.unshare(cloud.admin, "missing")) == (
        "422 10008 Organization with guid 'missing' does not exist or you do not have access to it."
    )
