"""Does what was begun with droplets and builds go on after the server died?"""

from __future__ import annotations

import io
import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from cloud_controller import app as composition
from cloud_controller.settings import Settings
from cloud_controller.store import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

API = "https://api.example.local"


@pytest.fixture
def life(cloud: Any, tmp_path: Any) -> Callable[..., AbstractContextManager[Any]]:
    """Servers that live one after another on the same data."""

    @contextmanager
    def begin(**options: Any) -> Iterator[Any]:
        settings = Settings(data=tmp_path / "data", external_url=API, strict=True, **options)
        server = composition.create(settings)
        with TestClient(server, base_url=API) as http:
            yield type(cloud)(server, http)

    return begin


def archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("./app"))
    return buffer.getvalue()


def upload(cloud: Any, app: str, data: bytes) -> tuple[str, Any]:
    guid = cloud.create("droplets", cloud.related("app", app))
    form = {"bits": ("d.tgz", data)}
    return guid, cloud.admin.post(f"/v3/droplets/{guid}/upload", files=form)


def settled(cloud: Any, path: str) -> Any:
    def ended() -> Any:
        found = cloud.admin.get(path).json()
        transient = found["state"] in ("STAGING", "COPYING", "PROCESSING_UPLOAD")
        return None if transient else found

    return cloud.eventually(ended)


def test_uploads_and_copies_that_were_accepted_end_after_a_restart(life: Any) -> None:
    data = archive()
    with life() as first:
        space = first.place().space
        app, other = first.app(space), first.app(space)
        source, answer = upload(first, app, data)
        first.job(answer)
    with life(job_delay=3600) as slow:
        late, answer = upload(slow, app, data)
        assert answer.json()["state"] == "PROCESSING_UPLOAD"
        path = f"/v3/droplets?source_guid={source}"
        copy = slow.admin.post(path, json=slow.related("app", other)).json()
        assert copy["state"] == "COPYING"
    with life() as last:
        for guid in (source, late, copy["guid"]):
            assert settled(last, f"/v3/droplets/{guid}")["state"] == "STAGED"
            assert last.admin.get(f"/v3/droplets/{guid}/download").content == data


def test_bits_that_belong_to_no_droplet_are_swept_away(life: Any) -> None:
    data = archive()
    with life() as first:
        kept, answer = upload(first, first.place().app, data)
        first.job(answer)
        folder = first.server.settings.data / "blobs"
        (stored,) = [path for path in (folder / "droplets").rglob("*") if path.is_file()]
        orphan = stored.with_name(f"{stored.name}-orphan")
        orphan.write_bytes(b"1")
    with life() as second:
        assert not orphan.exists()
        assert second.admin.get(f"/v3/droplets/{kept}/download").content == data


def test_a_build_that_was_staging_ends_after_a_restart(life: Any) -> None:
    with life(job_delay=3600) as slow:
        app = slow.place().app
        package = slow.package(app)
        slow.write(lambda t: t.set_columns(PACKAGES, package, state="READY"))
        build = slow.create("builds", {"package": {"guid": package}})
    with life() as last:
        ended = settled(last, f"/v3/builds/{build}")
        assert ended["state"] == "FAILED"
        droplet = last.admin.get(f"/v3/droplets/{ended['droplet']['guid']}").json()
        assert (droplet["state"], droplet["error"]) == ("FAILED", ended["error"])
        assert last.admin.post("/v3/builds", json={"package": {"guid": package}}).is_success
