"""Do answers leave as the document describes them, and only those?"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from pydantic import BaseModel

from specfoundry.runtime.operations import Answer, AnswerHeader, Media, Operation, Shape
from specfoundry.runtime.responses import ApiError, FileBody, Json, Response, StreamBody
from specfoundry.runtime.security import Security, SecurityRequirement, SecurityScheme
from specfoundry.runtime.strict import ContractViolation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Pet(BaseModel):
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Response[Pet]):
    status: ClassVar[int] = 200
    body: Pet
    rate: int | None = None
    tags: list[str] | None = None
    fresh: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes(Response[Any]):
    status: ClassVar[int] = 200
    body: Any


@dataclass(eq=False, kw_only=True)
class NotFound(ApiError):  # noqa: N818 (errors of an API are outcomes)
    status: ClassVar[int] = 404
    body: Pet


@dataclass(frozen=True, slots=True, kw_only=True)
class Teapot(Response[None]):
    status: ClassVar[int] = 418


JSON = Media(media_type="application/json", kind="json", type=Pet)
OCTETS = Media(media_type="application/octet-stream", kind="binary", type=bytes)
HEADERS = (
    AnswerHeader(
        name="X-Rate", identifier="rate", type=int, required=True, shape=Shape(("integer",))
    ),
    AnswerHeader(
        name="X-Tags", identifier="tags", type=list[str], shape=Shape(("array",), items=Shape())
    ),
    AnswerHeader(name="X-Fresh", identifier="fresh", type=bool, shape=Shape(("boolean",))),
)
FIND = Operation(
    operation_id="find",
    method="GET",
    path="/t",
    tag="things",
    handler="find",
    answers=(
        Answer(status="200", cls=Found, media=(JSON,), headers=HEADERS),
        Answer(status="404", cls=NotFound, media=(JSON,)),
    ),
)
DOWNLOAD = Operation(
    operation_id="download",
    method="GET",
    path="/d",
    tag="things",
    handler="download",
    answers=(
        Answer(status="200", cls=Bytes, media=(OCTETS,)),
        Answer(status="206", cls=Bytes, media=(OCTETS,)),
        Answer(status="416", cls=Teapot),
    ),
)


def test_headers_are_written_from_their_types(serve: Any, record: Any) -> None:
    answer = Found(body=Pet(name="Rex"), rate=5, tags=["a", "b"], fresh=True)
    client = serve(FIND, handlers={"find": record(answer)}, strict=True)
    got = client.get("/t")
    assert got.json() == {"name": "Rex"}
    assert got.headers["content-type"] == "application/json"
    told = (got.headers["x-rate"], got.headers["x-tags"], got.headers["x-fresh"])
    assert told == ("5", "a,b", "true")


def test_ready_json_leaves_byte_for_byte(serve: Any, record: Any) -> None:
    answer = Found(body=Json(b'{ "name":"Rex" }'), rate=1)
    client = serve(FIND, handlers={"find": record(answer)}, strict=True)
    assert client.get("/t").content == b'{ "name":"Rex" }'


def test_an_error_may_be_raised_or_returned(serve: Any, record: Any) -> None:
    error = NotFound(body=Pet(name="nobody"))
    raised = serve(FIND, handlers={"find": record(error)}, strict=True).get("/t")
    returned = serve(FIND, handlers={"find": record(lambda: error)}, strict=True).get("/t")
    assert (raised.status_code, raised.json()) == (404, {"name": "nobody"})
    assert (returned.status_code, returned.json()) == (404, {"name": "nobody"})


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Teapot(), "status 418 is not documented"),
        (Found(body=Pet(name="x")), "header X-Rate is missing"),
        (Found(body=Json(b'{"name": 1}'), rate=1), "/name: "),
        (Found(body=Json(b'{"name": "x", "colour": 1}'), rate=1), "/colour is not documented"),
        (Found(body=Json(b"{"), rate=1), "Invalid JSON"),
        (Found(body=Pet(name="x"), rate=1, tags=[]), ""),
    ],
)
def test_strict_mode_raises_for_what_is_not_documented(
    serve: Any, record: Any, answer: Any, told: str
) -> None:
    client = serve(FIND, handlers={"find": record(answer)}, strict=True)
    if not told:
        assert client.get("/t").is_success
        return
    with pytest.raises(ContractViolation, match="find") as caught:
        client.get("/t")
    assert told in str(caught.value)


def test_otherwise_violations_are_logged_and_counted(
    serve: Any, record: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = serve(FIND, handlers={"find": record(Teapot())})
    assert client.get("/t").status_code == 418
    assert client.app_under_test.inspector.violations == 1
    assert "status 418 is not documented" in caplog.text


def test_a_crash_answers_500_and_only_the_log_says_why(
    serve: Any, record: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = serve(FIND, handlers={"find": record(RuntimeError("secret"))}, strict=True)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/t")
    assert answer.status_code == 500
    assert answer.json() == {"title": "Internal Server Error", "status": 500}
    assert "secret" in caplog.text


def test_a_header_cannot_be_split(serve: Any, record: Any) -> None:
    answer = Found(body=Pet(name="x"), rate=1, tags=["a\r\nSet-Cookie: b"])
    got = serve(FIND, handlers={"find": record(answer)}).get("/t")
    assert "set-cookie" not in got.headers


@pytest.fixture
def download(serve: Any, record: Any, tmp_path: Path) -> Any:
    path = tmp_path / "blob"
    path.write_bytes(bytes(range(256)) * 10_000)
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    body = FileBody(path=path, filename='ü".zip', etag="tag", last_modified=moment)
    return serve(DOWNLOAD, handlers={"download": record(Bytes(body=body))}, strict=True)


def test_a_file_is_sent_whole_with_its_validators(download: Any) -> None:
    got = download.get("/d")
    assert (got.status_code, len(got.content)) == (200, 2_560_000)
    assert got.content == bytes(range(256)) * 10_000
    assert got.headers["etag"] == '"tag"'
    assert got.headers["last-modified"] == "Fri, 02 Jan 2026 03:04:05 GMT"
    assert got.headers["accept-ranges"] == "bytes"
    proposed = "attachment; filename=\"__.zip\"; filename*=UTF-8''%C3%BC%22.zip"
    assert got.headers["content-disposition"] == proposed


@pytest.mark.parametrize(
    ("asked", "status", "content", "told"),
    [
        ("bytes=0-3", 206, b"\x00\x01\x02\x03", "bytes 0-3/2560000"),
        ("bytes=2559998-", 206, b"\xfe\xff", "bytes 2559998-2559999/2560000"),
        ("bytes=-2", 206, b"\xfe\xff", "bytes 2559998-2559999/2560000"),
        ("bytes=2559999-9999999", 206, b"\xff", "bytes 2559999-2559999/2560000"),
        ("bytes=2560000-", 416, b"", "bytes */2560000"),
        ("bytes=-0", 416, b"", "bytes */2560000"),
        ("bytes=5-2", 200, None, None),
        ("bytes=0-1,3-4", 200, None, None),
        ("lines=0-1", 200, None, None),
        ("bytes=-", 200, None, None),
    ],
)
def test_one_range_is_answered(
    download: Any, asked: str, status: int, content: bytes | None, told: str | None
) -> None:
    got = download.get("/d", headers={"range": asked})
    assert (got.status_code, got.headers.get("content-range")) == (status, told)
    assert content is None or got.content == content


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('"tag"', 206),
        ('"other"', 200),
        ('W/"tag"', 200),
        ("Fri, 02 Jan 2026 03:04:05 GMT", 206),
        ("Fri, 02 Jan 2026 03:04:04 GMT", 200),
        ("nonsense", 200),
    ],
)
def test_a_range_counts_only_while_if_range_holds(
    download: Any, condition: str, status: int
) -> None:
    headers = {"range": "bytes=0-3", "if-range": condition}
    assert download.get("/d", headers=headers).status_code == status


def test_head_of_a_file_tells_its_length(download: Any) -> None:
    got = download.head("/d", headers={"range": "bytes=0-3"})
    assert (got.status_code, got.headers["content-length"], got.content) == (200, "2560000", b"")


def test_a_file_that_is_gone_is_a_crash_and_no_half_answer(
    serve: Any, record: Any, tmp_path: Path
) -> None:
    answer = Bytes(body=FileBody(path=tmp_path / "gone"))
    client = serve(DOWNLOAD, handlers={"download": record(answer)})
    assert client.get("/d").status_code == 500


def test_a_stream_is_sent_as_it_is_made(serve: Any, record: Any) -> None:
    closed = []

    async def chunks() -> AsyncIterator[bytes]:
        try:
            yield b"one "
            yield b"two"
        finally:
            closed.append(True)

    answer = Bytes(body=StreamBody(chunks=chunks(), length=7, filename="a.txt"))
    got = serve(DOWNLOAD, handlers={"download": record(answer)}, strict=True).get("/d")
    assert (got.content, got.headers["content-length"], closed) == (b"one two", "7", [True])


BEARER = SecurityScheme(name="bearer", type="http", scheme="bearer")


@pytest.mark.parametrize(("optional", "header", "wanted"), [(True, None, None), (True, "x", "x")])
def test_anonymous_calls_pass_where_security_is_optional(
    serve: Any, record: Any, optional: bool, header: str | None, wanted: str | None
) -> None:
    class ByHeader:
        async def authenticate(self, request: Any, _operation: Operation) -> str:
            return str(request.headers["authorization"])

    needs = (SecurityRequirement(BEARER, ("read",)),)
    security = Security(((), needs) if optional else (needs,))
    one = Operation(
        **{**{k: v for k, v in vars(FIND).items() if k[0] != "_"}, "security": security}
    )
    handler = record(Found(body=Pet(name="x"), rate=1))
    client = serve(one, handlers={"find": handler}, authenticator=ByHeader())
    client.get("/t", headers={"authorization": header} if header else {})
    assert handler.calls == [(wanted,)]


def test_authentication_comes_before_the_parameters_and_refuses(serve: Any, record: Any) -> None:
    class Refusing:
        async def authenticate(self, _request: Any, operation: Operation) -> str:
            raise NotFound(body=Pet(name=operation.security.alternatives[0][0].scopes[0]))

    security = Security(((SecurityRequirement(BEARER, ("read",)),),))
    one = Operation(
        **{**{k: v for k, v in vars(FIND).items() if k[0] != "_"}, "security": security}
    )
    handler = record(None)
    client = serve(one, handlers={"find": handler}, authenticator=Refusing())
    assert (client.get("/t").json(), handler.calls) == ({"name": "read"}, [])
