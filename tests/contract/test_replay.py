"""Does the running server answer every documented request with what the documents promise?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    import httpx2

DOCUMENTED = Path(__file__).parent / "documented"
EXCHANGES = {path.stem: yaml.safe_load(path.read_text()) for path in sorted(DOCUMENTED.iterdir())}

FORMS = {
    "guid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "digits": r"\d+",
    "text": r".+",
}


@pytest.mark.parametrize("name", EXCHANGES)
def test_a_documented_request_is_answered_as_documented(
    admin: httpx2.Client, server: str, name: str
) -> None:
    exchange = EXCHANGES[name]
    request, expected = exchange["request"], exchange["response"]
    guids = PREPARATIONS[exchange["prepare"]](admin)
    if request.get("anonymous"):
        del admin.headers["Authorization"]

    answer = admin.request(
        request["method"], request["path"].format_map(Guids(guids)), params=request.get("query")
    )

    assert answer.status_code == expected["status"], answer.text
    for header, value in expected["headers"].items():
        found = answer.headers[header].replace("; charset", ";charset")
        assert _matches(found, value.replace("; charset", ";charset")), header
    body = answer.json()
    assert list(_missing(body, expected["body"], server)) == []


class Guids(dict[str, str]):
    """The guids of the prepared resources by name."""

    def __missing__(self, name: str) -> str:
        return "0c1f1d8b-6a5e-4a3f-9a3b-1d7a4a1f0000"


def _missing(found: Any, expected: Any, server: str, at: str = "") -> Any:
    """Yield the place of everything expected that is not there, members by members."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            if not isinstance(found, dict) or key not in found:
                yield f"{at}/{key} is missing"
            else:
                yield from _missing(found[key], value, server, f"{at}/{key}")
    elif isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            yield f"{at} has other entries"
        else:
            for index, value in enumerate(expected):
                yield from _missing(found[index], value, server, f"{at}/{index}")
    elif not _matches(_without_host(found, server), expected):
        yield f"{at}: {found!r} is not {expected!r}"


def _without_host(value: Any, server: str) -> Any:
    # The documents of 2015 show paths; today's links are absolute.
    return value.removeprefix(server) if isinstance(value, str) else value


def _matches(value: Any, expected: Any) -> bool:
    if not isinstance(expected, str) or "<" not in expected:
        return type(value) is type(expected) and bool(value == expected)
    if expected == "<integer>":
        return type(value) is int
    if value is None:
        return expected.endswith(" or null>")
    pattern = re.sub(r"<(\w+)(?: or null)?>", lambda match: FORMS[match[1]], _escaped(expected))
    return isinstance(value, str) and re.fullmatch(pattern, value, re.DOTALL) is not None


def _escaped(text: str) -> str:
    return re.sub(r"[.?+*()\[\]|^$\\]", lambda match: "\\" + match[0], text)


def _create(admin: httpx2.Client, path: str, body: dict[str, Any]) -> str:
    answer = admin.post(path, json=body)
    assert answer.status_code == 201, answer.text
    created = answer.json()
    guid = created.get("guid") or created["metadata"]["guid"]
    assert isinstance(guid, str)
    return guid


def _app(admin: httpx2.Client, **more: Any) -> str:
    number = len(admin.get("/v3/organizations").json()["resources"])
    org = _create(admin, "/v3/organizations", {"name": f"org-{number}"})
    space = _create(
        admin,
        "/v3/spaces",
        {"name": "space", "relationships": {"organization": {"data": {"guid": org}}}},
    )
    relationships = {"space": {"data": {"guid": space}}}
    return _create(admin, "/v3/apps", {"name": "app", "relationships": relationships, **more})


def _package(admin: httpx2.Client, app: str, **more: Any) -> str:
    relationships = {"app": {"data": {"guid": app}}}
    return _create(admin, "/v3/packages", {"relationships": relationships, **more})


DOCKER = {"type": "docker", "data": {"image": "http://location-of-image.com"}}
# A cnb app takes packages of both types, as apps did when the documents were written.
BOTH = {"lifecycle": {"type": "cnb", "data": {"buildpacks": ["docker://example/buildpack"]}}}
LABELLED = {
    "metadata": {"labels": {"labels": "labels"}, "annotations": {"annotations": "annotations"}}
}


def _packages(admin: httpx2.Client) -> dict[str, str]:
    app = _app(admin, **BOTH)
    _package(admin, app, type="bits")
    _package(admin, app, **DOCKER)
    _package(admin, app, type="bits")
    return {"app": app}


def _packages_of_app(admin: httpx2.Client) -> dict[str, str]:
    app = _app(admin, **BOTH)
    _package(admin, app, type="bits", **LABELLED)
    _package(admin, app, **DOCKER)
    return {"app": app}


def _one_package(admin: httpx2.Client) -> dict[str, str]:
    app = _app(admin)
    return {"app": app, "package": _package(admin, app, type="bits")}


def _buildpacks(admin: httpx2.Client) -> dict[str, str]:
    for position in (1, 2, 3):
        _create(admin, "/v2/buildpacks", {"name": f"name_{position}", "position": position})
    return {}


PREPARATIONS = {
    "nothing": lambda admin: {},  # noqa: ARG005  (the other preparations need it)
    "package": _one_package,
    "packages": _packages,
    "packages-of-app": _packages_of_app,
    "buildpacks": _buildpacks,
}
