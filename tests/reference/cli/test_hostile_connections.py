"""What do uploads leave behind whose connection breaks, lies or never ends?"""

from __future__ import annotations

import io
import json
import socket
import urllib.parse
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

Serve = Callable[..., Any]
BOUNDARY = "b0undary"
END = f"\r\n--{BOUNDARY}--\r\n".encode()
START = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="bits"; filename="a.zip"\r\n\r\n'
).encode()


@dataclass
class Wire:
    """A server that is spoken to byte by byte."""

    running: Any
    token: str
    app: str
    data: Path

    def package(self) -> str:
        body = {"type": "bits", "relationships": {"app": {"data": {"guid": self.app}}}}
        status, made = self.running.call("POST", "/v3/packages", body, self.token)
        assert status == 201, made
        return str(made["guid"])

    def state(self, guid: str) -> str:
        _, shown = self.running.call("GET", f"/v3/packages/{guid}", token=self.token)
        return str(shown["state"])

    def head(self, guid: str, *headers: str) -> bytes:
        lines = [
            f"POST /v3/packages/{guid}/upload HTTP/1.1",
            "Host: x",
            f"Authorization: bearer {self.token}",
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
            *headers,
            "",
            "",
        ]
        return "\r\n".join(lines).encode()

    @contextmanager
    def connection(self) -> Iterator[socket.socket]:
        address = urllib.parse.urlsplit(self.running.url)
        with socket.create_connection((address.hostname, address.port), timeout=20) as wire:
            yield wire

    def answer(self, *data: bytes) -> tuple[int, bytes]:
        """Send it all and return status and body of the one answer."""
        with self.connection() as wire:
            try:
                for one in data:
                    wire.sendall(one)
            except OSError:
                pass  # it was refused before it was read to its end
            received = b""
            try:
                while b"\r\n\r\n" not in received or not complete(received):
                    chunk = wire.recv(65536)
                    if not chunk:
                        break
                    received += chunk
            except OSError:
                pass
        head, _, body = received.partition(b"\r\n\r\n")
        return int(head.split(b" ", 2)[1]) if head else 0, body

    def left(self) -> list[str]:
        folders = (self.data / "uploads", self.data / "blobs" / "uploads")
        return [str(p) for folder in folders for p in folder.rglob("*") if p.is_file()]


def complete(received: bytes) -> bool:
    head, _, body = received.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.partition(b":")[2])
    return False


def archive(size: int = 300_000) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("a", bytes(size))
    return buffer.getvalue()


def chunked(data: bytes, size: int = 7919) -> bytes:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


@pytest.fixture
def wire(serve: Serve, tmp_path: Path) -> Wire:
    running = serve()
    token = running.token()

    def make(kind: str, **members: Any) -> str:
        _, made = running.call("POST", f"/v3/{kind}", {"name": "n", **members}, token)
        return str(made["guid"])

    def below(kind: str, guid: str) -> dict[str, Any]:
        return {"relationships": {kind: {"data": {"guid": guid}}}}

    organization = make("organizations")
    space = make("spaces", **below("organization", organization))
    app = make("apps", **below("space", space))
    return Wire(running, token, app, tmp_path / "data")


def test_uploads_that_break_off_leave_nothing_and_may_be_tried_again(
    wire: Wire, until: Any
) -> None:
    package = wire.package()
    form = START + archive() + END
    told = f"Content-Length: {len(form)}"
    broken = [
        wire.head(package, told)[:50],
        wire.head(package, told),
        wire.head(package, told) + form[:20],
        wire.head(package, told) + form[:-1],
        wire.head(package, "Content-Length: 99999999999") + form,
        wire.head(package, "Transfer-Encoding: chunked") + chunked(form),
        wire.head(package, "Transfer-Encoding: chunked") + chunked(form)[:1000],
        wire.head(package, "Expect: 100-continue", told),
    ]
    for data in broken:
        with wire.connection() as connection:
            connection.sendall(data)
    until(lambda: not wire.left(), "the server noticed that its clients are gone")

    assert wire.state(package) == "AWAITING_UPLOAD"
    status, _ = wire.answer(wire.head(package, told), form)
    assert status == 200
    until(lambda: wire.state(package) == "READY", "the upload is processed")
    until(lambda: not wire.left(), "the upload is put away")


def test_a_client_that_does_not_wait_for_its_answer_has_uploaded_all_the_same(
    wire: Wire, until: Any
) -> None:
    package = wire.package()
    form = START + archive(3_000_000) + END
    with wire.connection() as connection:
        connection.sendall(wire.head(package, f"Content-Length: {len(form)}") + form)

    until(lambda: wire.state(package) in ("READY", "AWAITING_UPLOAD"), "it is settled")
    until(lambda: not wire.left(), "nothing stays")


def test_an_upload_needs_no_length(wire: Wire, until: Any) -> None:
    package = wire.package()
    form = START + archive() + END
    status, body = wire.answer(
        wire.head(package, "Transfer-Encoding: chunked"), chunked(form) + b"0\r\n\r\n"
    )

    assert status == 200, body
    until(lambda: wire.state(package) == "READY", "the upload is processed")


def test_lengths_that_lie_and_heads_that_never_end_are_refused(wire: Wire) -> None:
    package = wire.package()
    form = START + archive() + END
    refused = {
        "no body": (wire.head(package), b""),
        "shorter than it is": (wire.head(package, "Content-Length: 100"), form),
        "no number": (wire.head(package, "Content-Length: many"), form),
        "negative": (wire.head(package, "Content-Length: -5"), form),
        "bad chunks": (wire.head(package, "Transfer-Encoding: chunked"), b"zz\r\n" + form),
        "both": (
            wire.head(
                package, "Content-Length: 5", "Transfer-Encoding: chunked", "Connection: close"
            ),
            b"zz\r\n",
        ),
        "a huge header": (wire.head(package, "X-Huge: " + "x" * 1_000_000), b""),
        "many headers": (wire.head(package, *["X-Many: " + "x" * 100] * 10_000), b""),
        "a huge token": (wire.head(package, "Authorization: bearer " + "x" * 1_000_000), b""),
        "a huge path": (wire.head(package + "x" * 1_000_000, "Content-Length: 0"), b""),
        "nonsense": (b"\x16\x03\x01\x02\x00" * 100 + b"\r\n\r\n", b""),
    }
    for name, data in refused.items():
        status, body = wire.answer(*data)
        assert status == 0 or 400 <= status < 500, (name, status, body)
    assert wire.left() == []
    assert wire.state(package) == "AWAITING_UPLOAD"
    status, _ = wire.running.call("GET", "/v3/info")
    assert status == 200


def test_a_declared_length_beyond_the_limit_is_refused_before_it_is_sent(wire: Wire) -> None:
    package = wire.package()
    status, body = wire.answer(
        wire.head(package, f"Content-Length: {2 * 1536 * 1024 * 1024}"), START
    )

    assert status == 413
    assert json.loads(body)["errors"]
    assert wire.left() == []
