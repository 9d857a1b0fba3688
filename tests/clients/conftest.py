from __future__ import annotations

import io
import re
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

START_SECONDS = 60
ADDRESS = re.compile(r"Listening on (http://\S+)")


class ServerProcess:
    """The installed `cloud-controller serve` on a free port, as an operator starts it."""

    def __init__(self, data: Path) -> None:
        command = Path(sys.executable).with_name("cloud-controller")
        arguments = [command, "serve", "--port", "0", "--data", data, "--strict"]
        self._process = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output: list[str] = []
        self._lines: Queue[str] = Queue()
        threading.Thread(target=self._drain, daemon=True).start()
        self.address = self._announced()

    def _drain(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.output.append(line)
            self._lines.put(line)
        self._lines.put("")

    def _announced(self) -> str:
        while True:
            try:
                line = self._lines.get(timeout=START_SECONDS)
            except Empty:
                line = ""
            if not line:
                self.stop()
                pytest.fail(f"the server did not start: {''.join(self.output)}")
            if match := ADDRESS.search(line):
                return match[1].rstrip("/")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("cloud-controller") / "data")
    yield process
    process.stop()


@pytest.fixture(scope="session")
def address(server: ServerProcess) -> str:
    """The base URL of a running reference server with user `admin`, password `admin`."""
    return server.address


def zipped(**files: bytes) -> bytes:
    """Return a zip archive; `__` in a name stands for a dot."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as archived:
        for name, content in files.items():
            archived.writestr(name.replace("__", "."), content)
    return archive.getvalue()


@pytest.fixture
def app_zip(tmp_path: Path) -> Path:
    path = tmp_path / "app.zip"
    path.write_bytes(zipped(index__html=b"<h1>hello</h1>", Procfile=b"web: serve"))
    return path


@pytest.fixture
def buildpack_zip(tmp_path: Path) -> Path:
    path = tmp_path / "ruby_buildpack-v1.zip"
    path.write_bytes(zipped(manifest__yml=b"language: ruby\n", detect=b"#!/bin/sh\n"))
    return path
