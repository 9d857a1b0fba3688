"""What is left of stagings, copies and uploads together after kill -9 at any moment?"""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import random
import shutil
import threading
import urllib.parse
import zipfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

GONE = (OSError, ValueError, http.client.HTTPException)
ROUNDS = 2
SCRIPTS = {
    "bin/detect": "exit 0",
    "bin/compile": 'sleep "0.$((RANDOM % 4))"; head -c 100000 /dev/zero > "$1/made"',
    "bin/release": "echo 'default_process_types: {web: serve}'",
}


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, contents in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, contents)
    return buffer.getvalue()


class Client:
    """Requests of one thread; it remembers which answers promised something."""

    def __init__(self, running: Any, chance: random.Random) -> None:
        self.chance = chance
        self.space = ""
        self.apps: list[str] = []
        self.packages: list[str] = []
        self.builds: list[str] = []
        self.most = 0
        self.droplets: list[str] = []
        self.meet(running)

    def meet(self, running: Any) -> None:
        self.address = urllib.parse.urlsplit(running.url).netloc
        self.token = running.token()

    def call(self, method: str, path: str, body: Any = None, part: str = "") -> Any:
        headers = {"Authorization": f"bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode() if not part else body
        if part:
            headers["Content-Type"] = "multipart/form-data; boundary=b"
            name = "a.tgz" if "droplets" in path else "a.zip"
            head = f'--b\r\nContent-Disposition: form-data; name="{part}"; filename="{name}"'
            data = head.encode() + b"\r\n\r\n" + body + b"\r\n--b--\r\n"
        with closing(http.client.HTTPConnection(self.address, timeout=20)) as connection:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            text = answer.read()
        assert answer.status < 400, text
        return text if path.endswith("/download") else json.loads(text or b"null")

    def made(self, path: str, kind: str = "", guid: str = "", **members: Any) -> str:
        related = {"relationships": {kind: {"data": {"guid": guid}}}} if kind else {}
        return str(self.call("POST", path, {**members, **related})["guid"])

    def prepare(self, until: Any) -> None:
        """Make a buildpack and some apps, each with a package that can be staged."""
        self.buildpack = self.made("/v3/buildpacks", name="quick")
        self.upload_buildpack()
        organization = self.made("/v3/organizations", name="o")
        self.space = self.made("/v3/spaces", "organization", organization, name="s")
        for number in range(3):
            app = self.made("/v3/apps", "space", self.space, name=f"a{number}")
            package = self.made("/v3/packages", "app", app, type="bits")
            path = f"/v3/packages/{package}"
            self.call("POST", f"{path}/upload", zipped({"index.html": b"hello"}), "bits")
            until(lambda path=path: self.call("GET", path)["state"] == "READY", "it is ready")
            self.apps.append(app)
            self.packages.append(package)
        path = f"/v3/buildpacks/{self.buildpack}"
        until(lambda: self.call("GET", path)["filename"], "the buildpack has its bits")

    def until_gone(self, task: Callable[[], object]) -> None:
        try:
            while True:
                task()
        except GONE:
            pass

    def build(self) -> None:
        """Stage a package once more; a package is staged once at a time."""
        for package in self.packages:
            found = self.call("GET", f"/v3/builds?package_guids={package}&states=STAGING")
            if not found["resources"] and len(self.builds) < self.most:
                self.builds.append(self.made("/v3/builds", package={"guid": package}))

    def droplet(self) -> None:
        """Upload a droplet, or copy one that is staged."""
        app = self.chance.choice(self.apps)
        found = self.call("GET", "/v3/droplets?states=STAGED&order_by=-created_at")["resources"]
        if found and self.chance.random() < 0.5:
            path = f"/v3/droplets?source_guid={self.chance.choice(found)['guid']}"
            self.droplets.append(self.made(path, "app", app))
        else:
            guid = self.made("/v3/droplets", "app", app)
            bits = self.chance.randbytes(self.chance.choice((10, 300_000)))
            self.call("POST", f"/v3/droplets/{guid}/upload", bits, "bits")
            self.droplets.append(guid)

    def upload_buildpack(self) -> None:
        files = {name: f"#!/bin/bash\n{body}\n".encode() for name, body in SCRIPTS.items()}
        files["noise"] = random.randbytes(1000)  # noqa: S311 -- other bits each time
        self.call("POST", f"/v3/buildpacks/{self.buildpack}/upload", zipped(files), "bits")

    def other_buildpack(self) -> None:
        """Upload bits to a buildpack that no staging uses."""
        name = f"b-{self.chance.getrandbits(64):x}"
        guid = self.made("/v3/buildpacks", name=name, enabled=False)
        bits = zipped({"bin/detect": self.chance.randbytes(100_000)})
        self.call("POST", f"/v3/buildpacks/{guid}/upload", bits, "bits")

    def check(self) -> None:
        """What was answered has come to its end, and its bits are the ones it tells of."""
        built = [self.call("GET", f"/v3/builds/{guid}") for guid in self.builds]
        assert {build["state"] for build in built} <= {"STAGED"}, built
        for guid in [*self.droplets, *(build["droplet"]["guid"] for build in built)]:
            shown = self.call("GET", f"/v3/droplets/{guid}")
            if shown["state"] != "EXPIRED":  # only so many are kept
                assert shown["state"] == "STAGED", shown
                stored = self.call("GET", f"/v3/droplets/{guid}/download")
                assert hashlib.sha256(stored).hexdigest() == shown["checksum"]["value"]


def of_stagings(folder: Path) -> list[str]:
    """The processes that were started with something of a directory, or are in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            told += (entry / "mountinfo").read_bytes() + os.fsencode((entry / "cwd").readlink())
        except OSError:
            continue
        if os.fsencode(folder) in told:
            found.append(entry.name)
    return found


@pytest.mark.parametrize("seed", [20160704])
def test_all_work_survives_kills_at_random_moments(
    serve: Callable[..., Any], settle: Any, until: Any, tmp_path: Path, seed: int
) -> None:
    if shutil.which("bwrap") is None or shutil.which("prlimit") is None:
        pytest.skip("bubblewrap or prlimit is not installed")
    chance = random.Random(seed)  # noqa: S311 -- to be repeated
    kept = {"CLOUD_CONTROLLER_MAX_STAGED_DROPLETS_STORED": "1000"}
    running = serve(**kept)
    client = Client(running, chance)
    client.prepare(until)
    for turn in range(ROUNDS):
        client.most = 3 * (turn + 1)
        tasks = (client.build, client.droplet, client.other_buildpack)
        threads = [threading.Thread(target=client.until_gone, args=(task,)) for task in tasks]
        for thread in threads:
            thread.start()
        threads[0].join(chance.uniform(0.3, 2.0))  # it works until the server is gone
        running.process.kill()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        running.process.wait()
        running = serve(**kept)
        client.meet(running)
        settle(tmp_path / "data")
        until(lambda: not of_stagings(tmp_path / "data" / "staging"), "no process is left")
        client.check()
    assert client.builds
    assert client.droplets
