"""Are old Cloud Controllers accepted, without letting the new ones leave members out?"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Contract


def _without(body: Any, *places: str) -> Any:
    body = copy.deepcopy(body)
    for place in places:
        *parents, name = place.split("/")
        holder = body
        for parent in parents:
            holder = holder[parent]
        del holder[name]
    return body


@pytest.mark.parametrize(
    ("schema", "example", "not_yet_sent"),
    [
        ("App", "app", ("relationships/current_droplet", "links/clear_buildpack_cache")),
        ("Space", "space", ("suspended",)),
        ("V3Info", "v3Info", ("rate_limits",)),
        (
            "V3Root",
            "v3Root",
            ("links/service_credential_bindings", "links/service_route_bindings"),
        ),
    ],
)
def test_an_answer_from_before_a_member_came_is_accepted(
    contract: Contract, schema: str, example: str, not_yet_sent: tuple[str, ...]
) -> None:
    body = _without(contract.example(example), *not_yet_sent)

    assert list(contract.component(schema).iter_errors(body)) == []


def test_a_root_with_the_newest_kinds_has_those_before_them(contract: Contract) -> None:
    body = _without(contract.example("v3Root"), "links/service_credential_bindings")

    assert not contract.component("V3Root").is_valid(body)


@pytest.mark.parametrize(
    ("version", "accepted"), [("2.92.0", True), ("2.218.0", False), ("", False)]
)
def test_only_old_versions_of_api_2_do_not_tell_the_broker_api(
    contract: Contract, version: str, *, accepted: bool
) -> None:
    body = _without(contract.example("v2Info"), "osbapi_version") | {"api_version": version}

    assert contract.component("V2Info").is_valid(body) is accepted


def test_a_space_with_a_quota_links_to_it(contract: Contract) -> None:
    space = copy.deepcopy(contract.example("space"))
    space["relationships"]["quota"]["data"] = {"guid": space["guid"]}
    space["links"].pop("quota", None)
    assert not contract.component("Space").is_valid(space)

    space["links"]["quota"] = {"href": "https://api.example.org/v3/space_quotas/1"}
    assert contract.component("Space").is_valid(space)


@pytest.mark.parametrize("member", ["error", "error_details"])
def test_a_failed_job_of_version_2_says_why(contract: Contract, member: str) -> None:
    body = _without(contract.example("v2JobFailed"), f"entity/{member}")

    assert not contract.component("V2Job").is_valid(body)


@pytest.mark.parametrize("time", ["2015-13-03T00:53:54Z", "2015-11-32T00:53:54Z"])
def test_times_outside_the_calendar_are_refused(contract: Contract, time: str) -> None:
    package = {**contract.example("bitsPackage"), "created_at": time}

    assert not contract.component("Package").is_valid(package)
