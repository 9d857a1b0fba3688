"""Do refused requests read exactly what the behaviour document prints?"""

from __future__ import annotations

from typing import Any

import pytest

from cloud_controller.domain import query_text
from cloud_controller.domain.messages import (
    apps,
    lists,
    organizations,
    packages,
    v2_buildpacks,
)

APP = {"app": {"data": {"guid": "g"}}}
STRUCTURE = (
    'Relationships App must be structured like this: "app: {"data": {"guid": "valid-guid"}}"'
)
LENGTH = "Relationships App guid must be between 1 and 200 characters"


def bits(**members: Any) -> dict[str, Any]:
    return {"type": "bits", "relationships": APP, **members}


def docker(data: Any) -> dict[str, Any]:
    return {"type": "docker", "relationships": APP, "data": data}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (bits(unexpected=1, extra=2), "Unknown field(s): 'unexpected', 'extra'"),
        ({"relationships": APP}, "Type must be one of 'bits, docker'"),
        ({"type": "zip", "relationships": APP}, "Type must be one of 'bits, docker'"),
        (bits(data={"a": 1}), "Data Data must be empty if provided for bits packages"),
        (docker({}), "Data Image must be a string, Data Image required"),
        (docker(None), "Data Image must be a string, Data Image required"),
        (docker({"image": None}), "Data Image must be a string, Data Image required"),
        (docker({"image": 5}), "Data Image must be a string"),
        (docker({"image": " "}), "Data Image required"),
        (docker({"image": "i", "birthday": 1}), "Data Unknown field(s): 'birthday'"),
        ({"type": "bits"}, "Relationships 'relationships' is not an object"),
        (
            {"type": "bits", "relationships": {}},
            "Relationships 'relationships' must include one or more valid relationships",
        ),
        (
            {"type": "bits", "relationships": {**APP, "potato": {}}},
            "Relationships Unknown field(s): 'potato'",
        ),
        (
            {"type": "bits", "relationships": {"potato": {}}},
            "Relationships Unknown field(s): 'potato', Relationships App can't be blank, "
            + STRUCTURE,
        ),
        (
            {"type": "bits", "relationships": {"app": None}},
            "Relationships App can't be blank, " + STRUCTURE,
        ),
        (
            {"type": "bits", "relationships": {"app": {}}},
            "Relationships App can't be blank, " + STRUCTURE,
        ),
        ({"type": "bits", "relationships": {"app": {"guid": "x"}}}, STRUCTURE),
        ({"type": "bits", "relationships": {"app": {"data": {}}}}, STRUCTURE),
        (
            {"type": "bits", "relationships": {"app": {"data": {"guid": 5}}}},
            "Relationships App guid must be a string, " + LENGTH,
        ),
        ({"type": "bits", "relationships": {"app": {"data": {"guid": ""}}}}, LENGTH),
        ({"type": "bits", "relationships": {"app": {"data": {"guid": "x" * 201}}}}, LENGTH),
        ({"type": "bits", "relationships": {"app": {"data": None}}}, ""),
        (
            {"metadata": None, "x": 1},
            (
                "Metadata must be an object, Unknown field(s): 'x', "
                "Relationships 'relationships' is not an object, Type must be one of 'bits, docker'"
            ),
        ),
        (bits(data=None), ""),
        (bits(data={}), ""),
        (
            None,
            "Relationships 'relationships' is not an object, Type must be one of 'bits, docker'",
        ),
    ],
)
def test_a_package_to_create_is_checked_member_by_member(body: Any, text: str) -> None:
    assert ", ".join(packages.create(body)) == text


def test_an_app_that_is_null_is_only_found_missing_later() -> None:
    body = {"type": "bits", "relationships": {"app": {"data": None}}}

    assert packages.create_later(body) == [packages.APP_INVALID]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ({"has_bits": False, "resources": None}, "Upload must include either resources or bits"),
        ({"has_bits": False, "resources": "[]"}, "Upload must include either resources or bits"),
        ({"has_bits": True, "resources": None, "unknown_parts": ["x"]}, "Unknown field(s): 'x'"),
        ({"has_bits": True, "resources": "[]"}, ""),
        ({"has_bits": False, "resources": "[{}]"}, ""),
    ],
)
def test_an_upload_form_is_checked_before_anything_is_looked_up(
    form: dict[str, Any], text: str
) -> None:
    assert ", ".join(packages.upload(**{"unknown_parts": [], **form})) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({}, "Name can't be blank"),
        ({"name": None}, "Name can't be blank"),
        (
            {"name": ""},
            (
                "Name is too short (minimum is 1 character), Name must not contain escaped "
                "characters, Name can't be blank"
            ),
        ),
        ({"name": 5}, "Name must be a string"),
        ({"name": "x" * 256}, "Name is too long (maximum is 255 characters)"),
        ({"name": "o", "suspended": "x"}, "Suspended must be a boolean"),
        ([], "Unknown field(s): '_json', Name can't be blank"),
    ],
)
def test_an_organization_to_create_is_checked(body: Any, text: str) -> None:
    assert ", ".join(organizations.create_organization(body)) == text


@pytest.mark.parametrize(
    ("lifecycle", "text"),
    [
        (
            {"type": "x", "data": {}},
            "Lifecycle type is not included in the list: buildpack, docker, cnb",
        ),
        ({"type": "docker", "data": 5}, "Lifecycle data must be an object"),
        ({"type": "buildpack", "data": {"x": 1}}, "Lifecycle Unknown field(s): 'x'"),
        ({"type": "buildpack", "data": {"buildpacks": ["a"], "stack": None}}, ""),
    ],
)
def test_an_app_to_create_names_a_known_lifecycle(lifecycle: Any, text: str) -> None:
    body = {
        "name": "a",
        "relationships": {"space": {"data": {"guid": "g"}}},
        "lifecycle": lifecycle,
    }

    assert ", ".join(apps.create(body)) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (None, "Decoded JSON cannot be nil"),
        ([], "Expected instance of Hash, given an instance of Array"),
        ({}, "Field: name, Error: Missing field name"),
        ({"name": None}, "Field: name, Error: Missing field name"),
        (
            {"name": "n", "position": "1"},
            "Field: position, Error: Expected instance of Integer, given an instance of String",
        ),
        (
            {"name": "n", "enabled": "yes"},
            "Field: enabled, Error: Expected instance of true or false, given yes",
        ),
        (
            {"name": 5, "locked": "no"},
            (
                "Field: name, Error: Expected instance of String, given an instance of Integer, "
                "Field: locked, Error: Expected instance of true or false, given no"
            ),
        ),
        ({"name": "n", "position": None, "enabled": None}, None),
    ],
)
def test_a_v2_buildpack_to_create_is_read_strictly(body: Any, text: str | None) -> None:
    assert v2_buildpacks.read_problem(body, creating=True) == text


VALID_PACKAGE_PARAMETERS = (
    "'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids', 'states', 'types', "
    "'app_guids', 'app_guid', 'space_guids', 'organization_guids', 'label_selector'"
)
FORMAT = "has an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("page=0", "Page must be a positive integer"),
        ("page=abc", "Page must be a positive integer"),
        ("page=", "Page must be a positive integer"),
        ("page=2abc", ""),
        ("page=1.9", ""),
        ("per_page=0", "Per page must be a positive integer"),
        ("per_page=-1", "Per page must be a positive integer"),
        ("per_page=5001", "Per page must be between 1 and 5000"),
        (
            "page=9223372036854775807&per_page=2",
            "Maximum result (page * per_page) must be less than 9223372036854775807",
        ),
        ("order_by=name", "Order by can only be: 'created_at', 'updated_at'"),
        ("order_by=+created_at", "Order by can only be: 'created_at', 'updated_at'"),
        ("order_by=%2Bcreated_at", ""),
        ("order_by=-updated_at", ""),
        ("order_by=", ""),
        ("states=BOGUS&types=", ""),
        ("guids[x]=a", "Guids must be an array"),
        ("guids[]=a", ""),
        ("created_ats=", f"Created ats {FORMAT}"),
        ("updated_ats=2020-13-45T99:99:99Z", f"Updated ats {FORMAT}"),
        ("created_ats[foo]=2020-01-01T00:00:00Z", "Created ats Invalid relational operator: 'foo'"),
        (
            "created_ats[lt]=2020-01-01T00:00:00Z,2021-01-01T00:00:00Z",
            "Created ats only accepts one value when using a relational operator",
        ),
        ("created_ats[lt]=2020-01-01T00:00:00Z&created_ats[gte]=2019-01-01T00:00:00Z", ""),
        ("label_selector=", "Missing label_selector value"),
        (
            "foo=1&bar=2",
            (
                f"Unknown query parameter(s): 'foo', 'bar'. Valid parameters are: "
                f"{VALID_PACKAGE_PARAMETERS}"
            ),
        ),
        (
            "foo=1&page=0&order_by=x&label_selector=",
            (
                "Page must be a positive integer, Order by can only be: 'created_at', 'updated_at', "
                "Missing label_selector value, Unknown query parameter(s): 'foo'. Valid parameters "
                f"are: {VALID_PACKAGE_PARAMETERS}"
            ),
        ),
    ],
)
def test_the_query_of_a_package_list_is_checked_in_order(query: str, text: str) -> None:
    assert ", ".join(lists.problems("listPackages", query_text.parse(query))) == text


def test_filters_by_place_are_unknown_below_an_app() -> None:
    query = query_text.parse("space_guids=a&app_guids=b")

    assert lists.problems("listPackagesForApp", query) == [
        "Unknown query parameter(s): 'app_guids', 'space_guids'"
    ]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (
            "include=x",
            "Invalid included resource: 'x'. Valid included resources are: 'org', 'organization'",
        ),
        ("include=org,org", "Duplicate included resource: 'org'"),
        ("include=organization", ""),
    ],
)
def test_spaces_include_their_organizations_only(query: str, text: str) -> None:
    assert ", ".join(lists.problems("listSpaces", query_text.parse(query))) == text


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("results-per-page=101", "results_per_page must be <= 100"),
        ("results-per-page=0", "results_per_page must be a positive integer"),
        ("page=abc", "page must be a positive integer"),
        ("page=0x10", None),
        ("page=%205%20", None),
        ("inline-relations-depth=4", "inline_relations_depth must be <= 3"),
        ("order-direction=up", "order_direction must be 'asc' or 'desc' but was 'up'"),
        ("q=color:red", "color"),
        ("q=name:a;stack IN x,y", None),
        ("pretty=true&unknown=1", None),
    ],
)
def test_the_query_of_the_v2_list_is_checked(query: str, text: str | None) -> None:
    assert v2_buildpacks.list_problem(query_text.parse(query)) == text


def test_the_last_repetition_of_a_parameter_wins() -> None:
    assert query_text.parse("guids=a&guids=b").get("guids") == "b"


def test_members_are_decoded_once_more_and_lose_white_space_after_the_comma() -> None:
    sent = query_text.parse("names=a,%20b,,c%252Cd,").get("names")

    assert sent is not None
    assert query_text.members(sent) == ("a", "b", "", "c,d", "")
