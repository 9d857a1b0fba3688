"""What becomes of writes and uploads while the disk is full, and when there is room again?"""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

if TYPE_CHECKING:
    from pathlib import Path

Serve = Callable[..., Any]


def limit(process: int, most: int) -> None:
    """Let a process write no file beyond so many bytes, which is what a full disk does to it."""
    resource.prlimit(process, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("run", "x" * 100_000)
    return packed.getvalue()


def created(http: httpx2.Client, kind: str, **body: Any) -> str:
    return str(http.post(f"/v3/{kind}", json=body).raise_for_status().json()["guid"])


def to(guid: str) -> dict[str, Any]:
    return {"data": {"guid": guid}}


@pytest.fixture
def crowded(serve: Serve) -> Any:
    running = serve()
    headers = {"Authorization": f"bearer {running.token()}"}
    with httpx2.Client(base_url=running.url, headers=headers, timeout=20) as http:
        yield http, running.process.pid


def refusal(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["title"]


def test_a_write_is_refused_and_nothing_of_it_stays(crowded: Any) -> None:
    http, process = crowded
    limit(process, 0)

    assert refusal(http.post("/v3/organizations", json={"name": "acme"})) == (
        503,
        "CF-ServiceUnavailable",
    )
    assert http.get("/v3/organizations").json()["pagination"]["total_results"] == 0

    limit(process, resource.RLIM_INFINITY)
    assert http.post("/v3/organizations", json={"name": "acme"}).status_code == 201


def test_an_upload_is_refused_and_may_be_tried_again(
    crowded: Any, tmp_path: Path, settle: Callable[[Path], None]
) -> None:
    http, process = crowded
    organization = created(http, "organizations", name="acme")
    space = created(http, "spaces", name="dev", relationships={"organization": to(organization)})
    app = created(http, "apps", name="shop", relationships={"space": to(space)})
    package = created(http, "packages", type="bits", relationships={"app": to(app)})

    def upload() -> httpx2.Response:
        files = {"bits": ("bits.zip", archive(), "application/zip")}
        return http.post(f"/v3/packages/{package}/upload", files=files)

    limit(process, 0)
    assert refusal(upload()) == (502, "CF-BlobstoreUnavailable")
    limit(process, resource.RLIM_INFINITY)

    assert http.get(f"/v3/packages/{package}").json()["state"] == "AWAITING_UPLOAD"
    assert upload().status_code == 200
    settle(tmp_path / "data")
    assert http.get(f"/v3/packages/{package}").json()["state"] == "READY"
