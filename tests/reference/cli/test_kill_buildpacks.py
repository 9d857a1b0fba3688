"""What is left of buildpacks, their bits and their order after kill -9 at any moment?"""

from __future__ import annotations

import http.client
import io
import json
import random
import threading
import urllib.parse
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Serve = Callable[..., Any]
GONE = (OSError, ValueError, http.client.HTTPException)
ROUNDS = 3
BOUNDARY = "b0undary"


@dataclass
class Known:
    """What a client knows of one buildpack of its own."""

    guid: str
    filenames: set[str | None] = field(default_factory=lambda: {None})
    deleted: bool | None = False
    """`None`: asked for, but never answered."""


class Client:
    """Requests of one thread; it remembers what it was told."""

    def __init__(self, running: Any, seed: int) -> None:
        self.meet(running)
        self.chance = random.Random(seed)  # noqa: S311 -- to be repeated
        self.known: list[Known] = []
        self.uploads = 0

    def meet(self, running: Any) -> None:
        self.address = urllib.parse.urlsplit(running.url).netloc
        self.token = running.token()

    def call(
        self, method: str, path: str, body: Any = None, content_type: str = "application/json"
    ) -> tuple[int, Any]:
        with closing(http.client.HTTPConnection(self.address, timeout=20)) as connection:
            headers = {"Authorization": f"bearer {self.token}", "Content-Type": content_type}
            sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            connection.request(method, path, sent, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None

    def work(self) -> None:
        """Do this and that until the server is gone."""
        tasks = (self.create, self.upload, self.upload, self.upload, self.move, self.delete)
        try:
            while True:
                self.chance.choice(tasks)()
        except GONE:
            pass

    def one(self) -> Known:
        found = [one for one in self.known if one.deleted is False]
        return self.chance.choice(found) if found else self.create()

    def create(self) -> Known:
        name = f"b-{self.chance.getrandbits(64):x}"
        body = {"name": name, "position": self.chance.randint(1, 9)}
        status, shown = self.call("POST", "/v3/buildpacks", body)
        assert status == 201, shown
        self.known.append(Known(shown["guid"]))
        return self.known[-1]

    def upload(self) -> None:
        buildpack = self.one()
        self.uploads += 1
        name = f"{self.uploads}.zip"
        # An earlier upload may still be under way, and of two jobs either may be the last.
        buildpack.filenames.add(name)
        start = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="bits"; filename="{name}"'
        form = (
            f"{start}\r\n\r\n".encode() + archive(self.chance) + f"\r\n--{BOUNDARY}--\r\n".encode()
        )
        path = f"/v3/buildpacks/{buildpack.guid}/upload"
        status, shown = self.call("POST", path, form, f"multipart/form-data; boundary={BOUNDARY}")
        assert status == 202, shown
        buildpack.filenames.discard(None)

    def move(self) -> None:
        path = f"/v3/buildpacks/{self.one().guid}"
        status, shown = self.call("PATCH", path, {"position": self.chance.randint(1, 9)})
        assert status == 200, shown

    def delete(self) -> None:
        buildpack = self.one()
        buildpack.deleted = None
        status, shown = self.call("DELETE", f"/v3/buildpacks/{buildpack.guid}")
        assert status == 202, shown
        buildpack.deleted = True

    def check(self) -> None:
        """Every answered write is there, and nothing is half done."""
        for buildpack in self.known:
            status, shown = self.call("GET", f"/v3/buildpacks/{buildpack.guid}")
            if status == 404:
                assert buildpack.deleted is not False
                buildpack.deleted = True
                continue
            assert (status, buildpack.deleted) != (200, True)
            buildpack.deleted = False
            assert shown["filename"] in buildpack.filenames
            buildpack.filenames = {shown["filename"]}


def archive(chance: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("bin/detect", chance.randbytes(chance.choice((10, 70_000, 400_000))))
        target.writestr("manifest.yml", "language: any\n")
    return buffer.getvalue()


def test_buildpacks_survive_kills_at_random_moments(
    serve: Serve, settle: Any, tmp_path: Path
) -> None:
    chance = random.Random(20160608)  # noqa: S311 -- to be repeated
    running = serve()
    clients = [Client(running, number) for number in range(4)]
    for _ in range(ROUNDS):
        threads = [threading.Thread(target=client.work) for client in clients]
        for thread in threads:
            thread.start()
        threads[0].join(chance.uniform(0.1, 0.8))  # it works until the server is gone
        running.process.kill()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        running.process.wait()
        running = serve()
        settle(tmp_path / "data")
        for client in clients:
            client.meet(running)
            client.check()
    assert sum(one.filenames != {None} for client in clients for one in client.known) > ROUNDS


def test_bits_that_were_accepted_are_there_after_a_kill(
    serve: Serve, settle: Any, tmp_path: Path
) -> None:
    running = serve("--job-delay", "3600")
    client = Client(running, 1)
    client.upload()
    running.process.kill()
    running.process.wait()

    client.meet(serve())
    settle(tmp_path / "data")
    client.check()
    assert client.known[0].filenames == {"1.zip"}
