"""Do the request schemas take and refuse what a Cloud Controller takes and refuses?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Contract

APP = {"app": {"data": {"guid": "an-app"}}}
SPACE = {"space": {"data": {"guid": "a-space"}}}


def _package(**members: Any) -> dict[str, Any]:
    return {"type": "bits", "relationships": APP, **members}


def _docker(**data: Any) -> dict[str, Any]:
    return {"type": "docker", "relationships": APP, "data": data}


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("BitsPackageCreate", _package()),
        ("BitsPackageCreate", _package(data=None)),
        ("BitsPackageCreate", _package(data={})),
        ("BitsPackageCreate", _package(metadata={"labels": None})),
        ("BitsPackageCreate", _package(metadata={"labels": {"example.com/a": "", "b": 5}})),
        ("BitsPackageCreate", _package(metadata={"annotations": {"a": "x" * 5000}})),
        ("DockerPackageCreate", _docker(image="nginx")),
        ("DockerPackageCreate", _docker(image="nginx", username=None, password=None)),
        ("PackageCreate", {"relationships": APP, "unknown": 1}),
        ("PackageUpdate", {}),
        ("PackageUpdate", {"metadata": {"labels": {"a": None}}, "username": "u"}),
        ("AppCreate", {"name": "ünï", "relationships": SPACE}),
        (
            "AppCreate",
            {"name": "a", "relationships": SPACE, "lifecycle": {"type": "docker", "data": {}}},
        ),
        ("V2BuildpackCreate", {"name": "a_b-1", "stack": None, "unknown": 1, "position": -4}),
        ("V2BuildpackUpdate", {"name": None, "filename": "ignored"}),
    ],
)
def test_a_good_body_is_taken(contract: Contract, schema: str, body: Any) -> None:
    assert list(contract.component(schema).iter_errors(body)) == []


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("BitsPackageCreate", {"relationships": APP}),
        ("BitsPackageCreate", {"type": "bits"}),
        ("BitsPackageCreate", _package(unexpected=1)),
        ("BitsPackageCreate", _package(data={"image": "nginx"})),
        ("BitsPackageCreate", _package(metadata=None)),
        ("BitsPackageCreate", _package(metadata={"other": {}})),
        ("BitsPackageCreate", _package(metadata={"labels": {"a/b": "c"}})),
        ("BitsPackageCreate", _package(metadata={"labels": {"CloudFoundry.org/b": "c"}})),
        ("BitsPackageCreate", _package(metadata={"labels": {"a": "-c"}})),
        ("BitsPackageCreate", _package(metadata={"labels": {"a": "c" * 64}})),
        ("BitsPackageCreate", _package(metadata={"labels": {f"l{n}": "" for n in range(51)}})),
        ("BitsPackageCreate", _package(metadata={"annotations": {"a": "x" * 5001}})),
        ("BitsPackageCreate", _package(relationships={"app": {"data": {"guid": ""}}})),
        ("BitsPackageCreate", _package(relationships={"app": {"data": {"guid": "g" * 201}}})),
        ("BitsPackageCreate", _package(relationships={**APP, "potato": {}})),
        ("DockerPackageCreate", _docker()),
        ("DockerPackageCreate", _docker(image=" ")),
        ("DockerPackageCreate", _docker(image=5)),
        ("DockerPackageCreate", _docker(image="nginx", birthday=1)),
        ("PackageUpdate", {"image": "nginx"}),
        ("AppCreate", {"name": "", "relationships": SPACE}),
        ("AppCreate", {"name": "a\nb", "relationships": SPACE}),
        ("AppCreate", {"name": "a" * 256, "relationships": SPACE}),
        ("AppCreate", {"name": "a", "relationships": SPACE, "environment_variables": {"PORT": 1}}),
        (
            "AppCreate",
            {"name": "a", "relationships": SPACE, "lifecycle": {"type": "x", "data": {}}},
        ),
        ("OrganizationCreate", {"name": "a", "suspended": "yes"}),
        ("SpaceCreate", {"name": "a"}),
        ("V2BuildpackCreate", {"name": "a b"}),
        ("V2BuildpackCreate", {"name": "a", "position": "1"}),
        ("V2BuildpackCreate", {"name": "a", "enabled": "yes"}),
        ("TokenRequest", {"grant_type": "password", "username": "admin"}),
    ],
)
def test_a_bad_body_is_refused(contract: Contract, schema: str, body: Any) -> None:
    assert not contract.component(schema).is_valid(body)


@pytest.mark.parametrize(
    "selector",
    ["a", "!a", "a=b", "a==b", "a!=b", "a=", "a in (b,c)", "a notin (b)", "a in ()", "x.y/a=b,!c"],
)
def test_a_label_selector_is_taken(contract: Contract, selector: str) -> None:
    assert _parameter(contract, "LabelSelector").is_valid(selector)


@pytest.mark.parametrize(
    "selector",
    [
        "",
        ",",
        "a=b, c=d",
        "a = b",
        "! a",
        "a in(b)",
        "a IN (b)",
        "a  in (b)",
        "a in (b, c)",
        "a=b=c",
    ],
)
def test_a_bad_label_selector_is_refused(contract: Contract, selector: str) -> None:
    assert not _parameter(contract, "LabelSelector").is_valid(selector)


@pytest.mark.parametrize(
    ("time", "taken"),
    [
        ("2015-11-03T00:53:54Z", True),
        ("2024-02-29T23:59:59Z", True),
        ("2000-02-29T00:00:00Z", True),
        ("2023-02-29T00:00:00Z", False),
        ("1900-02-29T00:00:00Z", False),
        ("2020-13-45T99:99:99Z", False),
        ("2015-11-03T00:53:54+00:00", False),
        ("", False),
    ],
)
def test_time_filters_know_the_calendar(contract: Contract, time: str, taken: bool) -> None:
    assert _parameter(contract, "CreatedAfter").is_valid(time) is taken


@pytest.mark.parametrize(
    ("query", "taken"),
    [
        ("name:ruby_buildpack", True),
        ("name IN a,b;stack:cflinuxfs4", True),
        ("stack", True),
        ("name>=a;;b", True),
        ("position:1", False),
        ("name in a", False),
    ],
)
def test_v2_filters_name_a_field_and_an_operator(
    contract: Contract, query: str, taken: bool
) -> None:
    assert _parameter(contract, "V2BuildpackQuery").is_valid([query]) is taken


def _parameter(contract: Contract, name: str) -> Any:
    return contract.validator(contract.node["components"]["parameters"][name]["schema"])
