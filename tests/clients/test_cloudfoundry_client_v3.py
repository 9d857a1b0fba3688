"""Do apps, buildpacks, builds, droplets and their neighbours work with the client from PyPI?"""

from __future__ import annotations

import hashlib
import io
import tarfile
import uuid
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from cloudfoundry_client.client import CloudFoundryClient
from cloudfoundry_client.errors import InvalidStatusCode
from cloudfoundry_client.v3.packages import PackageType

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLLS = 3000
SCRIPTS = {
    "bin/detect": b"#!/bin/sh\necho 'made in a test'\n",
    "bin/compile": b"#!/bin/sh\necho compiling\n",
    "bin/release": b"#!/bin/sh\nprintf 'default_process_types:\\n  web: run\\n  worker: work\\n'\n",
}


@pytest.fixture
def client(address: str) -> CloudFoundryClient:
    logged_in = CloudFoundryClient(address, proxy={"http": "", "https": ""})
    logged_in.init_with_user_credentials("admin", "admin")
    return logged_in


@pytest.fixture
def space(client: CloudFoundryClient) -> Any:
    name = uuid.uuid4().hex[:12]
    organization = client.v3.organizations.create(f"org-{name}", suspended=False)
    return client.v3.spaces.create(f"space-{name}", organization["guid"])


@pytest.fixture
def app(client: CloudFoundryClient, space: Any) -> Any:
    related = {"space": {"data": {"guid": space["guid"]}}}
    return client.v3.apps._create({"name": uuid.uuid4().hex, "relationships": related})


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    path = tmp_path / "made.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in SCRIPTS.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, text)
    return path


def until(look: Callable[[], Any], *states: str) -> Any:
    """Ask until the resource is in one of the states; the number of questions is bounded."""
    for _ in range(POLLS):
        seen = look()
        if seen["state"] in states:
            return seen
    pytest.fail(f"still {seen['state']}")


def test_buildpacks_are_created_uploaded_moved_and_deleted(
    client: CloudFoundryClient, scripts: Path
) -> None:
    buildpacks = client.v3.buildpacks
    name = f"bp_{uuid.uuid4().hex[:12]}"
    made = buildpacks.create(name, position=1, meta_labels={"kind": "test"})
    assert made["state"] == "AWAITING_UPLOAD"
    ready = buildpacks.upload(made["guid"], str(scripts))
    assert ready["state"] == "READY"
    assert ready["filename"] == scripts.name
    assert [one["guid"] for one in buildpacks.list(label_selector="kind=test", names=[name])] == [
        made["guid"]
    ]
    moved = buildpacks.update(made["guid"], f"{name}-b", position=10_000, locked=True)
    assert moved["locked"] is True
    assert moved["position"] == max(one["position"] for one in buildpacks.list())
    with pytest.raises(InvalidStatusCode, match="Buildpack is locked"):
        buildpacks.upload(made["guid"], str(scripts))
    assert client.v2.buildpacks.get(made["guid"])["entity"]["name"] == f"{name}-b"
    buildpacks.remove(made["guid"], asynchronous=False)
    with pytest.raises(InvalidStatusCode, match="Buildpack not found"):
        buildpacks.get(made["guid"])


@pytest.fixture
def buildpack(client: CloudFoundryClient, scripts: Path) -> str:
    name = f"bp_{uuid.uuid4().hex[:12]}"
    made = client.v3.buildpacks.create(name, position=1)
    client.v3.buildpacks.upload(made["guid"], str(scripts))
    return name


def test_an_app_is_staged_and_its_droplet_assigned_copied_and_downloaded(
    client: CloudFoundryClient, app: Any, space: Any, app_zip: Path, buildpack: str
) -> None:
    package = client.v3.packages.create(app["guid"], PackageType.BITS)
    client.v3.packages._upload_bits(package["guid"], str(app_zip))
    until(lambda: client.v3.packages.get(package["guid"]), "READY")
    endpoint = f"{client.info.api_endpoint}/v3"
    body = {
        "package": {"guid": package["guid"]},
        "lifecycle": {"type": "buildpack", "data": {"buildpacks": [buildpack], "stack": None}},
    }
    build = client.post(f"{endpoint}/builds", json=body).json()
    assert build["state"] == "STAGING"
    built = until(
        lambda: client.get(f"{endpoint}/builds/{build['guid']}").json(), "STAGED", "FAILED"
    )
    assert built["error"] is None

    droplet = client.v3.droplets.get(built["droplet"]["guid"])
    assert droplet["process_types"] == {"web": "serve", "worker": "work"}
    assert [one["name"] for one in droplet["buildpacks"]] == [buildpack]
    bits = client.get(droplet["links"]["download"]["href"]).content
    assert hashlib.sha256(bits).hexdigest() == droplet["checksum"]["value"]
    listed = list(client.v3.apps.list_droplets(app["guid"]))
    assert [one["guid"] for one in listed] == [droplet["guid"]]
    assert "serve" not in str(listed[0]["process_types"])
    assert [one["guid"] for one in client.v3.packages.list_droplets(package["guid"])] == [
        droplet["guid"]
    ]

    path = f"{endpoint}/apps/{app['guid']}/relationships/current_droplet"
    client.patch(path, json={"data": {"guid": droplet["guid"]}})
    types = {one["type"] for one in client.v3.processes.list(app_guids=[app["guid"]])}
    assert types == {"web", "worker"}
    assert client.v3.apps.restart(app["guid"])["state"] == "STARTED"
    with pytest.raises(InvalidStatusCode, match="currently used by app"):
        client.v3.droplets.remove(droplet["guid"])

    related = {"space": {"data": {"guid": space["guid"]}}}
    other = client.v3.apps._create({"name": uuid.uuid4().hex, "relationships": related})
    copied = client.v3.droplets.copy(droplet["guid"], other["guid"])
    staged = until(lambda: client.v3.droplets.get(copied["guid"]), "STAGED", "FAILED")
    assert staged["checksum"] == droplet["checksum"]
    client.v3.apps.remove(app["guid"], asynchronous=False)
    with pytest.raises(InvalidStatusCode, match="Droplet not found"):
        client.v3.droplets.get(droplet["guid"])


def test_a_droplet_is_made_uploaded_and_labelled(
    client: CloudFoundryClient, app: Any, tmp_path: Path
) -> None:
    droplet = client.v3.droplets.create(app["guid"], process_types={"web": "run"})
    assert droplet["state"] == "AWAITING_UPLOAD"
    tarball = tmp_path / "droplet.tgz"
    tarball.write_bytes(_tarball())
    uploaded = client.v3.droplets._upload_bits(droplet["guid"], str(tarball))
    client.v3.jobs.wait_for_job_completion(uploaded.job()["guid"], step=0.01)
    assert client.v3.droplets.get(droplet["guid"])["state"] == "STAGED"
    labelled = client.v3.droplets.update(droplet["guid"], meta_labels={"a": "b"})
    assert labelled["metadata"]["labels"] == {"a": "b"}


def _tarball() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("app/file"))
    return buffer.getvalue()


def test_environment_manifest_and_routes_of_an_app(client: CloudFoundryClient, app: Any) -> None:
    path = f"{client.info.api_endpoint}/v3/apps/{app['guid']}/environment_variables"
    client.patch(path, json={"var": {"A": "b"}})
    assert client.v3.apps.get_env(app["guid"])["environment_variables"] == {"A": "b"}
    assert app["name"] in client.v3.apps.get_manifest(app["guid"])
    assert list(client.v3.apps.list_routes(app["guid"])) == []
    assert list(client.v3.apps.list_revisions(app["guid"])) == []
    assert app.space()["guid"] == app["relationships"]["space"]["data"]["guid"]


def test_users_and_roles(client: CloudFoundryClient, space: Any) -> None:
    guid = str(uuid.uuid4())
    user = client.v3.users.create(guid)
    assert user["guid"] == guid
    organization = space["relationships"]["organization"]["data"]["guid"]

    def role(kind: str, place: str, guid_of_place: str) -> Any:
        related = {"user": {"data": {"guid": guid}}, place: {"data": {"guid": guid_of_place}}}
        return client.v3.roles._create({"type": kind, "relationships": related})

    role("organization_user", "organization", organization)
    made = role("space_developer", "space", space["guid"])
    found = {one["type"] for one in client.v3.roles.list(user_guids=[guid])}
    assert found == {"organization_user", "space_developer"}
    client.v3.roles.remove(made["guid"], asynchronous=False)
    assert client.v3.roles.list(user_guids=[guid]).total_results == 1


def test_stacks_flags_events_domains_and_quotas(client: CloudFoundryClient, app: Any) -> None:
    assert "cflinuxfs4" in {stack["name"] for stack in client.v3.stacks.list()}
    flag = client.v3.feature_flags.get("diego_docker")
    assert client.v3.feature_flags.update(flag["name"], flag["enabled"])["name"] == flag["name"]
    events = list(client.v3.audit_events.list(target_guids=[app["guid"]]))
    assert [event["type"] for event in events] == ["audit.app.create"]
    assert client.v3.domains.list().total_results >= 1
    assert client.v3.organization_quotas.list().total_results >= 1
    assert client.v3.isolation_segments.list().total_results == 0
