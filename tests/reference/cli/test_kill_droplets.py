"""What is left of uploads, copies and deletions of droplets after kill -9 at any moment?"""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import sqlite3
import threading
import urllib.parse
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

Serve = Callable[..., Any]
GONE = (OSError, ValueError, http.client.HTTPException)
ROUNDS = 3


@dataclass
class Known:
    """What a client knows of one droplet of its own; `None` stands for asked but not answered."""

    guid: str
    data: bytes = b""
    uploaded: bool | None = False
    deleted: bool | None = False
    source: Known | None = None


class Client:
    """One thread's requests; it remembers what it was told."""

    def __init__(self, url: str, token: str, space: str, seed: int) -> None:
        self.reach(url, token)
        self.space = space
        self.chance = random.Random(seed)  # noqa: S311 -- to be repeated
        self.known: list[Known] = []

    def reach(self, url: str, token: str) -> None:
        self.address = urllib.parse.urlsplit(url).netloc
        self.token = token

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
            return answer.status, answer.read()

    def made(self, path: str, related: str, guid: str, **members: Any) -> str:
        body = {"relationships": {related: {"data": {"guid": guid}}}, **members}
        status, text = self.call("POST", path, body)
        assert status == 201, text
        return str(json.loads(text)["guid"])

    def work(self) -> None:
        """Do this and that until the server is gone."""
        try:
            while True:
                self.chance.choice((self.upload, self.upload, self.copy, self.delete))()
        except GONE:
            pass

    def app(self) -> str:
        name = f"app-{self.chance.getrandbits(64):x}"
        return self.made("/v3/apps", "space", self.space, name=name)

    def upload(self) -> None:
        droplet = Known(self.made("/v3/droplets", "app", self.app()))
        self.known.append(droplet)
        self.upload_bits(droplet)

    def upload_bits(self, droplet: Known) -> None:
        droplet.data = self.chance.randbytes(self.chance.choice((10, 70_000, 900_000)))
        droplet.uploaded = None
        head = b'--b\r\nContent-Disposition: form-data; name="bits"; filename="a.tgz"\r\n\r\n'
        form = head + droplet.data + b"\r\n--b--\r\n"
        path = f"/v3/droplets/{droplet.guid}/upload"
        status, text = self.call("POST", path, form, "multipart/form-data; boundary=b")
        assert status == 202, text
        droplet.uploaded = True

    def copy(self) -> None:
        sources = [one for one in self.known if one.uploaded is True and one.deleted is False]
        if not sources:
            return
        source = self.chance.choice(sources)
        _, text = self.call("GET", f"/v3/droplets/{source.guid}")
        if json.loads(text).get("state") != "STAGED":
            return  # there is nothing to copy yet
        path = f"/v3/droplets?source_guid={source.guid}"
        guid = self.made(path, "app", self.app())
        self.known.append(Known(guid, source.data, uploaded=True, source=source))

    def delete(self) -> None:
        found = [one for one in self.known if one.deleted is False]
        if found:
            droplet = self.chance.choice(found)
            droplet.deleted = None
            status, text = self.call("DELETE", f"/v3/droplets/{droplet.guid}")
            assert status == 202, text
            droplet.deleted = True

    def check(self) -> None:
        """Every answered write is there, and nothing is half done."""
        for droplet in self.known:
            status, text = self.call("GET", f"/v3/droplets/{droplet.guid}")
            if droplet.deleted is not False:
                assert status in ((404,) if droplet.deleted else (200, 404)), text
                droplet.deleted = status == 404
            if not droplet.deleted:
                assert status == 200, text
                self.check_bits(droplet, json.loads(text))

    def check_bits(self, droplet: Known, shown: dict[str, Any]) -> None:
        if droplet.source is not None and shown["state"] == "FAILED":
            # The source was deleted before it could be copied; nothing else excuses it.
            assert droplet.source.deleted is not False
            return
        if droplet.uploaded is None:
            assert shown["state"] in ("STAGED", "AWAITING_UPLOAD")
            droplet.uploaded = shown["state"] == "STAGED"
        assert shown["state"] == ("STAGED" if droplet.uploaded else "AWAITING_UPLOAD"), shown
        if droplet.uploaded:
            digest = hashlib.sha256(droplet.data).hexdigest()
            assert shown["checksum"]["value"] == digest
            status, stored = self.call("GET", f"/v3/droplets/{droplet.guid}/download")
            assert (status, hashlib.sha256(stored).hexdigest()) == (200, digest)


@pytest.mark.parametrize("seed", [20160328])
def test_droplets_survive_kills_at_random_moments(
    serve: Serve, settle: Any, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 -- to be repeated
    running = serve()
    first = Client(running.url, running.token(), "", seed)
    status, text = first.call("POST", "/v3/organizations", {"name": "o"})
    assert status == 201
    space = first.made("/v3/spaces", "organization", json.loads(text)["guid"], name="s")
    clients = [Client(running.url, first.token, space, seed + number) for number in range(3)]
    for _ in range(ROUNDS):
        threads = [threading.Thread(target=client.work) for client in clients]
        for thread in threads:
            thread.start()
        threads[0].join(chance.uniform(0.3, 1.0))  # it works until the server is gone
        running.process.kill()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        running.process.wait()
        running = serve()
        settle(tmp_path / "data")
        token = running.token()
        for client in clients:
            client.reach(running.url, token)
            client.check()
    assert sum(one.uploaded is True for client in clients for one in client.known) > ROUNDS


def made_as_if_claimed(data: Path, *, arrived: bool) -> None:
    """Make the files look as they do when the server died between claim and bits, or after."""
    with closing(sqlite3.connect(data / "cloud_controller.db")) as db, db:
        later = 2**62
        db.execute("UPDATE jobs SET run_at = ? WHERE operation = 'droplet.upload'", (later,))
    if not arrived:
        (blob,) = (data / "blobs" / "uploads").glob("*/*/*")
        blob.unlink()


@pytest.mark.parametrize("arrived", [True, False])
def test_a_droplet_whose_server_died_before_its_answer_settles_at_once(
    serve: Serve, settle: Any, tmp_path: Path, arrived: bool
) -> None:
    running = serve("--job-delay", "3600")
    client = Client(running.url, running.token(), "", 1)
    _, text = client.call("POST", "/v3/organizations", {"name": "o"})
    client.space = client.made("/v3/spaces", "organization", json.loads(text)["guid"], name="s")
    client.upload()
    running.process.kill()
    running.process.wait()
    made_as_if_claimed(tmp_path / "data", arrived=arrived)

    again = serve()
    settle(tmp_path / "data")
    client.reach(again.url, again.token())
    (droplet,) = client.known
    if not arrived:
        droplet.uploaded = False
        client.check()
        client.upload_bits(droplet)
        settle(tmp_path / "data")
    client.check()
