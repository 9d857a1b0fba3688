"""What is left of uploads, copies and deletions after kill -9 at any moment?"""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import random
import sqlite3
import threading
import urllib.parse
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

Serve = Callable[..., Any]
GONE = (OSError, ValueError, http.client.HTTPException)
ROUNDS = 4


@dataclass
class Known:
    """What a client knows of one package of its own."""

    guid: str
    app: str
    label: set[str | None] = field(default_factory=lambda: {None})
    data: bytes | None = None
    uploaded: bool | None = False
    """`None`: asked for, but never answered."""
    source: Known | None = None
    deleted: bool | None = False


def archive(chance: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for number in range(chance.randint(1, 3)):
            target.writestr(f"f{number}", chance.randbytes(chance.choice((10, 70_000, 400_000))))
    return buffer.getvalue()


class Client:
    """One connection to a server, used by one thread; remembers what it was told."""

    def __init__(self, url: str, token: str, space: str, seed: int) -> None:
        self.address = urllib.parse.urlsplit(url).netloc
        self.token = token
        self.space = space
        self.chance = random.Random(seed)  # noqa: S311 -- to be repeated
        self.known: list[Known] = []
        self.calls = 0

    def call(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json"
    ) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection(self.address, timeout=20)) as connection:
            headers = {"Authorization": f"bearer {self.token}"}
            if body is not None:
                headers["Content-Type"] = content_type
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            self.calls += 1
            return answer.status, answer.read()

    def work(self) -> None:
        """Do this and that until the server is gone."""
        tasks: list[Callable[[], object]] = [self.create] * 2 + [self.upload] * 3
        tasks += [self.copy, self.copy, self.delete, self.label, self.download]
        try:
            while True:
                self.chance.choice(tasks)()
        except GONE:
            pass

    def app(self) -> str:
        name = f"app-{self.chance.getrandbits(64):x}"
        relationships = {"space": {"data": {"guid": self.space}}}
        status, text = self.call("POST", "/v3/apps", {"name": name, "relationships": relationships})
        assert status == 201, text
        return str(json.loads(text)["guid"])

    def create(self) -> Known:
        app = self.app()
        body = {"type": "bits", "relationships": {"app": {"data": {"guid": app}}}}
        status, text = self.call("POST", "/v3/packages", body)
        assert status == 201, text
        self.known.append(Known(json.loads(text)["guid"], app))
        return self.known[-1]

    def upload(self) -> None:
        package = self.create()
        package.data, package.uploaded = archive(self.chance), None
        boundary = "b0undary"
        start = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="bits"; filename="a.zip"\r\n\r\n'
        )
        form = start.encode() + package.data + f"\r\n--{boundary}--\r\n".encode()
        path = f"/v3/packages/{package.guid}/upload"
        status, text = self.call("POST", path, form, f"multipart/form-data; boundary={boundary}")
        assert status == 200, text
        package.uploaded = True

    def copy(self) -> None:
        sources = [one for one in self.known if one.uploaded is True and one.deleted is False]
        if not sources:
            return
        source = self.chance.choice(sources)
        _, text = self.call("GET", f"/v3/packages/{source.guid}")
        if json.loads(text).get("state") != "READY":
            return  # there is nothing to copy yet
        app = self.app()
        body = {"relationships": {"app": {"data": {"guid": app}}}}
        status, text = self.call("POST", f"/v3/packages?source_guid={source.guid}", body)
        assert status == 201, text
        guid = json.loads(text)["guid"]
        self.known.append(Known(guid, app, data=source.data, uploaded=True, source=source))

    def delete(self) -> None:
        found = [one for one in self.known if one.deleted is False]
        if found:
            package = self.chance.choice(found)
            package.deleted = None
            path = f"/v3/packages/{package.guid}"
            if self.chance.random() < 0.3:  # it goes with its app
                path = f"/v3/apps/{package.app}"
            status, text = self.call("DELETE", path)
            assert status == 202, text
            package.deleted = True

    def label(self) -> None:
        found = [one for one in self.known if one.deleted is False]
        if found:
            package = self.chance.choice(found)
            value = f"v{self.chance.getrandbits(32)}"
            package.label.add(value)
            body = {"metadata": {"labels": {"l": value}}}
            status, text = self.call("PATCH", f"/v3/packages/{package.guid}", body)
            assert status == 200, text
            package.label = {value}

    def download(self) -> None:
        found = [one for one in self.known if one.uploaded is True and one.deleted is False]
        if found:
            self.call("GET", f"/v3/packages/{self.chance.choice(found).guid}/download")

    def check(self) -> None:
        """Every answered write is there, and nothing is half done."""
        for package in self.known:
            status, text = self.call("GET", f"/v3/packages/{package.guid}")
            if package.deleted is not False:
                assert status in ((404,) if package.deleted else (200, 404)), text
                if status == 404:
                    package.deleted = True
                    continue
                package.deleted = False
            assert status == 200, text
            shown = json.loads(text)
            assert shown["metadata"]["labels"].get("l") in package.label
            self.check_bits(package, shown)

    def check_bits(self, package: Known, shown: dict[str, Any]) -> None:
        if package.source is not None and shown["state"] == "FAILED":
            # The source was deleted before it could be copied; nothing else excuses it.
            assert package.source.deleted is not False
            return
        if package.uploaded is None:
            assert shown["state"] in ("READY", "AWAITING_UPLOAD")
            package.uploaded = shown["state"] == "READY"
        if not package.uploaded:
            assert shown["state"] == "AWAITING_UPLOAD"
            return
        assert shown["state"] == "READY", shown
        assert package.data is not None
        digest = hashlib.sha256(package.data).hexdigest()
        assert shown["data"]["checksum"]["value"] == digest
        status, stored = self.call("GET", f"/v3/packages/{package.guid}/download")
        assert (status, hashlib.sha256(stored).hexdigest()) == (200, digest)


def worked(clients: list[Client]) -> int:
    return sum(client.calls for client in clients)


def a_space(running: Any) -> str:
    token = running.token()
    _, organization = running.call("POST", "/v3/organizations", {"name": "o"}, token)
    where = {"organization": {"data": {"guid": organization["guid"]}}}
    _, space = running.call("POST", "/v3/spaces", {"name": "s", "relationships": where}, token)
    return str(space["guid"])


@pytest.mark.parametrize("seed", [20151113])
def test_packages_survive_kills_at_random_moments(
    serve: Serve, until: Any, settle: Any, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 -- to be repeated
    running = serve()
    space = a_space(running)
    clients = [Client(running.url, running.token(), space, seed + number) for number in range(4)]
    for _ in range(ROUNDS):
        threads = [threading.Thread(target=client.work) for client in clients]
        for thread in threads:
            thread.start()
        enough = worked(clients) + chance.randint(20, 60)
        until(lambda limit=enough: worked(clients) >= limit, "some work is done")
        threads[0].join(chance.uniform(0, 0.05))  # it works until the server is gone
        running.process.kill()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        running.process.wait()
        running = serve()
        settle(tmp_path / "data")
        token = running.token()
        for client in clients:
            client.address, client.token = urllib.parse.urlsplit(running.url).netloc, token
            client.check()
    assert sum(one.uploaded is True for client in clients for one in client.known) > ROUNDS


def claimed(data: Path, *, arrived: bool) -> str:
    """Make the package's row look as it does when the server died between claim and bits."""
    with closing(sqlite3.connect(data / "cloud_controller.db")) as db, db:
        (guid,) = db.execute(
            "SELECT resource_guid FROM jobs WHERE operation = 'package.process'"
        ).fetchone()
        later = 2**62
        db.execute("UPDATE jobs SET run_at = ? WHERE operation = 'package.process'", (later,))
    if not arrived:
        (blob,) = (data / "blobs" / "uploads").glob("*/*/*")
        blob.unlink()
    return str(guid)


@pytest.mark.parametrize("arrived", [True, False])
def test_an_upload_whose_server_died_before_its_answer_settles_at_once(
    serve: Serve, settle: Any, tmp_path: Path, arrived: bool
) -> None:
    running = serve("--job-delay", "3600")
    client = Client(running.url, running.token(), a_space(running), 1)
    client.upload()
    running.process.kill()
    running.process.wait()
    guid = claimed(tmp_path / "data", arrived=arrived)

    again = serve()
    settle(tmp_path / "data")
    _, shown = again.call("GET", f"/v3/packages/{guid}", token=again.token())
    assert shown["state"] == ("READY" if arrived else "AWAITING_UPLOAD")
