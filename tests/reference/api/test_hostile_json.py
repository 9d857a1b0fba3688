"""Does JSON that was made to hurt get an answer of the contract, whatever operation it is sent to?"""

from __future__ import annotations

import copy
import importlib.resources
import json
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT: Final = json.loads(importlib.resources.files("capi").joinpath("openapi.json").read_text())
HEADERS: Final = {"Content-Type": "application/json"}
UNREADABLE: Final = "400 1001 Request invalid due to parse error"


def resolved(node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        target: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def with_json() -> Iterator[tuple[str, str, list[Any]]]:
    """Every operation that takes JSON, with its example bodies."""
    for path, item in DOCUMENT["paths"].items():
        for method, operation in resolved(item).items():
            if method not in ("post", "put", "patch"):
                continue
            body = resolved(operation.get("requestBody", {})).get("content", {})
            media = body.get("application/json")
            if media and path.startswith(("/v2", "/v3")):
                examples = resolved(media).get("examples", {})
                yield method.upper(), path, [resolved(one)["value"] for one in examples.values()]


OPERATIONS: Final = list(with_json())
NAMES: Final = [f"{method} {path}" for method, path, _ in OPERATIONS]

SYNTAX: Final[dict[str, bytes]] = {
    "half": b'{"name": "a"',
    "deep lists": b"[" * 100_000,
    "deep lists that end": b"[" * 5000 + b"]" * 5000,
    "deep objects": b'{"a":' * 100_000,
    "deep below a member": b'{"metadata":' + b'{"a":' * 3000 + b"1" + b"}" * 3001,
    "a raw NUL": b'{"name": "a\0b"}',
    "only NUL": b"\0\0\0\0",
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a lone surrogate as a name": b'{"\\udfff": 1}',
    "a byte order mark": b'\xef\xbb\xbf{"name": "a"}',
    "no UTF-8": b'{"name": "\xff\xfe"}',
    "an encoded surrogate": b'{"name": "\xed\xa0\x80"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": -Infinity}',
    "beyond doubles": b'{"name": 1e999}',
    "an endless integer": b'{"name": ' + b"9" * 5000 + b"}",
    "something behind": b'{"name": "a"} x',
    "two values": b"{}{}",
    "single quotes": b"{'name': 'a'}",
    "a comment": b'{"name": /* x */ "a"}',
    "a comma too many": b'{"name": "a",}',
}


def shown(answer: Any) -> str:
    """The one error of an answer, of either version, as `status code text`."""
    body = answer.json()
    if "errors" in body:
        (error,) = body["errors"]
        assert set(error) == {"detail", "title", "code"}
        return f"{answer.status_code} {error['code']} {error['detail']}"
    assert {"description", "error_code", "code"} <= set(body)
    return f"{answer.status_code} {body['code']} {body['description']}"


@pytest.fixture(scope="module")
def target(cloud: Any) -> dict[str, str]:
    """Resources to aim at, by the beginning of their paths."""
    place = cloud.place()
    return {
        "/v3/apps": place.app,
        "/v3/spaces": place.space,
        "/v3/organizations": place.organization,
        "/v3/packages": cloud.package(place.app),
    }


def filled(path: str, target: dict[str, str]) -> str:
    prefix = "/".join(path.split("/")[:3])
    start, _, rest = path.partition("{")
    if not rest:
        return path
    tail = "/".join("x" if "{" in part else part for part in rest.partition("}")[2].split("/"))
    return start + target.get(prefix, "missing") + tail


@pytest.mark.parametrize(("method", "path", "examples"), OPERATIONS, ids=NAMES)
def test_what_is_no_json_is_refused_as_unreadable(
    cloud: Any, target: Any, method: str, path: str, examples: Any
) -> None:
    del examples
    place = filled(path, target)
    for name, body in SYNTAX.items():
        answer = cloud.admin.send(method, place, content=body, headers=HEADERS)
        assert shown(answer).startswith(UNREADABLE), (name, answer.text)


@pytest.mark.parametrize(("method", "path", "examples"), OPERATIONS, ids=NAMES)
def test_bodies_that_are_no_objects_are_refused_politely(
    cloud: Any, target: Any, method: str, path: str, examples: Any
) -> None:
    del examples
    place = filled(path, target)
    for body in (b"null", b"5", b"-0.0", b'"text"', b"true", b"[]", b"[null]", b"1e308", b""):
        answer = cloud.admin.send(method, place, content=body, headers=HEADERS)
        assert answer.status_code < 500, (body, answer.text)
        if answer.status_code >= 400:
            shown(answer)


def related(value: Any, target: dict[str, str]) -> Any:
    """The example with relationships to resources that are there."""
    if isinstance(value, list):
        return [related(one, target) for one in value]
    if not isinstance(value, dict):
        return value
    kinds = {"app": "/v3/apps", "space": "/v3/spaces", "organization": "/v3/organizations"}
    kinds |= {"package": "/v3/packages"}
    return {
        key: {"data": {"guid": target[kinds[key]]}}
        if key in kinds and isinstance(found, dict) and "data" in found
        else related(found, target)
        for key, found in value.items()
    }


STRANGE: Final[tuple[Any, ...]] = (
    *(None, True, -1, 10**30, -(10**18), 1.5, 1e300, "", " ", "\0", "\u202e\uffff", "x" * 300),
    *([], [[]], [None], {}, {"": ""}, {"a": {"a": {"a": {}}}}, {"guid": "\0"}),
)


def mutated(value: Any) -> Iterator[Any]:
    """The body with one member at a time replaced by something strange, gone, or beside another."""
    if isinstance(value, dict):
        for key in value:
            for strange in STRANGE:
                yield {**value, key: copy.deepcopy(strange)}
            yield {name: kept for name, kept in value.items() if name != key}
            for deeper in mutated(value[key]):
                yield {**value, key: deeper}
        yield {**value, "\0": 1, "x" * 1000: 2}
    elif isinstance(value, list) and value:
        yield from ([deeper, *value[1:]] for deeper in mutated(value[0]))
        yield from ([strange] for strange in STRANGE)


@pytest.mark.parametrize(("method", "path", "examples"), OPERATIONS, ids=NAMES)
def test_members_of_any_type_are_refused_or_taken_but_never_crash(
    cloud: Any, target: Any, method: str, path: str, examples: Any
) -> None:
    place = filled(path, target)
    bodies = [related(example, target) for example in examples[:3]]
    for body in (one for example in bodies for one in mutated(example)):
        answer = cloud.admin.send(method, place, json=body)
        assert answer.status_code < 500, (body, answer.text)
        if answer.status_code >= 400:
            shown(answer)


def test_of_duplicate_keys_the_last_one_wins(cloud: Any, place: Any) -> None:
    app = cloud.related("app", place.app)["relationships"]
    text = (
        '{"type": "docker", "type": "bits", "relationships": 5, '
        f'"relationships": {json.dumps(app)}, '
        '"metadata": {"labels": {"a": "1", "a": "2"}, "labels": {"b": "1", "b": "2"}}}'
    )
    answer = cloud.admin.post("/v3/packages", content=text, headers=HEADERS)

    assert answer.status_code == 201, answer.text
    assert answer.json()["type"] == "bits"
    assert answer.json()["metadata"]["labels"] == {"b": "2"}
    good_first = text[:-1] + ', "type": "zip"}'
    refused = cloud.admin.post("/v3/packages", content=good_first, headers=HEADERS)
    assert cloud.detail(refused) == "422 10008 Type must be one of 'bits, docker'"


def test_text_with_any_character_comes_back_as_it_was_sent(cloud: Any, place: Any) -> None:
    odd = "\0\x1b[31m\u202e\uffff\U0001f600 </script> \u2028"
    metadata = {"annotations": {"note": odd}}
    package = cloud.package(place.app, metadata=metadata)
    found = cloud.admin.get(f"/v3/packages/{package}").json()

    assert found["metadata"]["annotations"] == {"note": odd}
    listed = cloud.admin.get(f"/v3/apps/{place.app}/packages").json()["resources"]
    assert [one["metadata"]["annotations"]["note"] for one in listed] == [odd]
