"""What is said of a server that answers nonsense, hangs, breaks off or is another one altogether?"""

from __future__ import annotations

import runpy
import socket
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest
from starlette.testclient import TestClient

from specfoundry.fuzz.conform.live import Outcome, examine_live
from specfoundry.fuzz.oracles.bench import Bench, Circumstances
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARTS = runpy.run_path(str(Path(__file__).with_name("library.py")))
LIBRARY, DOCUMENT = PARTS["Library"], PARTS["DOCUMENT"]
SHARED = Circumstances(prefix="live", is_shared=True)


def _http(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {length or len(body)}"]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


HTML = "Content-Type: text/html"
JSON = "Content-Type: application/json"
NONSENSE = {
    "speaks HTML": _http("200 OK", b"<h1>Welcome</h1>", HTML),
    "is a login page": _http("302 Found", b"", HTML, "Location: /login"),
    "speaks another protocol": b"220 mail.example.com ESMTP\r\n",
    "closes at once": b"",
    "promises more than it sends": _http("200 OK", b"{", JSON, length=1000),
    "breaks off in the header": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "compresses badly": _http("200 OK", b"nothing", JSON, "Content-Encoding: gzip"),
    "answers broken JSON": _http("201 Created", b'{"id": ', JSON),
    "answers what is no JSON": _http("201 Created", b'{"id": NaN}', JSON),
    "answers half characters": _http("201 Created", b'{"id": "\\ud800", "name": "\\ud800"}', JSON),
    "answers bytes": _http("201 Created", b"\xff\xfe\x00", JSON),
    "nests without end": _http("201 Created", b"[" * 100_000, JSON),
    "answers other JSON": _http("200 OK", b'[[], {"books": {"a": 1}}]', JSON),
    "gives nothing as an id": _http("201 Created", b'{"id": "", "name": ""}', JSON),
    "gives an object as an id": _http("201 Created", b'{"id": {"a": []}, "name": 1}', JSON),
    "answers null": _http("200 OK", b"null", JSON),
    "fails": _http("500 Internal Server Error", b"Traceback", "Content-Type: text/plain"),
}


@contextmanager
def _serving(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Listen on a free port; each connection is handed to `answer`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stopping = threading.Event()
        open_ones: list[socket.socket] = []

        def accept() -> None:
            while not stopping.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                open_ones.append(connection)
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stopping.set()
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join()
            for connection in open_ones:
                connection.close()


def _saying(raw: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                connection.recv(65536)
                connection.sendall(raw)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
            except OSError:
                return

    return answer


def _examined(url: str) -> Outcome:
    with httpx2.Client(base_url=url, timeout=0.4) as http:
        return examine_live(DOCUMENT, http, SHARED)


@pytest.mark.parametrize("case", NONSENSE)
def test_nonsense_is_reported_and_never_a_crash(case: str) -> None:
    with _serving(_saying(NONSENSE[case])) as url:
        outcome = _examined(url)

    assert outcome.found
    assert outcome.crashes == []


def test_a_server_that_never_answers_ends_the_run_with_the_reason() -> None:
    with _serving(lambda _connection: None) as url:
        outcome = _examined(url)

    assert outcome.stopped is not None
    assert "stopped answering" in outcome.stopped
    assert {one.complaint.check for one in outcome.found} == {"no-answer"}


def test_an_address_where_nobody_listens_ends_the_run_with_the_reason() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    outcome = _examined(url)

    assert outcome.stopped is not None
    assert "stopped answering" in outcome.stopped


def test_a_server_that_knows_nothing_of_the_document_is_recognized_early() -> None:
    document = DOCUMENT | {
        "paths": {
            f"/{number}": {
                "get": {
                    "operationId": f"get{number}",
                    "x-strict-query": True,
                    "responses": {"200": {"description": "It."}, "400": {"description": "No."}},
                }
            }
            for number in range(100)
        }
    }
    with (
        _serving(_saying(NONSENSE["speaks HTML"])) as url,
        httpx2.Client(base_url=url, timeout=5) as http,
    ):
        outcome = examine_live(document, http, SHARED)

    assert outcome.stopped is not None
    assert "is the address right?" in outcome.stopped
    assert outcome.requests == 25


def test_everything_that_was_created_is_removed_and_the_rest_is_left_alone() -> None:
    library = LIBRARY(first=1)
    client = TestClient(library.app)
    client.post("/shelves", json={"name": "theirs"})
    theirs = dict(library.shelves)

    outcome = examine_live(DOCUMENT, client, SHARED)

    assert outcome.found == []
    assert outcome.left == []
    assert outcome.requests > 20
    assert (library.shelves, library.books) == (theirs, {})


def test_what_was_created_is_removed_when_the_run_is_interrupted() -> None:
    library = LIBRARY(first=1)

    def interrupt(_name: str) -> None:
        if library.books:
            raise KeyboardInterrupt

    outcome = examine_live(DOCUMENT, TestClient(library.app), SHARED, listen=interrupt)

    assert outcome.stopped == "interrupted"
    assert (library.shelves, library.books) == ({}, {})


def test_a_run_that_only_reads_changes_nothing() -> None:
    library = LIBRARY(first=1, fault="order")
    client = TestClient(library.app)
    shelf = client.post("/shelves", json={"name": "theirs"}).json()["id"]
    for title in ("emma", "persuasion"):
        client.post("/books", json={"title": title, "shelf": shelf})
    before = (dict(library.shelves), dict(library.books))

    outcome = examine_live(
        DOCUMENT, client, Circumstances(prefix="live", is_shared=True, read_only=True)
    )

    assert [one.complaint.check for one in outcome.found] == ["order"]
    assert (library.shelves, library.books) == before
    assert outcome.withheld["createBook"] == "the run is read-only"


def test_what_was_given_to_be_used_is_never_deleted() -> None:
    library = LIBRARY(first=1)
    client = TestClient(library.app)
    shelf = client.post("/shelves", json={"name": "theirs"}).json()["id"]
    bench = Bench.of(DOCUMENT, client, Circumstances(references={"getShelf": shelf}))

    found = list(bench.examine())
    call = Call(operation="deleteShelf", path={"id": shelf})
    answer = bench.ground.session.send(call)
    list(bench.ground.garden.clear())

    assert found == []
    assert answer.unanswered
    assert list(library.shelves) == [shelf]
    assert library.books == {}


def test_credentials_that_are_not_taken_end_the_run_with_the_reason() -> None:
    paths = {
        f"/{number}": {
            "get": {
                "operationId": f"get{number}",
                "security": [{"key": []}],
                "responses": {"200": {"description": "It."}, "401": {"description": "Who?"}},
            }
        }
        for number in range(50)
    }
    schemes = {"key": {"type": "http", "scheme": "bearer"}}
    document = DOCUMENT | {"paths": paths, "components": {"securitySchemes": schemes}}
    with (
        _serving(_saying(_http("401 Unauthorized", b""))) as url,
        httpx2.Client(base_url=url, timeout=5) as http,
    ):
        outcome = examine_live(document, http, SHARED)

    assert outcome.stopped is not None
    assert "are the credentials right, and still valid?" in outcome.stopped
    assert outcome.requests < 60
