"""The installed `cloud-controller` command, started as a user starts it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMAND = Path(sys.executable).with_name("cloud-controller")


@dataclass
class Running:
    """A server process and its address."""

    process: subprocess.Popen[str]
    url: str

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"bearer {token}"} if token else {}
        if data is not None:
            headers["Content-Type"] = "application/json"
        return self._send(urllib.request.Request(self.url + path, data, headers, method=method))

    def login(self, user: str = "admin", password: str = "admin") -> tuple[int, Any]:
        form = {"grant_type": "password", "username": user, "password": password}
        data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.url + "/oauth/token", data)
        request.add_header("Authorization", "Basic Y2Y6")
        return self._send(request)

    def token(self) -> str:
        status, answer = self.login()
        assert status == 200, answer
        return str(answer["access_token"])

    def _send(self, request: urllib.request.Request) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read()
                location = answer.headers.get("Location")
                return answer.status, json.loads(text) if text else location
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(number)
        self.process.wait(timeout=30)
        assert self.process.stdout
        assert self.process.stderr
        return self.process.returncode, self.process.stdout.read(), self.process.stderr.read()


TRANSIENT = ("PROCESSING", "PROCESSING_UPLOAD", "COPYING", "STAGING")


def unfinished(data: Path) -> list[str]:
    """What is unfinished, orphaned, missing or out of order: the database beside the files."""
    with closing(sqlite3.connect(f"file:{data}/cloud_controller.db?mode=ro", uri=True)) as db:

        def column(query: str) -> list[Any]:
            return [row[0] for row in db.execute(query)]

        rows: dict[str, set[Any]] = {"resources": set(column("SELECT guid FROM resources"))}
        for table in ("packages", "droplets", "buildpacks"):
            rows[table] = set(column(f"SELECT blob FROM {table}")) - {None}  # noqa: S608 -- ours
        found = [
            f"{table}: one is {state}"
            for table in ("jobs", "packages", "droplets", "builds")
            for state in column(f"SELECT state FROM {table}")  # noqa: S608 -- ours
            if state in TRANSIENT
        ]
        positions = column("SELECT position FROM buildpacks ORDER BY position")
    if positions != list(range(1, len(positions) + 1)):
        found.append("positions have gaps")
    for namespace, names in {**rows, "uploads": set[Any]()}.items():
        stored = {path.name for path in (data / "blobs" / namespace).glob("*/*/*")}
        found += [f"orphan {namespace}/{name}" for name in stored - names]
        found += [f"missing {namespace}/{name}" for name in names - stored]
    for folder in (data / "blobs" / ".arriving", data / "uploads", data / "staging"):
        found += [str(path) for path in folder.glob("*")]
    return found


@pytest.fixture
def settle(until: Callable[[Callable[[], Any], str], Any]) -> Callable[[Path], None]:
    """Wait until nothing is half done and every blob belongs to a row."""

    def wait(data: Path) -> None:
        found: list[str] = []

        def is_done() -> bool:
            found[:] = unfinished(data)
            return not found

        try:
            until(is_done, "all is done and every blob belongs to a row")
        except AssertionError as error:
            raise AssertionError("\n".join(found)) from error

    return wait


def environment(**changes: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CLOUD_CONTROLLER_")}
    return {**kept, **changes}


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[subprocess.Popen[str]] = []

    def start(*options: str, data: Path = tmp_path / "data", **variables: str) -> Running:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", "0", "--data", data, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(**variables),
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Listening on http://127.0.0.1:"), process.communicate(timeout=20)
        return Running(process, line.split()[-1])

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=30)
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., str]:
    """Run a `serve` that must fail; return its one line."""

    def run(*options: Any, **variables: str) -> str:
        given = options if "--data" in options else ("--data", tmp_path / "data", *options)
        ended = subprocess.run(
            [COMMAND, "serve", *map(str, given)],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment(**variables),
            check=False,
        )
        assert ended.returncode == 1, ended
        assert ended.stdout == ""
        assert ended.stderr.startswith("cloud-controller: ")
        assert ended.stderr.count("\n") == 1
        return ended.stderr

    return run


@pytest.fixture
def until() -> Callable[[Callable[[], Any], str], Any]:
    def wait(condition: Callable[[], Any], what: str) -> Any:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if found := condition():
                return found
            time.sleep(0.05)
        raise AssertionError(f"not within 30 s: {what}")

    return wait
