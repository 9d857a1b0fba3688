"""Do the contract's examples keep what its schemas say, and show what the documents showed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Contract

BYTES = {
    (operation, status)
    for operation in ("downloadPackage", "downloadDroplet")
    for status in ("200", "206")
}
NOT_JSON = {("getHealth", "200")}


def test_every_answer_with_a_body_has_an_example(contract: Contract) -> None:
    for _, _, operation in contract.operations():
        for status, _, content in contract.bodies(operation):
            if (operation["operationId"], status) not in BYTES | NOT_JSON:
                assert content["examples"], (operation["operationId"], status)


def test_every_example_of_an_answer_validates(contract: Contract) -> None:
    for _, _, operation in contract.operations():
        for status, _, content in contract.bodies(operation):
            for name, example in content.get("examples", {}).items():
                value = contract.resolve(example)["value"]
                errors = list(contract.validator(content["schema"]).iter_errors(value))
                assert errors == [], (operation["operationId"], status, name)


def test_every_example_of_a_request_validates(contract: Contract) -> None:
    for body in contract.node["components"]["requestBodies"].values():
        for media_type, content in body["content"].items():
            for name, example in content.get("examples", {}).items():
                errors = list(contract.validator(content["schema"]).iter_errors(example["value"]))
                assert errors == [], (media_type, name)
            assert content.get("examples") or media_type == "multipart/form-data"


def test_every_parameter_and_header_has_an_example_that_validates(contract: Contract) -> None:
    for section in ("parameters", "headers"):
        for name, node in contract.node["components"][section].items():
            assert contract.validator(node["schema"]).is_valid(node["example"]), name


@pytest.mark.parametrize(
    ("document", "example"),
    [
        ("list_all_packages", "packageList"),
        ("get_a_package", "bitsPackage"),
        ("list_all_buildpacks", "v2BuildpackList"),
    ],
)
def test_a_documented_body_is_contained_in_its_example(
    contract: Contract, documented: Callable[[str], Any], document: str, example: str
) -> None:
    assert list(_missing(contract.example(example), documented(document))) == []


def test_the_members_of_the_app_list_are_in_its_example(
    contract: Contract, documented: Callable[[str], Any]
) -> None:
    """That document shows every member of both package types at once, and `method` on every link.

    A Cloud Controller sends `method` only where it is not GET (behaviour reference, section 7.3).
    """
    pages = [contract.example("appPackageList"), contract.example("packageList")]
    found = {place for page in pages for place in _members(page)}
    wanted = set(_members(documented("list_app_packages")))
    map_members = {"/metadata/labels/labels", "/metadata/annotations/annotations"}

    missing = {place for place in wanted - found if not place.endswith(tuple(map_members))}
    assert {place for place in missing if not place.endswith("/method")} == set()


def _missing(found: Any, wanted: Any, at: str = "") -> Iterator[str]:
    """Yield what is not there, or has another type; null may have become a value."""
    if isinstance(wanted, dict):
        for name, value in wanted.items():
            if not isinstance(found, dict) or name not in found:
                yield f"{at}/{name}"
            else:
                yield from _missing(found[name], value, f"{at}/{name}")
    elif isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            yield at
            return
        for index, value in enumerate(wanted):
            yield from _missing(found[index], value, f"{at}/{index}")
    elif wanted is not None and type(found) is not type(wanted):
        yield at


def _members(node: Any, at: str = "") -> Iterator[str]:
    """Yield the place of every member, array indexes left out."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield f"{at}/{name}"
            yield from _members(value, f"{at}/{name}")
    elif isinstance(node, list):
        for value in node:
            yield from _members(value, at)
