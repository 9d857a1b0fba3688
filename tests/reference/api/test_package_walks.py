"""Does a walk along the links of a list show every match exactly once, and can one walk back?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = "https://api.example.local"
LONG_AGO = "2015-11-03T00:53:54Z"
SELECTORS: dict[str, Callable[[dict[str, str]], bool]] = {
    "env": lambda labels: "env" in labels,
    "!env": lambda labels: "env" not in labels,
    "env=prod": lambda labels: labels.get("env") == "prod",
    "env!=prod": lambda labels: labels.get("env") != "prod",
    "env in (prod,dev),tier": lambda labels: "env" in labels and "tier" in labels,
    "env notin (prod,dev)": lambda labels: "env" not in labels,
    "example.com/a==b": lambda labels: labels.get("example.com/a") == "b",
}


@pytest.fixture(scope="module")
def shelf(cloud: Any) -> dict[str, Any]:
    """Three apps in two spaces with fourteen packages of every sort."""
    places = [cloud.place(), cloud.place()]
    apps = [cloud.app(p.space, lifecycle={"type": "cnb", "data": {}}) for p in [*places, places[0]]]
    labels = [{}, {"env": "prod"}, {"env": "dev", "tier": ""}, {"example.com/a": "b", "tier": "1"}]
    packages = []
    for number in range(14):
        app = apps[number % 3]
        more: dict[str, Any] = {"metadata": {"labels": labels[number % 4]}}
        if number % 5 == 0:
            more |= {"type": "docker", "data": {"image": "i"}}
        packages.append(cloud.package(app, **more))
        if number == 1:
            cloud.upload(packages[-1], cloud.zipped(a=b"1"))
    shown = [cloud.admin.get(f"/v3/packages/{guid}").json() for guid in packages]
    spaces = {apps[0]: places[0].space, apps[1]: places[1].space, apps[2]: places[0].space}
    organizations = {place.space: place.organization for place in places}
    return {"apps": apps, "all": shown, "spaces": spaces, "organizations": organizations}


def queries(shelf: dict[str, Any]) -> st.SearchStrategy[dict[str, str]]:
    def some(values: list[str]) -> st.SearchStrategy[str]:
        chosen = st.lists(st.sampled_from([*values, "a,b c%2C"]), min_size=1, unique=True)
        return chosen.map(lambda found: ",".join(one.replace(",", "%2C") for one in found))

    guids = [one["guid"] for one in shelf["all"]]
    order = ["created_at", "-created_at", "+updated_at", "-updated_at"]
    return st.fixed_dictionaries(
        {"per_page": st.integers(1, 6).map(str)},
        optional={
            "order_by": st.sampled_from(order),
            "states": some(["READY", "AWAITING_UPLOAD", "FAILED"]),
            "types": some(["bits", "docker"]),
            "app_guids": some(shelf["apps"]),
            "space_guids": some(list(shelf["organizations"])),
            "organization_guids": some(list(shelf["organizations"].values())),
            "guids": some(guids),
            "label_selector": st.sampled_from(list(SELECTORS)),
            "created_ats[gte]": st.just(LONG_AGO),
            "updated_ats[lt]": st.sampled_from([LONG_AGO, "2999-01-01T00:00:00Z"]),
        },
    )


def fits(shelf: dict[str, Any], one: dict[str, Any], query: dict[str, str]) -> bool:
    app = one["relationships"]["app"]["data"]["guid"]
    space = shelf["spaces"][app]
    values = {"states": one["state"], "types": one["type"], "app_guids": app, "guids": one["guid"]}
    values |= {"space_guids": space, "organization_guids": shelf["organizations"][space]}
    named = all(value in query[name].split(",") for name, value in values.items() if name in query)
    selector = query.get("label_selector")
    selected = selector is None or SELECTORS[selector](one["metadata"]["labels"])
    return named and selected and query.get("updated_ats[lt]") != LONG_AGO


def walk(cloud: Any, link: str, direction: str) -> list[dict[str, Any]]:
    pages = []
    while link:
        answer = cloud.admin.get(link.removeprefix(BASE))
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        found = pages[-1]["pagination"][direction]
        link = found["href"] if found else ""
        assert len(pages) < 50
    return pages


def guids(pages: list[dict[str, Any]]) -> list[str]:
    return [one["guid"] for page in pages for one in page["resources"]]


def rest(link: dict[str, str] | None) -> list[tuple[str, str]] | None:
    """The query of a link without its page; `None` for no link."""
    if link is None:
        return None
    found = parse_qsl(urlsplit(link["href"]).query, keep_blank_values=True)
    return sorted(pair for pair in found if pair[0] != "page")


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_walk_shows_every_match_once_and_leads_back(
    cloud: Any, shelf: Any, data: st.DataObject
) -> None:
    query = data.draw(queries(shelf))
    # The server is shared: without any filter by place the list would also show others' packages.
    if not query.keys() & {"app_guids", "space_guids", "organization_guids", "guids"}:
        query["app_guids"] = ",".join(shelf["apps"])
    nested = data.draw(st.booleans()) and not any(
        name in query for name in ("space_guids", "organization_guids")
    )
    path = "/v3/packages"
    expected = [one for one in shelf["all"] if fits(shelf, one, query)]
    if nested:
        query.pop("app_guids", None)
        app = shelf["apps"][0]
        path = f"/v3/apps/{app}/packages"
        expected = [
            one
            for one in shelf["all"]
            if one["relationships"]["app"]["data"]["guid"] == app and fits(shelf, one, query)
        ]
    pages = walk(cloud, f"{path}?{urlencode(query)}", "next")
    shown = guids(pages)

    if "order_by" not in query:
        assert shown == [one["guid"] for one in expected]
    assert sorted(shown) == sorted(one["guid"] for one in expected)
    check_numbers(pages, len(expected), int(query["per_page"]))
    check_links(pages, path, query)
    back = walk(cloud, pages[0]["pagination"]["last"]["href"], "previous")
    assert guids(back[::-1]) == shown
    if query.get("order_by"):
        turned = {**query, "order_by": flipped(query["order_by"])}
        assert guids(walk(cloud, f"{path}?{urlencode(turned)}", "next")) == shown[::-1]


def flipped(order_by: str) -> str:
    return order_by[1:] if order_by.startswith("-") else f"-{order_by.lstrip('+')}"


def check_numbers(pages: list[dict[str, Any]], total: int, per_page: int) -> None:
    count = max(1, -(-total // per_page))
    assert len(pages) == count
    for page in pages:
        assert page["pagination"]["total_results"] == total
        assert page["pagination"]["total_pages"] == count
    assert all(len(page["resources"]) == per_page for page in pages[:-1])


def check_links(pages: list[dict[str, Any]], path: str, query: dict[str, str]) -> None:
    sign = {**query}
    if "order_by" in sign and sign["order_by"][0] not in "+-":
        sign["order_by"] = f"+{sign['order_by']}"
    for page in pages:
        for name in ("first", "last", "next", "previous"):
            link = page["pagination"][name]
            if link is not None:
                assert urlsplit(link["href"]).path == path
                assert rest(link) == sorted(sign.items())
