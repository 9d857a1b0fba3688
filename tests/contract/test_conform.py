"""Does `specfoundry conform` tell a server that keeps the contract from one that does not, over HTTP?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from cloud_controller import app as reference
from cloud_controller.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

LOGIN = ("--user", "admin", "--client", "cf:")
BRIEFLY = ("--only", "order", "--only", "merge-patch", "--only", "deletion")


def _conform(
    *arguments: str, report: Path, password: str = "admin"
) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("specfoundry")), "conform", *arguments]
    return subprocess.run(
        [*command, "--spec", "capi:openapi.json", "--report", str(report)],
        input=f"{password}\n",
        capture_output=True,
        text=True,
        cwd=report.parent,
        env={**os.environ, "COLUMNS": "200"},
        check=False,
    )


def _everything(admin: httpx2.Client) -> dict[str, Any]:
    kinds = ("organizations", "spaces", "apps", "packages", "buildpacks", "stacks", "domains")
    lists = (*kinds, "routes", "roles", "users")
    return {name: admin.get(f"/v3/{name}?per_page=1000").json()["resources"] for name in lists}


def test_the_reference_keeps_the_contract_and_is_left_as_it_was(
    server: str, admin: httpx2.Client, tmp_path: Path
) -> None:
    theirs = admin.post("/v3/organizations", json={"name": "theirs"}).json()["guid"]
    before = _everything(admin)

    done = _conform(server, *LOGIN, *BRIEFLY, report=tmp_path / "report")

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^0 findings, 0 errors in \d{3,} requests", done.stdout, re.MULTILINE)
    assert _everything(admin) == before
    assert admin.get(f"/v3/organizations/{theirs}").status_code == 200
    assert json.loads((tmp_path / "report" / "report.json").read_text())["findings"] == []


def test_a_run_that_only_reads_sends_nothing_else(
    server: str, admin: httpx2.Client, tmp_path: Path
) -> None:
    before = admin.get("/v3/audit_events").json()["pagination"]["total_results"]

    done = _conform(server, *LOGIN, "--read-only", *BRIEFLY, report=tmp_path / "report")

    assert done.returncode == 0, done.stdout + done.stderr
    assert admin.get("/v3/audit_events").json()["pagination"]["total_results"] == before
    assert (
        "createOrganization: not called, or not with everything: the run is read-only"
        in done.stdout
    )


class Unordered:
    """The reference server, broken: it does not look at `order_by`."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            query = re.sub(rb"(^|&)order_by=[^&]*", b"", scope["query_string"])
            scope = {**scope, "query_string": query}
        await self._application(scope, receive, send)


@contextmanager
def _serving(application: Any) -> Iterator[str]:
    config = uvicorn.Config(application, port=0, log_level="error", lifespan="on")
    ready = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            ready.set()

    running = Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        assert ready.wait(60)
        port = running.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join()


def test_a_broken_reference_is_told_with_what_shows_it(tmp_path: Path) -> None:
    application = Unordered(reference.create(Settings(data=tmp_path / "data")))
    with _serving(application) as url:
        done = _conform(url, *LOGIN, "--only", "order", report=tmp_path / "report")

    assert done.returncode == 1
    assert "GET /v3/organizations" in done.stdout
    assert "order_by=-name" in done.stdout
    assert "curl" in done.stdout
    assert "authorization: …" in done.stdout.lower()
    assert "eyJ" not in done.stdout
    findings = json.loads((tmp_path / "report" / "report.json").read_text())["findings"]
    assert {one["check"] for one in findings} == {"order"}
    scripts = [tmp_path / "report" / one["trial"] for one in findings]
    assert all(json.loads(path.read_text())["script"] == 1 for path in scripts)


def test_recorded_traffic_is_judged_without_a_server(tmp_path: Path) -> None:
    answer = {"status": 200, "headers": [], "content": {"mimeType": "application/json"}}
    entry = {"request": {"method": "GET", "url": "https://api.example.com/v3/info", "headers": []}}
    answer["content"] |= {"text": '{"build": 1}'}
    recording = tmp_path / "recorded.har"
    recording.write_text(json.dumps({"log": {"entries": [{**entry, "response": answer}]}}))

    done = _conform("--har", str(recording), report=tmp_path / "report")

    assert done.returncode == 1
    assert "GET /v3/info" in done.stdout
    assert "Entry 1" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "password", "reason"),
    [
        (LOGIN, "wrong", "login failed"),
        ((*LOGIN, "--only", "luck"), "admin", "there is no check 'luck', only "),
        ((*LOGIN, "--operation", "listLuck"), "admin", "the document has no operation 'listLuck'"),
        ((*LOGIN, "--reference", "getSpace"), "admin", "is not NAME=VALUE"),
        ((*LOGIN, "--har", "missing.har"), "admin", "missing.har"),
    ],
)
def test_a_wrong_call_is_refused_with_the_reason(
    server: str, tmp_path: Path, arguments: tuple[str, ...], password: str, reason: str
) -> None:
    done = _conform(server, *arguments, report=tmp_path / "report", password=password)

    assert done.returncode == 1
    assert reason in done.stderr
    assert password not in done.stderr.replace("admin", "") or password == "admin"
    assert "Traceback" not in done.stderr


def test_an_address_where_nobody_listens_is_told(tmp_path: Path) -> None:
    done = _conform("http://127.0.0.1:1", *LOGIN, report=tmp_path / "report")

    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
