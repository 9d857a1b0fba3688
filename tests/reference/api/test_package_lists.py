"""Do v3 lists filter, sort, page and refuse as sections 1.4 to 1.9 say?"""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import quote

import pytest

BASE = "https://api.example.local/v3/packages"
BAD = "400 10005 The query parameter is invalid: "


@pytest.fixture(scope="module")
def five(cloud: Any) -> dict[str, Any]:
    """An app with five packages, two of them labelled."""
    place = cloud.place()
    labels = [{}, {"env": "prod"}, {"env": "dev", "tier": ""}, {}, {}]
    guids = [cloud.package(place.app, metadata={"labels": one}) for one in labels]
    return {"app": place.app, "guids": guids, "place": place}


def listed(cloud: Any, five: Any, query: str) -> list[int]:
    answer = cloud.admin.get(f"/v3/packages?app_guids={five['app']}&{query}")
    assert answer.status_code == 200, answer.text
    return [five["guids"].index(resource["guid"]) for resource in answer.json()["resources"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("per_page=2", [0, 1]),
        ("per_page=2&page=3", [4]),
        ("per_page=2&page=2abc", [2, 3]),
        ("page=1.9&per_page=1", [0]),
        ("states=AWAITING_UPLOAD", [0, 1, 2, 3, 4]),
        ("states=BOGUS", []),
        ("states=", []),
        ("states=BOGUS,%20AWAITING_UPLOAD&per_page=1", [0]),
        ("types=docker", []),
        ("types=bits,docker&per_page=1", [0]),
        ("label_selector=env", [1, 2]),
        ("label_selector=env=prod", [1]),
        ("label_selector=env!=prod", [0, 2, 3, 4]),
        ("label_selector=env%20in%20(prod,dev),tier", [2]),
        ("label_selector=!env", [0, 3, 4]),
        ("label_selector=tier=", []),
        ("label_selector=env!=", [0, 1, 2, 3, 4]),
        ("created_ats[lt]=2015-01-01T00:00:00Z", []),
        (
            "created_ats[gt]=2015-01-01T00:00:00Z&updated_ats[gte]=2015-01-01T00:00:00Z&page=1",
            [0, 1, 2, 3, 4],
        ),
        ("created_ats=2015-01-01T00:00:00Z,2016-01-01T00:00:00Z", []),
        ("order_by=", [0, 1, 2, 3, 4]),
    ],
)
def test_a_query_finds_what_it_asks_for(
    cloud: Any, five: Any, query: str, found: list[int]
) -> None:
    assert listed(cloud, five, query) == found


def test_descending_is_the_exact_reverse_of_ascending(cloud: Any, five: Any) -> None:
    ascending = listed(cloud, five, "order_by=%2Bcreated_at")

    assert listed(cloud, five, "order_by=-created_at") == ascending[::-1]


def test_guids_are_a_comma_delimited_list_however_the_comma_is_written(
    cloud: Any, five: Any
) -> None:
    first, second = five["guids"][:2]

    assert listed(cloud, five, f"guids={first},{second}") == [0, 1]
    assert listed(cloud, five, f"guids={first}%2C{second}") == [0, 1]
    assert listed(cloud, five, f"guids={first}&guids={second}") == [1]
    assert listed(cloud, five, "guids=") == []
    assert listed(cloud, five, f"guids={first}%252C{second}") == []


def test_links_are_rebuilt_and_can_be_followed(cloud: Any, five: Any) -> None:
    query = f"per_page=2&order_by=created_at&app_guids={five['app']},x%252Cy&page=2"
    answer = cloud.admin.get(f"/v3/packages?{query}").json()
    rest = f"app_guids={five['app']}%2Cx%252Cy&order_by=%2Bcreated_at"

    assert answer["pagination"] == {
        "total_results": 5,
        "total_pages": 3,
        "first": {"href": f"{BASE}?{rest}&page=1&per_page=2", "method": "GET"},
        "last": {"href": f"{BASE}?{rest}&page=3&per_page=2", "method": "GET"},
        "next": {"href": f"{BASE}?{rest}&page=3&per_page=2", "method": "GET"},
        "previous": {"href": f"{BASE}?{rest}&page=1&per_page=2", "method": "GET"},
    }
    seen, link = [], answer["pagination"]["first"]
    while link:
        page = cloud.admin.get(link["href"].removeprefix("https://api.example.local")).json()
        seen += [resource["guid"] for resource in page["resources"]]
        link = page["pagination"]["next"]
    assert sorted(seen) == sorted(five["guids"])


def test_a_page_beyond_the_last_counts_nothing(cloud: Any, five: Any) -> None:
    answer = cloud.admin.get(f"/v3/packages?app_guids={five['app']}&page=9").json()

    assert answer["resources"] == []
    assert answer["pagination"]["total_results"] == 0
    assert answer["pagination"]["total_pages"] == 1
    assert answer["pagination"]["next"] is None
    assert "page=8" in answer["pagination"]["previous"]["href"]


def test_the_nested_list_shows_one_app_and_links_to_itself(cloud: Any, five: Any) -> None:
    answer = cloud.admin.get(f"/v3/apps/{five['app']}/packages?per_page=2").json()

    assert answer["pagination"]["total_results"] == 5
    assert answer["pagination"]["next"]["href"] == (
        f"https://api.example.local/v3/apps/{five['app']}/packages?page=2&per_page=2"
    )
    guid = five["guids"][3]
    only = cloud.admin.get(f"/v3/apps/{five['app']}/packages?guids={guid}").json()
    assert [resource["guid"] for resource in only["resources"]] == [guid]


def test_lists_can_be_cut_by_space_and_organization(cloud: Any, five: Any) -> None:
    place = five["place"]
    by_space = cloud.admin.get(f"/v3/packages?space_guids={place.space}").json()
    by_organization = cloud.admin.get(f"/v3/packages?organization_guids={place.organization}")

    assert by_space["pagination"]["total_results"] == 5
    assert by_organization.json()["pagination"]["total_results"] == 5


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("page=0", "Page must be a positive integer"),
        ("page=abc", "Page must be a positive integer"),
        ("page=", "Page must be a positive integer"),
        ("per_page=0", "Per page must be a positive integer"),
        ("per_page=5001", "Per page must be between 1 and 5000"),
        ("order_by=name", "Order by can only be: 'created_at', 'updated_at'"),
        ("order_by=+created_at", "Order by can only be: 'created_at', 'updated_at'"),
        ("label_selector=", "Missing label_selector value"),
        ("label_selector=a=b,%20c=d", "Invalid label_selector value"),
        ("guids[x]=a", "Guids must be an array"),
        (
            "created_ats=now",
            (
                "Created ats has an invalid timestamp format. Timestamps should be formatted as "
                "'YYYY-MM-DDThh:mm:ssZ'"
            ),
        ),
        (
            "created_ats[foo]=2015-01-01T00:00:00Z",
            "Created ats Invalid relational operator: 'foo'",
        ),
        (
            "created_ats[lt]=2015-01-01T00:00:00Z,2016-01-01T00:00:00Z",
            "Created ats only accepts one value when using a relational operator",
        ),
        (
            "foo=1",
            (
                "Unknown query parameter(s): 'foo'. Valid parameters are: 'page', 'per_page', "
                "'order_by', 'created_ats', 'updated_ats', 'guids', 'states', 'types', 'app_guids', "
                "'app_guid', 'space_guids', 'organization_guids', 'label_selector'"
            ),
        ),
    ],
)
def test_a_bad_query_gets_the_documented_text(cloud: Any, query: str, text: str) -> None:
    assert cloud.detail(cloud.admin.get(f"/v3/packages?{query}")) == BAD + text


def test_the_query_is_checked_before_the_app_is_looked_up(cloud: Any) -> None:
    bad = cloud.admin.get("/v3/apps/missing/packages?space_guids=a")

    assert cloud.detail(bad) == BAD + "Unknown query parameter(s): 'space_guids'"
    assert cloud.detail(cloud.admin.get("/v3/apps/missing/packages")) == "404 10010 App not found"


def test_a_malformed_query_is_an_invalid_request(cloud: Any) -> None:
    answer = cloud.admin.get("/v3/packages?guids=%ff")

    assert cloud.detail(answer) == "400 10004 The request is invalid"


def test_other_operations_ignore_unknown_parameters(cloud: Any, five: Any) -> None:
    guid = five["guids"][0]

    assert cloud.admin.get(f"/v3/packages/{guid}?foo={uuid.uuid4()}").status_code == 200


@pytest.mark.parametrize("text", ["a,b", "50%", "ü", "a b", "%2C", "a+b"])
def test_a_name_with_any_character_can_be_filtered_and_linked(cloud: Any, text: str) -> None:
    name = f"{text} {uuid.uuid4()}"
    cloud.create("organizations", {"name": name})
    member = name.replace("%", "%25").replace(",", "%2C")
    answer = cloud.admin.get(f"/v3/organizations?names={quote(member, safe='')}").json()

    assert [resource["name"] for resource in answer["resources"]] == [name]
    href = answer["pagination"]["first"]["href"].removeprefix("https://api.example.local")
    assert cloud.admin.get(href).json()["pagination"]["total_results"] == 1
