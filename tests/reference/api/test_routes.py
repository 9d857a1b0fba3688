"""What do routes, their destinations and domains look like to those who use them?"""

from __future__ import annotations

import uuid
from typing import Any

import pytest

BASE = "https://api.example.local"


def shared_domain(cloud: Any) -> dict[str, Any]:
    answer = cloud.admin.post("/v3/domains", json={"name": f"d{uuid.uuid4().hex[:12]}.example"})
    assert answer.status_code == 201, answer.text
    domain: dict[str, Any] = answer.json()
    return domain


def route_body(place: Any, domain: str, **members: Any) -> dict[str, Any]:
    related = {"space": {"data": {"guid": place.space}}, "domain": {"data": {"guid": domain}}}
    return {**members, "relationships": related}


def test_a_route_shows_its_address_and_where_it_leads(cloud: Any, place: Any) -> None:
    domain = shared_domain(cloud)
    body = route_body(place, domain["guid"], host="www", path="/shop")
    route = cloud.admin.post("/v3/routes", json=body).json()
    assert route["url"] == f"www.{domain['name']}/shop"
    assert (route["protocol"], route["port"], route["destinations"]) == ("http", None, [])
    added = cloud.admin.post(
        f"/v3/routes/{route['guid']}/destinations",
        json={"destinations": [{"app": {"guid": place.app}}]},
    )
    assert added.status_code == 200, added.text
    entry = added.json()["destinations"][0]
    assert entry["app"] == {"guid": place.app, "process": {"type": "web"}}
    assert (entry["weight"], entry["port"], entry["protocol"]) == (None, 8080, "http1")
    listed = cloud.admin.get(f"/v3/apps/{place.app}/routes").json()["resources"]
    assert [one["guid"] for one in listed] == [route["guid"]]
    assert listed[0]["destinations"] == [entry]
    assert cloud.admin.get(f"/v3/routes?hosts=www&include=domain&space_guids={place.space}").json()[
        "included"
    ]["domains"] == [domain]


def test_mapping_twice_changes_nothing_and_unmapping_leaves_the_route(
    cloud: Any, place: Any
) -> None:
    domain = shared_domain(cloud)
    route = cloud.admin.post("/v3/routes", json=route_body(place, domain["guid"], host="a")).json()
    path = f"/v3/routes/{route['guid']}/destinations"
    body = {"destinations": [{"app": {"guid": place.app}}]}
    first = cloud.admin.post(path, json=body).json()["destinations"]
    assert cloud.admin.post(path, json=body).json()["destinations"] == first
    changed = cloud.admin.patch(f"{path}/{first[0]['guid']}", json={"protocol": "http2"})
    assert changed.json()["protocol"] == "http2"
    assert cloud.admin.delete(f"{path}/{first[0]['guid']}").status_code == 204
    assert cloud.admin.get(f"/v3/routes/{route['guid']}").json()["destinations"] == []
    again = cloud.admin.delete(f"{path}/{first[0]['guid']}")
    assert cloud.detail(again) == (
        "422 10008 Unable to unmap route from destination. Ensure the route has a destination with "
        "this guid."
    )


@pytest.mark.parametrize(
    ("members", "text"),
    [
        (
            {"host": "a b"},
            'Host must be either "*" or contain only alphanumeric characters, "_", or "-"',
        ),
        ({"host": "x", "path": "shop"}, "Path must begin with /"),
        ({"host": "x", "path": "/"}, "Path cannot be exactly /"),
        ({"host": "x", "path": "/a?b"}, "Path cannot contain ?"),
        ({"host": "x", "port": 1234}, "Routes with protocol 'http' do not support ports."),
        ({"host": "x", "extra": 1}, "Unknown field(s): 'extra'"),
        ({}, "Missing host. Routes in shared domains must have a host defined."),
    ],
)
def test_a_route_that_cannot_be_is_refused_with_the_reason(
    cloud: Any, place: Any, members: dict[str, Any], text: str
) -> None:
    domain = shared_domain(cloud)
    answer = cloud.admin.post("/v3/routes", json=route_body(place, domain["guid"], **members))
    assert cloud.detail(answer) == f"422 10008 {text}"


def test_an_address_is_given_once(cloud: Any, place: Any) -> None:
    domain = shared_domain(cloud)
    body = route_body(place, domain["guid"], host="www")
    assert cloud.admin.post("/v3/routes", json=body).status_code == 201
    taken = cloud.admin.post("/v3/routes", json=body)
    assert cloud.detail(taken) == (
        f"422 10008 Route already exists with host 'www' for domain '{domain['name']}'."
    )
    path = f"/v3/domains/{domain['guid']}/route_reservations"
    assert cloud.admin.get(f"{path}?host=www").json() == {"matching_route": True}
    assert cloud.admin.get(f"{path}?host=www&path=/a").json() == {"matching_route": False}
    unknown = {"data": {"guid": "nope"}}
    body["relationships"]["domain"] = unknown
    assert cloud.detail(cloud.admin.post("/v3/routes", json=body)) == (
        "422 10008 Invalid domain. Ensure that the domain exists and you have access to it."
    )
    body["relationships"]["space"] = unknown
    assert cloud.detail(cloud.admin.post("/v3/routes", json=body)) == (
        "422 10008 Invalid space. Ensure that the space exists and you have access to it."
    )


def test_roles_decide_who_makes_and_who_sees_routes(cloud: Any, place: Any) -> None:
    domain = shared_domain(cloud)
    made = {}
    for role in ("space_developer", "space_supporter", "space_auditor", "org_manager", "none"):
        caller = cloud.with_role(role, place)
        body = route_body(place, domain["guid"], host=f"h-{role}")
        made[role] = caller.post("/v3/routes", json=body).status_code
    assert made == {
        "space_developer": 201,
        "space_supporter": 201,
        "space_auditor": 403,
        "org_manager": 403,
        "none": 403,
    }
    route = cloud.admin.get(f"/v3/routes?hosts=h-space_developer&space_guids={place.space}")
    guid = route.json()["resources"][0]["guid"]
    seen = {}
    for role in ("space_auditor", "org_auditor", "org_billing_manager", "none"):
        caller = cloud.with_role(role, place)
        seen[role] = caller.get(f"/v3/routes/{guid}").status_code
        assert caller.delete(f"/v3/routes/{guid}").status_code == (
            403 if seen[role] == 200 else 404
        )
    assert seen == {
        "space_auditor": 200,
        "org_auditor": 200,
        "org_billing_manager": 404,
        "none": 404,
    }


def test_routes_go_away_by_jobs(cloud: Any, place: Any) -> None:
    domain = shared_domain(cloud)
    guids = [
        cloud.admin.post("/v3/routes", json=route_body(place, domain["guid"], host=host)).json()[
            "guid"
        ]
        for host in ("a", "b", "c")
    ]
    job = cloud.job(cloud.admin.delete(f"/v3/routes/{guids[0]}"))
    assert (job["operation"], job["state"]) == ("route.delete", "COMPLETE")
    assert cloud.detail(cloud.admin.get(f"/v3/routes/{guids[0]}")) == "404 10010 Route not found"
    mapped = {"destinations": [{"app": {"guid": place.app}}]}
    cloud.admin.post(f"/v3/routes/{guids[1]}/destinations", json=mapped)
    path = f"/v3/spaces/{place.space}/routes"
    assert cloud.detail(cloud.admin.delete(path)) == (
        "422 10008 Mass delete not supported for routes. Use 'unmapped=true' parameter to delete "
        "all unmapped routes."
    )
    cloud.job(cloud.admin.delete(f"{path}?unmapped=true"))
    left = cloud.admin.get(f"/v3/routes?domain_guids={domain['guid']}").json()["resources"]
    assert [one["guid"] for one in left] == [guids[1]]
    cloud.job(cloud.admin.delete(f"/v3/apps/{place.app}"))
    assert cloud.admin.get(f"/v3/routes/{guids[1]}").json()["destinations"] == []
    cloud.job(cloud.admin.delete(f"/v3/domains/{domain['guid']}"))
    assert cloud.admin.get(f"/v3/routes/{guids[1]}").status_code == 404


def test_replacing_destinations_keeps_those_that_stay(cloud: Any, place: Any) -> None:
    domain = shared_domain(cloud)
    route = cloud.admin.post("/v3/routes", json=route_body(place, domain["guid"], host="a")).json()
    path = f"/v3/routes/{route['guid']}/destinations"
    other = cloud.app(place.space)
    first = cloud.admin.post(path, json={"destinations": [{"app": {"guid": place.app}}]}).json()
    both = {"destinations": [{"app": {"guid": place.app}}, {"app": {"guid": other}}]}
    replaced = cloud.admin.patch(path, json=both).json()["destinations"]
    assert replaced[0] == first["destinations"][0]
    assert len(replaced) == 2
    assert cloud.admin.patch(path, json={"destinations": []}).json()["destinations"] == []
    twice = {"destinations": [{"app": {"guid": other}}, {"app": {"guid": other}}]}
    assert cloud.detail(cloud.admin.patch(path, json=twice)) == (
        "422 10008 Destinations cannot contain duplicate entries"
    )
    foreign = {"destinations": [{"app": {"guid": cloud.place().app}}]}
    assert cloud.detail(cloud.admin.post(path, json=foreign)) == (
        "422 10008 Routes destinations must be in either the route's space or the route's shared "
        "spaces"
    )
    assert cloud.detail(cloud.admin.post(path, json={"destinations": [{"app": {}}]})) == (
        '422 10008 Destinations[0]: app must have the structure {"guid": "app_guid"}'
    )
    assert cloud.detail(
        cloud.admin.post(path, json={"destinations": [{"app": {"guid": "x"}}]})
    ) == ('422 10008 App(s) with guid(s) "x" do not exist.')


def test_what_happens_to_routes_is_told_in_audit_events(cloud: Any, place: Any) -> None:
    domain = shared_domain(cloud)
    route = cloud.admin.post("/v3/routes", json=route_body(place, domain["guid"], host="a")).json()
    path = f"/v3/routes/{route['guid']}/destinations"
    added = cloud.admin.post(path, json={"destinations": [{"app": {"guid": place.app}}]}).json()
    cloud.admin.delete(f"{path}/{added['destinations'][0]['guid']}")
    cloud.job(cloud.admin.delete(f"/v3/routes/{route['guid']}"))
    events = cloud.admin.get(f"/v3/audit_events?space_guids={place.space}").json()["resources"]
    types = [event["type"] for event in events if "route" in event["type"]]
    assert types == [
        "audit.route.create",
        "audit.app.map-route",
        "audit.app.unmap-route",
        "audit.route.delete-request",
    ]
