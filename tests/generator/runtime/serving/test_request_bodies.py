"""Is every body read as documented, and every bad one refused without a crash?"""

from __future__ import annotations

import asyncio
import hashlib
import resource
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from pydantic import BaseModel, ConfigDict, Field

from specfoundry.runtime.dispatch import Application
from specfoundry.runtime.json_body import decode_json
from specfoundry.runtime.limits import Limits
from specfoundry.runtime.operations import Answer, Body, Media, Operation, Part, Shape
from specfoundry.runtime.receiving import BodyRefused
from specfoundry.runtime.requests import UploadedFile
from specfoundry.runtime.responses import Response

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1024 * 1024


class Pet(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    age: int | None = None
    weight: float | None = None
    more: Any = None
    parent: Pet | None = None


class Done(Response[None]):
    status: ClassVar[int] = 204


@dataclass(frozen=True, kw_only=True)
class Upload:
    bits: UploadedFile | None = None
    pet: Pet | None = None
    sizes: list[int] | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Login:
    user: str
    tries: int | None = None
    scopes: tuple[str, ...] | None = None


JSON = Media(media_type="application/json", kind="json", type=Pet)
MERGE = Media(media_type="application/merge-patch+json", kind="json", type=Pet)
UPLOAD = Media(
    media_type="multipart/form-data",
    kind="multipart",
    type=Upload,
    closed=True,
    parts=(
        Part(name="bits", identifier="bits", kind="file", type=UploadedFile),
        Part(name="pet", identifier="pet", kind="json", type=Pet),
        Part(
            name="sizes[]",
            identifier="sizes",
            kind="text",
            type=list[int],
            many=True,
            shape=Shape(("array",), items=Shape(("integer",))),
        ),
        Part(name="note", identifier="note", kind="text", type=str),
    ),
)
LOGIN = Media(
    media_type="application/x-www-form-urlencoded",
    kind="form",
    type=Login,
    closed=True,
    parts=(
        Part(name="user", identifier="user", kind="text", type=str, required=True),
        Part(name="tries", identifier="tries", kind="text", type=int, shape=Shape(("integer",))),
        Part(
            name="scope",
            identifier="scopes",
            kind="text",
            type=tuple[str, ...],
            explode=False,
            shape=Shape(("array",), items=Shape()),
        ),
    ),
)
BINARY = Media(media_type="image/*", kind="binary", type=UploadedFile)
TEXT = Media(media_type="text/plain", kind="text", type=str)


def operation(*media: Media, required: bool = True, **more: Any) -> Operation:
    return Operation(
        operation_id="put",
        method="POST",
        path="/t",
        tag="things",
        handler="put",
        body=Body(media=media, required=required, **more),
        answers=(Answer(status="204", cls=Done),),
    )


def test_a_json_body_arrives_as_its_model(serve: Any, record: Any) -> None:
    handler = record(Done())
    serve(operation(JSON), handlers={"put": handler}).post("/t", json={"name": "Rex"})
    assert handler.calls == [(Pet(name="Rex"),)]


@pytest.mark.parametrize(
    "sent",
    [
        b"{",
        b'{"name": NaN}',
        b'{"name": "x", "weight": NaN}',
        b'{"name": "x", "weight": -Infinity}',
        b'{"name": "x", "weight": 1e999}',
        b'{"name": "x", "more": ' + b"9" * 5000 + b"}",
        b'{"name": "x", "more": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"name": "\\ud800"}',
        b'\xef\xbb\xbf{"name": "x"}',
        b'{"name": "\xff"}',
        b"\x00",
        b"null null",
    ],
)
def test_what_is_no_json_is_refused_as_syntax(serve: Any, record: Any, sent: bytes) -> None:
    handler = record(Done())
    client = serve(operation(JSON), handlers={"put": handler})
    answer = client.post("/t", content=sent, headers={"content-type": "application/json"})
    assert (answer.status_code, handler.calls) == (400, [])
    assert answer.json()["errors"][0]["kind"] == "syntax"


def test_all_problems_of_a_body_are_told_with_their_places(serve: Any, record: Any) -> None:
    client = serve(operation(JSON), handlers={"put": record(Done())})
    sent = {"age": "5", "parent": {"name": 1}, "colour": "red"}
    answer = client.post("/t", json=sent)
    assert answer.status_code == 422
    told = {(e["pointer"], e["kind"]) for e in answer.json()["errors"]}
    assert told == {
        ("/name", "missing"),
        ("/age", "type"),
        ("/parent/name", "type"),
        ("/colour", "unknown"),
    }


def test_only_documented_media_types_are_taken(serve: Any, record: Any) -> None:
    handler = record(Done())
    client = serve(operation(MERGE), handlers={"put": handler})
    assert client.post("/t", json={"name": "x"}).status_code == 415
    merge = {"content-type": "Application/Merge-Patch+JSON; charset=utf-8"}
    assert client.post("/t", content=b'{"name":"x"}', headers=merge).status_code == 204
    gzip = {**merge, "content-encoding": "gzip"}
    assert client.post("/t", content=b'{"name":"x"}', headers=gzip).status_code == 415


def test_without_a_content_type_the_first_documented_one_counts(serve: Any, record: Any) -> None:
    handler = record(Done())
    client = serve(operation(JSON, TEXT), handlers={"put": handler})
    assert client.post("/t", content=b'{"name":"x"}').status_code == 204
    assert handler.calls == [(Pet(name="x"),)]


def test_the_media_type_may_be_ignored(serve: Any, record: Any) -> None:
    client = serve(operation(JSON, ignore_media_type=True), handlers={"put": record(Done())})
    sent = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/t", content=b'{"name":"x"}', headers=sent).status_code == 204


def test_a_body_is_missed_only_where_it_is_required(serve: Any, record: Any) -> None:
    optional = record(Done())
    assert serve(operation(JSON), handlers={"put": record(Done())}).post("/t").status_code == 422
    client = serve(operation(JSON, required=False), handlers={"put": optional})
    assert client.post("/t").status_code == 204
    assert optional.calls == [(None,)]


def test_a_body_beyond_the_limit_is_too_large(serve: Any, record: Any) -> None:
    client = serve(
        operation(JSON, TEXT, UPLOAD),
        handlers={"put": record(Done())},
        limits=Limits(json_bytes=100, part_text_bytes=100, upload_bytes=1000, parts=3),
    )
    assert client.post("/t", json={"name": "x" * 200}).status_code == 413

    def chunks() -> Any:
        yield from [b"x" * 60] * 3

    plain = {"content-type": "text/plain"}
    assert client.post("/t", content=chunks(), headers=plain).status_code == 413
    assert client.post("/t", files={"note": (None, "x" * 200)}).status_code == 413
    assert client.post("/t", files={"bits": b"x" * 2000}).status_code == 413
    assert client.post("/t", files=[("sizes[]", (None, "1"))] * 4).status_code == 413


def test_a_form_arrives_as_its_class(serve: Any, record: Any) -> None:
    handler = record(Done())
    client = serve(operation(LOGIN), handlers={"put": handler})
    form = {"content-type": "application/x-www-form-urlencoded"}
    sent = b"user=M+%C3%BC%26&tries=3&scope=a,b%2Cc"
    assert client.post("/t", content=sent, headers=form).status_code == 204
    assert handler.calls == [(Login(user="M ü&", tries=3, scopes=("a", "b,c")),)]
    refused = client.post("/t", content=b"tries=x&tries=2&other=1", headers=form)
    told = {(e["name"], e["kind"]) for e in refused.json()["errors"]}
    assert told == {("user", "missing"), ("tries", "duplicate"), ("other", "unknown")}
    assert client.post("/t", content=b"user=%zz", headers=form).status_code == 400


def test_a_multipart_body_arrives_as_its_class_with_files_on_disk(
    serve: Any, record: Any, uploads: Path
) -> None:
    def look(body: Upload) -> Done:
        assert body.bits is not None
        assert body.bits.path.parent == uploads
        assert body.bits.path.read_bytes() == b"zip\r\n--x"
        return Done()

    handler = record(look)
    client = serve(operation(UPLOAD), handlers={"put": handler})
    answer = client.post(
        "/t",
        files=[
            ("bits", ("../a ü.zip", b"zip\r\n--x", "application/zip")),
            ("pet", (None, '{"name":"Rex"}', "application/json")),
            ("sizes[]", (None, "1")),
            ("sizes[]", (None, "2")),
        ],
    )
    assert answer.status_code == 204
    body = handler.calls[0][0]
    assert (body.pet, body.sizes, body.note) == (Pet(name="Rex"), [1, 2], None)
    assert (body.bits.filename, body.bits.content_type) == ("../a ü.zip", "application/zip")
    assert body.bits.sha1 == hashlib.sha1(b"zip\r\n--x").hexdigest()  # noqa: S324 (a checksum)
    assert body.bits.sha256 == hashlib.sha256(b"zip\r\n--x").hexdigest()


def test_an_uploaded_file_can_be_kept(serve: Any, record: Any, tmp_path: Path) -> None:
    def keep(body: UploadedFile) -> Done:
        body.move_to(tmp_path / "kept")
        return Done()

    client = serve(operation(BINARY), handlers={"put": record(keep)})
    assert client.post("/t", content=b"png", headers={"content-type": "image/png"}).is_success
    assert (tmp_path / "kept").read_bytes() == b"png"


def test_problems_of_parts_are_told_together(serve: Any, record: Any) -> None:
    client = serve(operation(UPLOAD), handlers={"put": record(Done())})
    parts = [
        ("pet", (None, "{")),
        ("sizes[]", (None, "x")),
        ("note", (None, b"\xff")),
        ("other", (None, "1")),
        ("bits", ("a", b"1")),
        ("bits", ("b", b"2")),
    ]
    answer = client.post("/t", files=parts)
    told = {(e["name"], e["kind"]) for e in answer.json()["errors"]}
    assert answer.status_code == 422
    assert told == {
        ("bits", "duplicate"),
        ("pet", "syntax"),
        ("sizes[]", "type"),
        ("note", "syntax"),
        ("other", "unknown"),
    }


@pytest.mark.parametrize(
    ("content_type", "sent"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"nonsense"),
        ("multipart/form-data; boundary=b", b"--b\r\n"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="bits"; filename="a"\r\n\r\nxx',
        ),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Type: a\r\n\r\nx\r\n--b--\r\n"),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"A: " + b"x" * 20_000 + b"\r\n"),
        ("multipart/form-data; boundary=" + "b" * 5000, b"x"),
    ],
)
def test_a_broken_multipart_body_is_refused_as_syntax(
    serve: Any, record: Any, content_type: str, sent: bytes
) -> None:
    client = serve(operation(UPLOAD), handlers={"put": record(Done())})
    answer = client.post("/t", content=sent, headers={"content-type": content_type})
    assert answer.status_code == 400


async def _call(app: Application, content_type: bytes, chunks: Any) -> list[Any]:
    sent: list[Any] = []
    pending = iter(chunks)

    async def receive() -> Any:
        await asyncio.sleep(0)
        return next(pending, {"type": "http.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/t",
        "query_string": b"",
        "headers": [(b"content-type", content_type)],
    }
    await app(scope, receive, send)
    return sent


HEAD = b'--b\r\nContent-Disposition: form-data; name="bits"; filename="a"\r\n\r\n'


def application(uploads: Path, handler: Any) -> Application:
    things = type("Things", (), {"put": handler})
    return Application([operation(UPLOAD)], type("Apis", (), {"things": things}), uploads=uploads)


def test_nothing_is_left_when_the_client_disconnects(record: Any, uploads: Path) -> None:
    handler = record(Done())
    app = application(uploads, handler)
    chunks = [{"type": "http.request", "body": HEAD + b"x" * MIB, "more_body": True}] * 1
    chunks += [{"type": "http.request", "body": b"x" * MIB, "more_body": True}] * 3
    sent = asyncio.run(_call(app, b"multipart/form-data; boundary=b", chunks))
    assert (sent, handler.calls, list(uploads.iterdir())) == ([], [], [])


def test_an_upload_needs_constant_memory(record: Any, uploads: Path) -> None:
    sizes = []

    def look(body: Upload) -> Done:
        assert body.bits is not None
        sizes.append(body.bits.size)
        return Done()

    app = application(uploads, record(look))
    block = {"type": "http.request", "body": b"x" * 65_536, "more_body": True}
    first = {"type": "http.request", "body": HEAD, "more_body": True}
    last = {"type": "http.request", "body": b"\r\n--b--\r\n", "more_body": False}

    def body(count: int) -> Any:
        yield first
        for _ in range(count):
            yield block
        yield last

    asyncio.run(_call(app, b"multipart/form-data; boundary=b", body(32)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sent = asyncio.run(_call(app, b"multipart/form-data; boundary=b", body(1024)))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert sent[0]["status"] == 204
    assert sizes == [2 * MIB, 64 * MIB]
    assert grown < 16 * 1024, f"64 MiB needed {grown} KiB more"
    assert list(uploads.iterdir()) == []


def test_strict_models_refuse_text_for_numbers_in_bodies() -> None:
    # The runtime validates JSON as JSON: lax models do not soften it.
    class Lax(BaseModel):
        size: int = Field(ge=1)

    media = Media(media_type="application/json", kind="json", type=Lax)
    with pytest.raises(BodyRefused) as caught:
        decode_json(b'{"size": "5"}', media.adapter)
    assert (caught.value.reason, caught.value.body) == ("body", {"size": "5"})
