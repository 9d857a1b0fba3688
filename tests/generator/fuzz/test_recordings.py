"""Is recorded traffic judged by the document, requests and answers, forms with files among them?"""

from __future__ import annotations

import base64
import copy
import json
from typing import Any

import pytest

from specfoundry.fuzz.conform.har import RecordingError
from specfoundry.fuzz.conform.recorded import judge_recording
from specfoundry.fuzz.promises.contract import Contract, read_contract

ITEM = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "string"}, "size": {"type": "integer"}},
}
FORM = {
    "type": "object",
    "required": ["bits"],
    "additionalProperties": False,
    "properties": {"bits": {"type": "string", "format": "binary"}, "name": {"type": "string"}},
}
ANSWER = {"description": "It.", "content": {"application/json": {"schema": ITEM}}}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Depot", "version": "1"},
    "paths": {
        "/items/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "get": {
                "operationId": "getItem",
                "x-strict-query": True,
                "parameters": [
                    {"name": "depth", "in": "query", "schema": {"type": "integer", "maximum": 9}},
                    {
                        "name": "page",
                        "in": "query",
                        "x-decode": "leading-integer",
                        "schema": {"type": "integer", "minimum": 1},
                    },
                    {
                        "name": "states",
                        "in": "query",
                        "explode": False,
                        "schema": {"type": "array", "items": {"enum": ["NEW", "OLD"]}},
                    },
                ],
                "responses": {"200": ANSWER, "404": {"description": "No."}},
            },
            "put": {
                "operationId": "putItem",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": ITEM}},
                },
                "responses": {"200": ANSWER},
            },
            "post": {
                "operationId": "uploadItem",
                "requestBody": {
                    "required": True,
                    "content": {"multipart/form-data": {"schema": FORM}},
                },
                "responses": {"201": ANSWER},
            },
        }
    },
}
CONTRACT: Contract = read_contract(DOCUMENT)
BODY = '{"id": "i-1", "size": 3}'


def _entry(method: str = "GET", path: str = "/items/i-1", **changes: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "request": {
            "method": method,
            "url": f"https://depot.example.com{path}",
            "headers": changes.pop("headers", []),
        },
        "response": {
            "status": changes.pop("status", 200),
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"text": changes.pop("text", BODY), "mimeType": "application/json"},
        },
    }
    if "post" in changes:
        entry["request"]["postData"] = {"text": changes.pop("post")}
    assert not changes
    return entry


def _judged(*entries: dict[str, Any], server: str | None = None) -> list[str]:
    text = json.dumps({"log": {"version": "1.2", "entries": list(entries)}})
    outcome = judge_recording(text, CONTRACT, server)
    said = [f"{one.complaint.check}: {one.complaint.message}" for one in outcome.found]
    return [*said, *(f"unknown: {place}" for place in outcome.unknown)]


def _multipart(*names: str) -> dict[str, Any]:
    parts = "".join(
        f'--xyz\r\nContent-Disposition: form-data; name="{name}"; filename="a.zip"\r\n\r\nPK\r\n'
        for name in names
    )
    kind = {"name": "Content-Type", "value": "multipart/form-data; boundary=xyz"}
    return _entry("POST", status=201, headers=[kind], post=f"{parts}--xyz--\r\n")


def _put(body: str) -> dict[str, Any]:
    return _entry("PUT", headers=[{"name": "Content-Type", "value": "application/json"}], post=body)


@pytest.mark.parametrize(
    "entry",
    [
        _entry(),
        _entry(path="/items/i-1?depth=9&states=NEW,OLD"),
        _entry(path="/items/a%20b"),
        _entry(path="/items/i-1?page=2nd"),
        _entry(path="/items/i-1?page=x&page=1e3"),
        _entry(status=404, text=""),
        _put(BODY),
        _multipart("bits"),
        _multipart("bits", "name"),
    ],
)
def test_what_the_document_allows_is_no_news(entry: dict[str, Any]) -> None:
    if entry["response"]["status"] == 404:
        entry = copy.deepcopy(entry)
        entry["response"] |= {"headers": [], "content": {}}

    assert _judged(entry) == []


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (_entry(text='{"id": 7}'), "schema: Entry 1: /id: Must be a text, is `7`."),
        (_entry(text="{"), "schema: Entry 1: The body is no JSON"),
        (_entry(status=418), "status: Entry 1: Status 418 is not documented"),
        (_entry(path="/items/i-1?depth=10"), "request: Entry 1: It was accepted"),
        (_entry(path="/items/i-1?states=NEW,LOST"), "request: Entry 1: It was accepted"),
        (_entry(path="/items/i-1?page=second"), "request: Entry 1: It was accepted"),
        (_entry(path="/items/i-1?deep=1"), "nobody documents the query parameter `deep`"),
        (_put('{"size": 3}'), "request: Entry 1: It was accepted"),
        (_put("[}"), "the body is no JSON"),
        (_entry("PUT", post=BODY), "media type none (only application/json)"),
        (_multipart("name"), "the part `bits` is missing"),
        (_multipart("bits", "extra"), "nobody documents the part `extra`"),
        (_entry("PATCH"), "unknown: PATCH https://depot.example.com/items/i-1"),
        (_entry(path="/other?x=1"), "unknown: GET https://depot.example.com/other"),
    ],
)
def test_what_the_document_forbids_is_told_with_the_entry(entry: dict[str, Any], said: str) -> None:
    found = _judged(entry)

    assert len(found) == 1
    assert said in found[0]


def test_bodies_may_be_base64() -> None:
    entry = _entry()
    content = entry["response"]["content"]
    content |= {"encoding": "base64", "text": base64.b64encode(b'{"id": 1}').decode()}

    assert "Must be a text" in _judged(entry)[0]


def test_only_what_lies_below_the_server_is_judged() -> None:
    below = _entry(path="/api/items/i-1", text='{"id": 7}')
    elsewhere = _entry(path="/apiary/items/i-1", text='{"id": 7}')

    found = _judged(below, elsewhere, server="https://depot.example.com/api/")

    assert found == ["schema: Entry 1: /id: Must be a text, is `7`."]


def test_the_same_objection_is_told_once() -> None:
    assert len(_judged(_entry(text='{"id": 7}'), _entry(text='{"id": 7}'))) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no json", "it is no JSON"),
        ("{}", "it has no list of entries"),
        ('{"log": {"entries": [{}]}}', r"entry 1 \(/log/entries/0\)"),
        (
            '{"log": {"entries": [{"request": {"method": "GET", "url": "http://[/"}, "response": {}}]}}',
            r"entry 1 \(/log/entries/0\)",
        ),
    ],
)
def test_what_is_no_recording_is_refused_with_the_place(text: str, reason: str) -> None:
    with pytest.raises(RecordingError, match=reason):
        judge_recording(text, CONTRACT)
