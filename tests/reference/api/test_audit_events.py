"""Does the API tell what happened, and to whom?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud_controller.api import audit

GLOBAL = ("admin", "admin_read_only", "global_auditor")
SEES = (*GLOBAL, "space_developer", "space_auditor", "org_auditor")
BLIND = (
    "space_manager",
    "space_supporter",
    "org_manager",
    "org_billing_manager",
    "org_user",
    "none",
)


def events(caller: Any, query: str) -> list[dict[str, Any]]:
    answer = caller.get(f"/v3/audit_events?per_page=5000&{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["resources"]
    return found


def test_the_creation_of_a_space_is_told(cloud: Any, place: Any) -> None:
    (event,) = events(cloud.admin, f"target_guids={place.space}")
    name = cloud.admin.get(f"/v3/spaces/{place.space}").json()["name"]

    assert event["type"] == "audit.space.create"
    assert event["actor"]["guid"] == cloud.admin.guid
    assert event["target"] == {"guid": place.space, "type": "space", "name": name}
    assert event["space"] == {"guid": place.space}
    assert event["organization"] == {"guid": place.organization}
    assert event["data"]["request"]["name"] == name
    assert event["created_at"] == event["updated_at"]


def test_the_creation_of_an_organization_is_told_without_a_space(cloud: Any, place: Any) -> None:
    (event,) = events(cloud.admin, f"target_guids={place.organization}")

    assert (event["type"], event["space"]) == ("audit.organization.create", None)
    path = f"/v3/audit_events/{event['guid']}"
    assert event["links"]["self"]["href"].endswith(path)
    assert cloud.admin.get(path).json() == event


@pytest.mark.parametrize("role", [*SEES, *BLIND])
def test_events_are_seen_by_developers_and_auditors(cloud: Any, place: Any, role: str) -> None:
    caller = cloud.with_role(role, place)
    (event,) = events(cloud.admin, f"target_guids={place.space}")
    seen = events(caller, f"target_guids={place.space}")
    answer = caller.get(f"/v3/audit_events/{event['guid']}")

    assert bool(seen) is (role in SEES)
    if role in SEES:
        assert answer.json() == event
    else:
        assert cloud.detail(answer) == "404 10010 Event not found"


def test_events_are_found_by_type_place_and_target(cloud: Any, place: Any) -> None:
    own = f"organization_guids={place.organization}"
    for query, kinds in {
        f"{own}&types=audit.space.create": ["audit.space.create"],
        f"space_guids={place.space}&types=audit.space.create": ["audit.space.create"],
        f"{own}&types=audit.space.create,audit.organization.create&order_by=created_at": [
            "audit.organization.create",
            "audit.space.create",
        ],
        f"{own}&types=audit.space.create&target_guids[not]={place.space}": [],
        f"{own}&types=audit.space.create&target_guids[not]=other": ["audit.space.create"],
        f"{own}&types=": [],
        f"{own}&created_ats[lt]=2001-01-01T00:00:00Z": [],
    }.items():
        assert sorted(one["type"] for one in events(cloud.admin, query)) == kinds, query


def test_links_of_a_page_repeat_the_excluded_targets(cloud: Any) -> None:
    page = cloud.admin.get("/v3/audit_events?target_guids[not]=a,b&per_page=1").json()

    assert "target_guids%5Bnot%5D=a%2Cb" in page["pagination"]["first"]["href"]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("target_guids[like]=x", "Target guids target_guids has an invalid operator"),
        (
            "actors=x",
            (
                "Unknown query parameter(s): 'actors'. Valid parameters are: 'page', 'per_page', "
                "'order_by', 'created_ats', 'updated_ats', 'guids', 'types', 'target_guids', "
                "'space_guids', 'organization_guids'"
            ),
        ),
        ("order_by=type", "Order by can only be: 'created_at', 'updated_at'"),
    ],
)
def test_a_bad_query_for_events_gets_its_text(cloud: Any, query: str, text: str) -> None:
    answer = cloud.admin.get(f"/v3/audit_events?{query}")

    assert cloud.detail(answer) == f"400 10005 The query parameter is invalid: {text}"


def test_events_outlive_what_they_are_about(cloud: Any) -> None:
    guid = cloud.create("organizations", {"name": f"o-{uuid.uuid4()}"})
    cloud.job(cloud.admin.delete(f"/v3/organizations/{guid}"))
    kinds = [one["type"] for one in events(cloud.admin, f"target_guids={guid}")]

    assert kinds == ["audit.organization.create", "audit.organization.delete-request"]


def test_old_events_are_forgotten(start: Any) -> None:
    cloud = start()
    place = cloud.place()
    before = len(events(cloud.admin, ""))
    month_and_more = 32 * 24 * 3600 * 1_000_000
    cloud.write(
        lambda transaction: transaction.execute(
            "UPDATE audit_events SET created_at = created_at - :age WHERE target_guid = :guid",
            {"age": month_and_more, "guid": place.space},
        )
    )

    assert cloud.write(audit.prune) == 1
    assert len(events(cloud.admin, "")) == before - 1
    assert events(cloud.admin, f"target_guids={place.space}") == []


@pytest.fixture(scope="module")
def happened(cloud: Any) -> tuple[str, list[dict[str, Any]]]:
    """An organization in which several things happened, and its events in order."""
    place = cloud.place()
    for _ in range(2):
        name = f"s-{uuid.uuid4()}"
        space = cloud.create(
            "spaces", {"name": name, **cloud.related("organization", place.organization)}
        )
        cloud.admin.patch(f"/v3/spaces/{space}", json={})
    own = f"organization_guids={place.organization}"
    return own, events(cloud.admin, own)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_filters_and_pages_agree_with_a_plain_search(
    cloud: Any, happened: Any, data: st.DataObject
) -> None:
    own, everything = happened
    choices = {
        "types": [*sorted({one["type"] for one in everything}), "audit.other"],
        "target_guids": [*sorted({one["target"]["guid"] for one in everything}), "other"],
        "target_guids[not]": sorted({one["target"]["guid"] for one in everything}),
    }
    wanted = {
        name: data.draw(st.none() | st.lists(st.sampled_from(values), min_size=1, unique=True))
        for name, values in choices.items()
    }
    size = data.draw(st.integers(1, 4))
    query = "&".join(f"{name}={','.join(values)}" for name, values in wanted.items() if values)
    found: list[str] = []
    path = f"/v3/audit_events?{own}&per_page={size}&{query}"
    while path:
        page = cloud.admin.get(path).json()
        found += [one["guid"] for one in page["resources"]]
        following = page["pagination"]["next"]
        path = following and following["href"].removeprefix("https://api.example.local")

    assert found == [one["guid"] for one in everything if _passes(one, wanted)]


def _passes(event: dict[str, Any], wanted: dict[str, list[str] | None]) -> bool:
    types, targets, others = wanted.values()
    target = event["target"]["guid"]
    return (
        (types is None or event["type"] in types)
        and (targets is None or target in targets)
        and (others is None or target not in others)
    )
