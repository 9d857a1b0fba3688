"""Which Python names do the document's names become?"""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specfoundry.ir.naming import parameter_names, pascal, schema_names, snake, unique


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("listPackages", "list_packages"),
        ("listV2Buildpacks", "list_v2_buildpacks"),
        ("getHTTPResponse", "get_http_response"),
        ("results-per-page", "results_per_page"),
        ("created_ats[lt]", "created_ats_lt"),
        ("X-VCAP-Request-ID", "x_vcap_request_id"),
        ("async", "async_"),
        ("list", "list_"),
        ("2fa", "field_2_fa"),
        ("größe", "größe"),
        ("$", "value"),
    ],
)
def test_a_name_becomes_snake_case(name: str, expected: str) -> None:
    assert snake(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("V3NotFound", "V3NotFound"),
        ("results-per-page", "ResultsPerPage"),
        ("package list", "PackageList"),
        ("404", "Model404"),
        ("Response", "Response_"),
    ],
)
def test_a_name_becomes_a_class_name(name: str, expected: str) -> None:
    assert pascal(name) == expected


@given(st.text())
def test_every_name_is_a_usable_identifier(text: str) -> None:
    for name in (snake(text), pascal(text)):
        assert name.isidentifier()
        assert not keyword.iskeyword(name)


def test_a_parameter_that_stands_in_two_places_is_told_apart_by_its_place() -> None:
    names = parameter_names([("path", "id"), ("query", "id"), ("query", "ID")])
    assert list(names.values()) == ["id", "query_id", "id_2"]


def test_schemas_with_one_python_name_stay_two_classes() -> None:
    assert schema_names({"pet": {}, "Pet": {}, "BaseModel": {}}) == {
        "pet": "Pet",
        "Pet": "Pet2",
        "BaseModel": "BaseModelModel",
    }


def test_names_that_clash_are_told() -> None:
    names, clashes = unique([("a", "list_pets"), ("b", "list_pets"), ("c", "get_pet")])
    assert names == {"a": "list_pets", "b": "list_pets2", "c": "get_pet"}
    assert clashes == [("b", "list_pets")]
