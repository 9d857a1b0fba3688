"""The generated client against the reference server, through the public port."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import anyio
import pytest

from capi import models
from capi.client import AsyncClient, Client, JobFailed, OAuth2, Upload
from capi.operations.errors import V2NotFound, V3NotFound, V3UnprocessableEntity
from capi.operations.v2_buildpacks import DeleteV2Buildpack202, UploadV2BuildpackBits204

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POLLS = 600


def login(address: str) -> OAuth2:
    return OAuth2.password(f"{address}/oauth/token", "admin", "admin", client_id="cf")


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address, auth=login(address)) as opened:
        yield opened


def unique(prefix: str) -> str:
    return f"{prefix}_{uuid.uuid4().hex[:12]}"


def to(guid: str) -> dict[str, object]:
    return {"data": {"guid": guid}}


def space_body(organization: str) -> models.SpaceCreate:
    body = {"name": unique("space"), "relationships": {"organization": to(organization)}}
    return models.SpaceCreate.model_validate(body)


def app_body(space: str) -> models.AppCreate:
    body = {"name": unique("app"), "relationships": {"space": to(space)}}
    return models.AppCreate.model_validate(body)


def bits_body(app: str) -> models.BitsPackageCreate:
    body = {"type": "bits", "relationships": {"app": to(app)}}
    return models.BitsPackageCreate.model_validate(body)


def copy_body(app: str) -> models.PackageCopy:
    return models.PackageCopy.model_validate({"relationships": {"app": to(app)}})


@pytest.fixture
def app(client: Client) -> models.App:
    organization = client.organizations.create_organization(
        models.OrganizationCreate(name=unique("org"))
    )
    space = client.spaces.create_space(space_body(organization.guid))
    return client.apps.create_app(app_body(space.guid))


def ready(client: Client, guid: str) -> models.Package:
    for _ in range(POLLS):
        package = client.packages.get_package(guid)
        if package.state == "READY":
            return package
    pytest.fail(f"package {guid} is still {package.state}")


def test_a_package_goes_from_creation_to_deletion(
    client: Client, app: models.App, app_zip: Path, tmp_path: Path
) -> None:
    package = client.packages.create_package(bits_body(app.guid))
    assert package.state == "AWAITING_UPLOAD"
    reported: list[tuple[int, int | None]] = []
    client.packages.upload_package(
        package.guid, bits=app_zip, progress=lambda sent, total: reported.append((sent, total))
    )
    assert reported[-1][0] == reported[-1][1]
    ready(client, package.guid)

    with client.packages.download_package(package.guid) as bits:
        bits.save(tmp_path / "copy.zip")
    whole = (tmp_path / "copy.zip").read_bytes()
    assert whole.startswith(b"PK")
    with client.packages.download_package(package.guid, range="bytes=2-5") as part:
        assert part.status == 206
        assert part.read() == whole[2:6]

    other = client.apps.create_app(app_body(app.relationships.space.data.guid))
    copied = client.packages.create_package(copy_body(other.guid), source_guid=package.guid)
    assert ready(client, copied.guid).type == "bits"

    job = client.wait(client.packages.delete_package(package.guid))
    assert job.operation == "package.delete"
    assert job.state == "COMPLETE"
    with pytest.raises(V3NotFound) as gone:
        client.packages.get_package(package.guid)
    assert gone.value.body.errors[0].detail == "Package not found"


def test_a_build_is_waited_for_and_tells_why_it_failed(
    client: Client, app: models.App, app_zip: Path
) -> None:
    package = client.packages.create_package(bits_body(app.guid))
    client.packages.upload_package(package.guid, bits=app_zip)
    ready(client, package.guid)
    wanted = {"package": {"guid": package.guid}}

    with pytest.raises(JobFailed, match=r"state FAILED: \w+ - ") as failed:
        client.wait(client.builds.create_build(models.BuildCreate.model_validate(wanted)))

    assert failed.value.state == "FAILED"


def test_lists_are_walked_page_by_page(client: Client, app: models.App) -> None:
    made = [client.packages.create_package(bits_body(app.guid)).guid for _ in range(5)]
    walked = client.packages.iter_list_packages(app_guids=(app.guid,), per_page=2)
    assert [package.guid for package in walked] == made
    for_app = client.packages.iter_list_packages_for_app(app.guid, per_page=3)
    assert [package.guid for package in for_app] == made
    page = client.packages.list_packages(app_guids=(app.guid,), per_page=2, page=2)
    assert [package.guid for package in page.resources] == made[2:4]
    assert page.pagination.total_results == 5


def test_a_name_with_commas_and_percent_signs_is_found(client: Client, app: models.App) -> None:
    space = app.relationships.space.data.guid
    hostile = [f"{unique('a')}, b%2Cc", f" {unique('ü')} & x=y+z"]
    for name in hostile:
        body = {"name": name, "relationships": {"space": to(space)}}
        client.apps.create_app(models.AppCreate.model_validate(body))
    found = client.apps.list_apps(names=tuple(hostile), space_guids=(space,))
    assert sorted(one.name for one in found.resources) == sorted(hostile)


def test_a_refused_body_tells_the_code_of_the_api(client: Client) -> None:
    with pytest.raises(V3UnprocessableEntity) as refused:
        client.packages.create_package(bits_body("no-such-app"))
    assert refused.value.body.errors[0].code == 10008


def test_a_v2_buildpack_goes_from_creation_to_deletion(client: Client, buildpack_zip: Path) -> None:
    buildpacks = client.v2_buildpacks
    name = unique("bp")
    made = buildpacks.create_v2_buildpack(models.V2BuildpackCreate(name=name)).body
    guid = made.metadata.guid
    changed = buildpacks.update_v2_buildpack(guid, models.V2BuildpackUpdate(enabled=False))
    assert changed.entity.enabled is False
    walked = {one.metadata.guid for one in buildpacks.iter_list_v2_buildpacks(results_per_page=1)}
    assert guid in walked
    stored = buildpacks.upload_v2_buildpack_bits(guid, buildpack=buildpack_zip)
    assert not isinstance(stored, UploadV2BuildpackBits204)
    assert stored.body.entity.filename == buildpack_zip.name
    content = Upload(buildpack_zip.read_bytes(), buildpack_zip.name)
    again = buildpacks.upload_v2_buildpack_bits(guid, buildpack=content)
    assert isinstance(again, UploadV2BuildpackBits204)

    answer = buildpacks.delete_v2_buildpack(guid, async_="true")
    assert isinstance(answer, DeleteV2Buildpack202)
    for _ in range(POLLS):
        if client.v2_jobs.get_v2_job(answer.body.metadata.guid).entity.status == "finished":
            break
    with pytest.raises(V2NotFound):
        buildpacks.get_v2_buildpack(guid)


def test_the_token_endpoint_is_typed_too(client: Client) -> None:
    assert client.root.get_root().links.cloud_controller_v3
    assert client.info.get_v2_info().token_endpoint
    assert client.tokens.get_token_keys().keys


def test_the_same_story_runs_asynchronously(address: str, app_zip: Path, tmp_path: Path) -> None:
    async def story() -> None:
        async with AsyncClient(address, auth=login(address)) as client:
            organization = await client.organizations.create_organization(
                models.OrganizationCreate(name=unique("org"))
            )
            space = await client.spaces.create_space(space_body(organization.guid))
            app = await client.apps.create_app(app_body(space.guid))
            made: list[str] = []

            async def create() -> None:
                made.append((await client.packages.create_package(bits_body(app.guid))).guid)

            async with anyio.create_task_group() as tasks:
                for _ in range(5):
                    tasks.start_soon(create)
            walked = client.packages.iter_list_packages(app_guids=(app.guid,), per_page=2)
            assert {package.guid async for package in walked} == set(made)

            guid = made[0]
            await client.packages.upload_package(guid, bits=app_zip)
            for _ in range(POLLS):
                if (await client.packages.get_package(guid)).state == "READY":
                    break
            async with await client.packages.download_package(guid) as bits:
                await bits.save(tmp_path / "copy.zip")
            assert (tmp_path / "copy.zip").read_bytes().startswith(b"PK")

            job = await client.wait(await client.packages.delete_package(guid))
            assert job.state == "COMPLETE"
            with pytest.raises(V3NotFound):
                await client.packages.get_package(guid)
            removed = await client.organizations.delete_organization(organization.guid)
            assert (await client.wait(removed)).operation == "organization.delete"

    anyio.run(story)
