"""Would the contract notice a member that is missing or has another type?"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Contract

ONLY_IN_2015 = (
    ("data", "hash"),
    ("links", "stage"),
    ("links", "download", "method"),
)
ONLY_IN_2015_DOCKER = (("data", "error"), ("data", "credentials"), ("data", "store_image"))
FREE_MAPS = {"labels", "annotations", "custom", "prompts", "environment_variables", "meta", "tags"}
"""Objects whose members have names that users, operators or other components choose."""
LOG_CACHE_OMITS = {
    ("meta",),
    *(("meta", None, name) for name in ("count", "oldestTimestamp", "newestTimestamp")),
    *(("envelopes", "batch", None, name) for name in ("deprecated_tags", "log")),
    ("details",),
    ("vm_uptime",),
}
"""What the log cache may leave out: protocol buffers omit what is empty, an envelope holds one of
several kinds of thing, of which a log is one, and log caches before 2.4.0 tell no uptime."""
OTHERS: tuple[Any, ...] = ("text", 7, True, [], {})


def test_the_schemas_refuse_what_is_missing_or_of_another_type(contract: Contract) -> None:
    """At least 97 of 100 mutants of what a Cloud Controller sends today are refused."""
    shares = {}
    for _, _, operation in contract.operations():
        refused, total = _count(contract, operation)
        if total:
            shares[operation["operationId"]] = refused / total

    assert len(shares) >= 35
    assert {name: share for name, share in shares.items() if share < 0.97} == {}


def _count(contract: Contract, operation: dict[str, Any]) -> tuple[int, int]:
    refused = total = 0
    for status, media_type, content in contract.bodies(operation):
        if media_type != "application/json" or not content.get("schema") or int(status) >= 500:
            continue
        validator = contract.validator(content["schema"])
        optional = LOG_CACHE_OMITS if operation["tags"] == ["LogCache"] else set()
        for example in content["examples"].values():
            for mutant in _mutants(_modern(contract.resolve(example)["value"]), optional):
                total += 1
                refused += not validator.is_valid(mutant)
    return refused, total


def _modern(body: Any) -> Any:
    """Leave out the members that only the documents of 2015 show; they are optional on purpose."""
    body = copy.deepcopy(body)
    for resource in body.get("resources", [body]):
        docker = ONLY_IN_2015_DOCKER if resource.get("type") == "docker" else ()
        for *parents, name in (*ONLY_IN_2015, *docker):
            holder = resource
            for parent in parents:
                holder = holder.get(parent) or {}
            if isinstance(holder, dict):
                holder.pop(name, None)
    return body


def _mutants(body: Any, optional: set[tuple[str | None, ...]]) -> Iterator[Any]:
    for path in _places(body):
        free = len(path) > 1 and path[-2] in FREE_MAPS
        if isinstance(path[-1], str) and not free and not _matches(path, optional):
            yield _changed(body, path, lambda holder, name: holder.pop(name))
        value = _at(body, path)
        for other in OTHERS:
            if type(other) is not type(value) and not _also_allowed(path, value, other):
                yield _changed(body, path, lambda h, name, other=other: h.__setitem__(name, other))


def _matches(path: tuple[str | int, ...], shapes: set[tuple[str | None, ...]]) -> bool:
    """Tell whether the path has one of these shapes; None stands for any one step."""
    return any(
        len(shape) == len(path)
        and all(wanted in {None, step} for wanted, step in zip(shape, path, strict=True))
        for shape in shapes
    )


def _also_allowed(path: tuple[str | int, ...], value: Any, other: Any) -> bool:
    """Leave out changes that no schema can refuse.

    A member that is null today may be another thing tomorrow, operators' own members are free, and
    so are the values of variables that an app was created with: only updates insist on texts.
    """
    free = "custom" in path or "environment_variables" in path[:-1]
    return value is None or free or (value == "" and isinstance(other, int))


def _places(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for name, value in items:
        yield (*path, name)
        yield from _places(value, (*path, name))


def _at(node: Any, path: tuple[str | int, ...]) -> Any:
    for name in path:
        node = node[name]
    return node


def _changed(body: Any, path: tuple[str | int, ...], change: Callable[[Any, Any], Any]) -> Any:
    mutant = copy.deepcopy(body)
    change(_at(mutant, path[:-1]), path[-1])
    return mutant


@pytest.mark.parametrize("name", ["list_all_packages", "get_a_package"])
def test_documented_packages_with_todays_members_are_accepted(
    contract: Contract, documented: Callable[[str], Any], name: str
) -> None:
    body = documented(name)
    for resource in body.get("resources", [body]):
        app = resource["links"]["app"]["href"].rsplit("/", 1)[1]
        resource["relationships"] = {"app": {"data": {"guid": app}}}
        resource["metadata"] = {"labels": {}, "annotations": {}}
        today = {"image": "", "username": None, "password": None}
        checksum = {"checksum": {"type": "sha256", "value": None}}
        resource["data"] = {
            **(checksum if resource["type"] == "bits" else today),
            **resource["data"],
        }
    if "pagination" in body:
        body["pagination"]["total_pages"] = 2

    schema = "PackageList" if "resources" in body else "Package"
    assert list(contract.component(schema).iter_errors(body)) == []


def test_documented_buildpacks_are_accepted_as_they_are_and_with_todays_members(
    contract: Contract, documented: Callable[[str], Any]
) -> None:
    schema = contract.component("V2BuildpackList")
    body = documented("list_all_buildpacks")
    assert list(schema.iter_errors(body)) == []

    for resource in body["resources"]:
        resource["entity"] |= {"stack": None, "lifecycle": "buildpack"}
    assert list(schema.iter_errors(body)) == []

    del body["resources"][0]["entity"]["stack"]
    assert not schema.is_valid(body)


def test_members_of_tomorrow_do_not_break_clients(contract: Contract) -> None:
    package = contract.example("bitsPackage")
    package = {**package, "new": 1, "data": {**package["data"], "new": []}}

    assert contract.component("Package").is_valid(package)


def test_a_package_is_judged_by_its_type(contract: Contract) -> None:
    docker, bits = contract.example("dockerPackage"), contract.example("bitsPackage")

    assert not contract.component("Package").is_valid({**docker, "data": bits["data"]})
    assert not contract.component("Package").is_valid({**bits, "data": docker["data"]})
    assert not contract.component("Package").is_valid({**bits, "type": "zip"})


@pytest.mark.parametrize("time", ["2015-11-03T00:53:54.123Z", "2015-11-03 00:53:54", "1446512034"])
def test_other_forms_of_time_are_refused(contract: Contract, time: str) -> None:
    package = {**contract.example("bitsPackage"), "created_at": time}

    assert not contract.component("Package").is_valid(package)
