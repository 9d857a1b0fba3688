"""Can any request bring the server out of step: an answer 500, a leftover file, a wrong reading?"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from specfoundry.runtime.limits import Limits
from specfoundry.runtime.operations import Body, Media, Parameter, Part, Shape
from specfoundry.runtime.requests import UploadedFile

if TYPE_CHECKING:
    from pathlib import Path

INTEGER = Shape(("integer",))
TEXTS = Shape(("array",), items=Shape())
FILE_LIMIT = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    page: Annotated[int, Field(ge=1)] = 1
    states: tuple[str, ...] | None = None
    number: float | None = None
    deep: dict[str, Any] | None = None
    whole: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ById:
    id: str


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    number: int | None = None
    inner: list[Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    bits: UploadedFile | None = None
    resources: list[Any] | None = None
    number: int | None = None


def query(name: str, shape: Shape | None = None, **more: Any) -> Parameter:
    return Parameter(name=name, identifier=name, location="query", shape=shape or Shape(), **more)


PARAMETERS = (
    query("page", INTEGER),
    query("states", TEXTS, explode=False),
    query("number", Shape(("number",))),
    query("deep", Shape(("object",), additional=Shape()), style="deepObject"),
    query("whole", content_type="application/json"),
)
PARTS = (
    Part(name="bits", identifier="bits", kind="file", type=UploadedFile),
    Part(name="resources", identifier="resources", kind="json", type=list[Any]),
    Part(name="number", identifier="number", kind="text", type=int, shape=INTEGER),
)
JSON = Media(media_type="application/json", kind="json", type=Thing)
FORMS = (
    Media(media_type="multipart/form-data", kind="multipart", type=Form, parts=PARTS),
    Media(media_type="application/x-www-form-urlencoded", kind="form", type=Form, parts=PARTS),
)
MULTIPART = "multipart/form-data; boundary=B"
FORM = "application/x-www-form-urlencoded"


def multipart(*parts: tuple[str, bytes]) -> bytes:
    blocks = [
        f"--B\r\nContent-Disposition: form-data; name={name}\r\n\r\n".encode() + value + b"\r\n"
        for name, value in parts
    ]
    return b"".join(blocks) + b"--B--\r\n"


@pytest.fixture
def lists(serve: Any, operation: Any) -> Any:
    return serve(operation(params=Params, parameters=PARAMETERS))


@pytest.fixture
def creates(serve: Any, operation: Any) -> Any:
    return serve(operation(method="POST", body=Body(media=(JSON,), required=True)))


@pytest.fixture
def uploads(serve: Any, operation: Any) -> Any:
    limits = Limits(upload_bytes=FILE_LIMIT, part_text_bytes=1000, parts=5)
    return serve(operation(method="POST", body=Body(media=FORMS, required=True)), limits=limits)


def spool(server_files: Path) -> list[Path]:
    return list((server_files / "uploads").iterdir())


@pytest.mark.parametrize(
    "sent",
    [
        "page=",
        "page",
        "page=%D9%A1",
        "page=" + "9" * 5000,
        "number=1e999",
        "number=nan",
        "x=%",
        "%FF=1",
        "states=a,%C3",
        "deep[a]=1&deep[a][b]=2",
        "deep" + "[a]" * 5000 + "=1",
        "whole=NaN",
        "whole=1e400",
        'whole="\\ud800"',
        "whole=" + "[" * 500 + "]" * 500,
        "whole=" + "[" * 50000,
        "&".join(f"a{n}=1" for n in range(2000)),
    ],
)
def test_a_hostile_query_is_refused_as_parameters(lists: Any, sent: str) -> None:
    assert lists.send("GET", f"/things?{sent}").status == 400
    assert lists.refusal.reason == "parameters"
    assert {location for location, *_ in lists.problems} == {"query"}
    assert lists.seen == []


@pytest.mark.parametrize(
    "header", ["", ";;=", "a", "\xff\xfe=\xff", "a=%", "a=" + "b" * 100_000, '"', "a=1; a=2"]
)
def test_a_hostile_cookie_header_is_no_crash(serve: Any, operation: Any, header: str) -> None:
    cookie = Parameter(name="id", identifier="id", location="cookie", required=True)
    server = serve(operation(params=ById, parameters=(cookie,)))
    assert server.send("GET", "/things", headers=[("Cookie", header)]).status == 400
    assert server.problems == [("cookie", "id", "missing")]


def test_bytes_that_should_have_been_percent_encoded_are_read_as_utf_8(lists: Any) -> None:
    raw = "é".encode().decode("latin-1")
    assert lists.send("GET", f"/things?states={raw},%C3%A9").status == 200
    assert lists.seen == [(Params(states=("é", "é")),)]
    assert lists.send("GET", "/things?states=\xff").status == 400
    assert lists.problems == [("query", "states", "syntax")]


@pytest.mark.parametrize("segment", ["%", "%zz", "%FF", "%C3", "\xff"])
def test_a_path_that_cannot_be_decoded_is_a_problem_of_its_parameter(
    serve: Any, operation: Any, segment: str
) -> None:
    parameter = Parameter(name="id", identifier="id", location="path", style="simple")
    server = serve(operation(path="/things/{id}", params=ById, parameters=(parameter,)))
    assert server.send("GET", f"/things/{segment}").status == 400
    assert server.problems == [("path", "id", "syntax")]


def test_a_server_that_knows_no_raw_path_is_served_as_well(serve: Any, operation: Any) -> None:
    parameter = Parameter(name="id", identifier="id", location="path", style="simple")
    server = serve(operation(path="/things/{id}", params=ById, parameters=(parameter,)))
    assert server.send("GET", "/things/x%20%25", scope={"raw_path": None}).status == 200
    assert server.seen == [(ById(id="x %"),)]


def test_equal_queries_share_parameters_that_nobody_can_change(serve: Any, operation: Any) -> None:
    server = serve(operation(params=Params, parameters=PARAMETERS[:3]))
    for _ in range(2):
        assert server.send("GET", "/things?states=a,b&page=2").status == 200
    (first,), (second,) = server.seen
    assert first is second
    with pytest.raises(AttributeError):
        first.page = 3


@pytest.mark.parametrize(
    "sent",
    [
        b" ",
        b"\x00",
        b"{",
        b'{"name":"a"} x',
        b"{'name':'a'}",
        b'\xef\xbb\xbf{"name":"a"}',
        '{"name":"a"}'.encode("utf-16"),
        b'{"name":"\xff"}',
        b'{"name":"\\ud800"}',
        b'{"name":"a\x00"}',
        b'{"name":"a","number":NaN}',
        b'{"name":"a","inner":[Infinity]}',
        b'{"name":"a","inner":[1e400]}',
        b'{"name":"a","inner":[' + b"9" * 5000 + b"]}",
        b'{"name":"a","inner":' + b"[" * 1000 + b"]" * 1000 + b"}",
        b'{"name":"a","inner":' + b"[" * 100_000,
    ],
)
def test_what_is_no_json_is_refused_as_syntax(creates: Any, sent: bytes) -> None:
    assert creates.send("POST", "/things", sent).status == 400
    assert creates.refusal.reason == "syntax"
    assert creates.problems == [("body", "", "syntax")]


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"null", "type"),
        (b"[]", "type"),
        (b"[" * 150 + b"]" * 150, "type"),
        (b'{"name":1}', "type"),
        (b'{"name":"a","number":"5"}', "type"),
        (b'{"name":"a","number":5.0}', "type"),
        (b'{"name":"a","other":1}', "unknown"),
        (b"{}", "missing"),
        (b"", "missing"),
    ],
)
def test_json_that_the_schema_refuses_is_refused_as_body(
    creates: Any, sent: bytes, kind: str
) -> None:
    assert creates.send("POST", "/things", sent).status == 422
    assert creates.refusal.reason == "body"
    assert [found for *_, found in creates.problems] == [kind]


@pytest.mark.parametrize(
    ("header", "value", "reason"),
    [
        ("Content-Type", "text/plain", "media_type"),
        ("Content-Type", "\xff", "media_type"),
        ("Content-Encoding", "gzip", "media_type"),
        ("Content-Length", "999999999999", "too_large"),
    ],
)
def test_headers_that_announce_another_body_are_refused(
    creates: Any, header: str, value: str, reason: str
) -> None:
    creates.send("POST", "/things", b'{"name":"a"}', headers=[(header, value)])
    assert creates.refusal.reason == reason
    assert creates.seen == []


@pytest.mark.parametrize("value", [b'["\\ud800"]', b"[NaN]", b"[1e400]", b"[" * 500, b"", b"\xff"])
def test_a_json_part_that_is_no_json_is_a_problem_of_the_part(uploads: Any, value: bytes) -> None:
    sent = multipart(("resources", value))
    assert uploads.send("POST", "/things", sent, content_type=MULTIPART).status == 422
    assert uploads.problems == [("part", "resources", "syntax")]


def test_a_json_field_of_an_urlencoded_form_is_read_as_json(uploads: Any) -> None:
    sent = b"resources=%5B1,%22\xc3\xa9%22%5D&number=5"
    assert uploads.send("POST", "/things", sent, content_type=FORM).status == 200
    assert uploads.seen == [(Form(resources=[1, "é"], number=5),)]


@pytest.mark.parametrize("sent", [b"number=%", b"number=%FF", b"\xff=1"])
def test_an_urlencoded_form_that_cannot_be_decoded_is_refused(uploads: Any, sent: bytes) -> None:
    assert uploads.send("POST", "/things", sent, content_type=FORM).status == 400
    assert uploads.refusal.reason == "syntax"


@pytest.mark.parametrize("piece", [1, 7, 10_000])
def test_the_cuts_between_chunks_do_not_matter(uploads: Any, piece: int, tmp_path: Path) -> None:
    nearly_boundaries = b"\r\n--B\r-\r\n-\r\r\n--" * 20
    sent = multipart(("bits; filename=a.zip", nearly_boundaries), ("number", b"5"))
    pieces = [sent[at : at + piece] for at in range(0, len(sent), piece)]
    assert uploads.send("POST", "/things", pieces, content_type=MULTIPART).status == 200
    ((form,),) = uploads.seen
    assert form.bits.sha256 == hashlib.sha256(nearly_boundaries).hexdigest()
    assert (form.bits.size, form.number) == (len(nearly_boundaries), 5)
    assert spool(tmp_path) == []


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (multipart(("bits; filename=a", b"x" * 2_500_000))[:-8], "syntax"),
        (multipart(("bits; filename=a", b"x" * (FILE_LIMIT + 1))), "too_large"),
        (multipart(("number", b"1" * 2000)), "too_large"),
        (multipart(*[("other", b"1")] * 9), "too_large"),
        (multipart(("bits; filename=a", b"x"), ("number", b"x")), "body"),
        (multipart(("bits; filename=a", b"x"), ("bits; filename=b", b"x")), "body"),
        (b"hello", "syntax"),
    ],
)
def test_a_refused_upload_leaves_no_file(
    uploads: Any, sent: bytes, reason: str, tmp_path: Path
) -> None:
    pieces = [sent[at : at + 65536] for at in range(0, len(sent), 65536)]
    uploads.send("POST", "/things", pieces, content_type=MULTIPART)
    assert uploads.refusal.reason == reason
    assert uploads.seen == []
    assert spool(tmp_path) == []


def test_a_client_that_leaves_gets_no_answer_and_leaves_no_file(
    uploads: Any, tmp_path: Path
) -> None:
    sent = multipart(("bits; filename=a", b"x" * 3_000_000))
    pieces = [sent[at : at + 65536] for at in range(0, 2_500_000, 65536)]
    answer = uploads.send("POST", "/things", pieces, content_type=MULTIPART, leaves=True)
    assert (answer.status, uploads.seen) == (0, [])
    assert spool(tmp_path) == []


def test_a_cancelled_upload_leaves_no_file(uploads: Any, tmp_path: Path) -> None:
    sent = multipart(("bits; filename=a", b"x" * 3_000_000))
    stalled = asyncio.Event()
    pieces = [sent[at : at + 65536] for at in range(0, 2_500_000, 65536)]

    async def receive() -> dict[str, Any]:
        if not pieces:
            stalled.set()
            await asyncio.Event().wait()
        return {"type": "http.request", "body": pieces.pop(0), "more_body": True}

    async def send(_: Any) -> None:
        pytest.fail("nothing may be sent")

    async def cancel() -> None:
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/things",
            "query_string": b"",
            "headers": [(b"content-type", MULTIPART.encode())],
        }
        task = asyncio.create_task(uploads.application(scope, receive, send))
        await asyncio.wait_for(stalled.wait(), 20)
        assert len(spool(tmp_path)) == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert spool(tmp_path) == []


def test_a_disk_that_cannot_be_written_is_a_crash(uploads: Any, tmp_path: Path) -> None:
    (tmp_path / "uploads").rmdir()
    sent = multipart(("bits; filename=a", b"x"))
    assert uploads.send("POST", "/things", sent, content_type=MULTIPART).status == 500
    assert uploads.refusal.reason == "crash"
    assert isinstance(uploads.refusal.exception, OSError)


class Failing:
    def __init__(self, *, raises: bool) -> None:
        self._raises = raises

    async def translate(self, _: object) -> Any:
        if self._raises:
            raise RuntimeError("secret")
        return "secret"


@pytest.mark.parametrize("raises", [True, False])
@pytest.mark.parametrize("target", ["/things", "/nowhere"])
def test_a_failing_translator_says_nothing_to_the_client(
    serve: Any, operation: Any, target: str, raises: bool
) -> None:
    async def handler() -> Any:
        raise RuntimeError("secret")

    server = serve(operation(), handler=handler, errors=Failing(raises=raises))
    answer = server.send("GET", target)
    assert answer.status == 500
    assert b"secret" not in answer.body
