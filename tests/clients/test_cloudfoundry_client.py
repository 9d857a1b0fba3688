"""The client that Cloud Foundry's users install from PyPI, through the public port."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Any

import pytest
import requests
from cloudfoundry_client.client import CloudFoundryClient
from cloudfoundry_client.errors import InvalidStatusCode
from cloudfoundry_client.v3.packages import PackageType

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLLS = 600


@pytest.fixture
def client(address: str) -> CloudFoundryClient:
    logged_in = CloudFoundryClient(address, proxy={"http": "", "https": ""})
    logged_in.init_with_user_credentials("admin", "admin")
    return logged_in


@pytest.fixture
def apps(client: CloudFoundryClient) -> tuple[Any, Any]:
    """Two apps in a space of their own."""
    name = uuid.uuid4().hex[:12]
    organization = client.v3.organizations.create(f"org-{name}", suspended=False)
    space = client.v3.spaces.create(f"space-{name}", organization["guid"])

    def app(suffix: str) -> Any:
        body = {
            "name": f"app-{name}-{suffix}",
            "relationships": {"space": {"data": {"guid": space["guid"]}}},
        }
        return client.v3.apps._create(body)

    return app("a"), app("b")


def until(look: Callable[[], Any], state: str) -> Any:
    """Ask until the resource is in `state`; the number of questions is bounded."""
    seen = look()
    for _ in range(POLLS):
        if seen["state"] == state:
            return seen
        seen = look()
    pytest.fail(f"still {seen['state']} instead of {state}")


def test_a_wrong_password_is_refused(address: str) -> None:
    client = CloudFoundryClient(address)
    with pytest.raises(Exception, match="Bad credentials"):
        client.init_with_user_credentials("admin", "wrong")


def test_packages_are_created_uploaded_copied_and_deleted(
    client: CloudFoundryClient, apps: tuple[Any, Any], app_zip: Path
) -> None:
    packages = client.v3.packages
    source, destination = apps
    package = packages.create(source["guid"], PackageType.BITS, meta_labels={"tier": "web"})
    assert package["state"] == "AWAITING_UPLOAD"
    assert package["metadata"]["labels"] == {"tier": "web"}

    uploaded = packages._upload_bits(package["guid"], str(app_zip))
    assert uploaded["state"] in {"PROCESSING_UPLOAD", "READY"}
    ready = until(lambda: packages.get(package["guid"]), "READY")
    assert ready["data"]["checksum"]["type"] == "sha256"
    download = client.get(ready["links"]["download"]["href"])
    assert hashlib.sha256(download.content).hexdigest() == ready["data"]["checksum"]["value"]

    copied = packages.copy(package["guid"], destination["guid"])
    assert copied["guid"] != package["guid"]
    until(lambda: packages.get(copied["guid"]), "READY")
    found = {one["guid"] for one in packages.list(app_guids=[source["guid"], destination["guid"]])}
    assert found == {package["guid"], copied["guid"]}
    assert packages.get_first(guids=[copied["guid"]])["guid"] == copied["guid"]
    assert packages.len(app_guids=[source["guid"]]) == 1
    assert copied.app()["guid"] == destination["guid"]

    job = packages._remove(package["guid"])
    assert job is not None
    assert client.v3.jobs.wait_for_job_completion(job, step=0.01)["state"] == "COMPLETE"
    packages._remove(copied["guid"], asynchronous=False)
    with pytest.raises(InvalidStatusCode) as refused:
        packages.get(package["guid"])
    assert refused.value.body["errors"][0] == {
        "detail": "Package not found",
        "title": "CF-ResourceNotFound",
        "code": 10010,
    }


def test_all_pages_of_a_list_are_walked(client: CloudFoundryClient, apps: tuple[Any, Any]) -> None:
    app, _ = apps
    made = [client.v3.packages.create(app["guid"], PackageType.BITS)["guid"] for _ in range(5)]
    listed = client.v3.packages.list(app_guids=[app["guid"]], per_page=2)
    assert listed.total_results == 5
    assert [package["guid"] for package in listed] == made


def test_v2_buildpacks_are_created_updated_uploaded_and_deleted(
    client: CloudFoundryClient, buildpack_zip: Path
) -> None:
    buildpacks = client.v2.buildpacks
    name = f"bp_{uuid.uuid4().hex[:12]}"
    made = buildpacks._create({"name": name, "position": 1})
    guid = made["metadata"]["guid"]
    assert made["metadata"]["url"] == f"/v2/buildpacks/{guid}"
    assert made["entity"]["enabled"] is True

    changed = buildpacks.update(guid, {"enabled": False})
    assert changed["entity"]["enabled"] is False
    assert [one["metadata"]["guid"] for one in buildpacks.list(name=name)] == [guid]
    assert guid in {one["metadata"]["guid"] for one in buildpacks.list(**{"results-per-page": 1})}

    url = f"{client.info.api_endpoint}/v2/buildpacks/{guid}/bits"
    for status in (201, 204):
        with buildpack_zip.open("rb") as file:
            answer = client.put(url, files={"buildpack": (buildpack_zip.name, file)})
        assert answer.status_code == status
    assert buildpacks.get(guid)["entity"]["filename"] == buildpack_zip.name

    buildpacks._remove(guid)
    with pytest.raises(InvalidStatusCode) as refused:
        buildpacks.get(guid)
    assert refused.value.body["error_code"] == "CF-NotFound"


def test_a_v2_buildpack_is_deleted_by_a_job(client: CloudFoundryClient) -> None:
    made = client.v2.buildpacks._create({"name": f"bp_{uuid.uuid4().hex[:12]}"})
    url = f"{client.info.api_endpoint}/v2/buildpacks/{made['metadata']['guid']}?async=true"
    job = client.delete(url).json()
    assert job["entity"]["status"] == "queued"
    for _ in range(POLLS):
        if client.v2.jobs.get(job["metadata"]["guid"])["entity"]["status"] == "finished":
            break
    else:
        pytest.fail("the job did not finish")
    with pytest.raises(InvalidStatusCode):
        client.v2.buildpacks.get(made["metadata"]["guid"])


def test_a_refreshed_login_goes_on(address: str) -> None:
    first = CloudFoundryClient(address)
    first.init_with_user_credentials("admin", "admin")
    second = CloudFoundryClient(address)
    second.init_with_token(first.refresh_token)
    assert second.v3.organizations.list().total_results >= 0


def test_nobody_gets_in_without_a_token(address: str) -> None:
    refused = requests.get(f"{address}/v3/packages", timeout=30)
    assert refused.status_code == 401
    assert refused.json()["errors"][0]["title"] == "CF-NotAuthenticated"
