"""What becomes of a staging when its server is killed?"""

from __future__ import annotations

import io
import json
import os
import shutil
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Serve = Callable[..., Any]


def zipped(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, contents in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, contents)
    return buffer.getvalue()


def send(running: Any, method: str, path: str, part: str, data: bytes, token: str) -> Any:
    """Send a zip as a form with one part."""
    boundary = "limit-of-the-parts"
    head = (
        f"--{boundary}\r\nContent-Disposition: form-data;"
        f' name="{part}"; filename="a.zip"\r\nContent-Type: application/zip\r\n\r\n'
    )
    body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Authorization": f"bearer {token}",
    }
    request = urllib.request.Request(running.url + path, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())


def created(running: Any, path: str, body: dict[str, Any], token: str) -> str:
    status, answer = running.call("POST", path, body, token)
    assert status == 201, answer
    return str(answer.get("guid") or answer["metadata"]["guid"])


def related(kind: str, guid: str) -> dict[str, Any]:
    return {"relationships": {kind: {"data": {"guid": guid}}}}


def start_build(running: Any, token: str, until: Any, compile_script: str) -> str:
    """Install a buildpack, push a package and begin to stage it; return the build."""
    buildpack = created(running, "/v2/buildpacks", {"name": "slow"}, token)
    scripts = {
        "detect": "exit 0",
        "compile": compile_script,
        "release": "echo 'default_process_types: {web: serve}'",
    }
    data = zipped({f"bin/{name}": f"#!/bin/bash\n{body}\n" for name, body in scripts.items()})
    send(running, "PUT", f"/v2/buildpacks/{buildpack}/bits", "buildpack", data, token)
    organization = created(running, "/v3/organizations", {"name": "o"}, token)
    body = {"name": "s", **related("organization", organization)}
    space = created(running, "/v3/spaces", body, token)
    app = created(running, "/v3/apps", {"name": "a", **related("space", space)}, token)
    package = created(running, "/v3/packages", {"type": "bits", **related("app", app)}, token)
    data = zipped({"index.html": "hello"})
    send(running, "POST", f"/v3/packages/{package}/upload", "bits", data, token)

    def is_ready() -> bool:
        return bool(
            running.call("GET", f"/v3/packages/{package}", token=token)[1]["state"] == "READY"
        )

    until(is_ready, "the package is ready")
    return created(running, "/v3/builds", {"package": {"guid": package}}, token)


def processes_below(folder: Path, *, but: set[int]) -> list[str]:
    """The processes that were started with something of a directory, or are in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            told += (entry / "mountinfo").read_bytes() + os.fsencode((entry / "cwd").readlink())
        except OSError:
            continue
        if os.fsencode(folder) in told and int(entry.name) not in but:
            found.append(entry.name)
    return found


@pytest.mark.parametrize("way", ["sandboxed", "unsandboxed"])
def test_a_build_ends_although_its_server_was_killed(
    serve: Serve, until: Any, tmp_path: Path, way: str
) -> None:
    if shutil.which("bwrap") is None or shutil.which("prlimit") is None:
        pytest.skip("bubblewrap or prlimit is not installed")
    running = serve("--staging", way)
    build = start_build(running, running.token(), until, "sleep 1000")

    def is_running() -> bool:
        stagings = tmp_path / "data" / "staging" / build / "tmp" / "cache" / "final"
        return stagings.is_dir()

    until(is_running, "the staging runs")
    running.process.kill()
    running.process.wait()
    again = serve("--staging", way, "--staging-timeout", "2")
    token = again.token()

    def ended() -> Any:
        shown = again.call("GET", f"/v3/builds/{build}", token=token)[1]
        return shown if shown["state"] != "STAGING" else None

    shown = until(ended, "the build ends")
    assert shown["state"] == "FAILED"
    assert shown["error"] == "StagingTimeExpired - Staging time expired: staging failed"
    until(lambda: not list((tmp_path / "data" / "staging").iterdir()), "nothing is left")
    assert processes_below(tmp_path / "data" / "staging", but=set()) == []


def test_a_killed_staging_takes_its_processes_along(
    serve: Serve, until: Any, tmp_path: Path
) -> None:
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    running = serve()
    build = start_build(running, running.token(), until, "(setsid sleep 1000 &); sleep 1000")
    folder = tmp_path / "data" / "staging" / build
    until(lambda: len(processes_below(folder, but=set())) >= 3, "the scripts run")
    running.process.kill()
    running.process.wait()
    until(lambda: processes_below(folder, but=set()) == [], "the scripts are gone")


def test_a_stopped_server_leaves_no_staging_behind(
    serve: Serve, until: Any, tmp_path: Path
) -> None:
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    running = serve()
    build = start_build(running, running.token(), until, "sleep 1000")
    folder = tmp_path / "data" / "staging" / build
    until(lambda: len(processes_below(folder, but=set())) >= 3, "the scripts run")
    status, _, errors = running.end()
    assert (status, errors) == (0, "")
    assert processes_below(folder, but=set()) == []
    assert not folder.exists()
