"""Do droplets come in, get copied, shown and removed as section 5.5 of the behaviour document says?"""

from __future__ import annotations

import hashlib
import io
import tarfile
from typing import Any

import pytest

from cloud_controller.store import APPS
from cloud_controller.store.entities import DROPLETS

API = "https://api.example.local"
HIDDEN = "[PRIVATE DATA HIDDEN]"
HIDDEN_IN_LISTS = "[PRIVATE DATA HIDDEN IN LISTS]"
READERS = ("space_manager", "space_auditor", "space_supporter", "org_manager")


def archive(text: str = "hello") -> bytes:
    """A droplet's bits."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        entry = tarfile.TarInfo("./app/a")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def created(cloud: Any, app: str, **members: Any) -> Any:
    answer = cloud.admin.post("/v3/droplets", json={**cloud.related("app", app), **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def upload(caller: Any, guid: str, data: bytes, name: str = "d.tgz") -> Any:
    return caller.post(f"/v3/droplets/{guid}/upload", files={"bits": (name, data)})


def staged(cloud: Any, app: str, data: bytes | None = None, **members: Any) -> Any:
    """A droplet with bits."""
    guid = created(cloud, app, **members)["guid"]
    job = cloud.job(upload(cloud.admin, guid, archive() if data is None else data))
    assert job["state"] == "COMPLETE", job
    return cloud.admin.get(f"/v3/droplets/{guid}").json()


def copied(cloud: Any, source: str, app: str) -> Any:
    path = f"/v3/droplets?source_guid={source}"
    return cloud.admin.post(path, json=cloud.related("app", app))


def make_current(cloud: Any, app: str, droplet: str) -> None:
    answer = cloud.admin.patch(
        f"/v3/apps/{app}/relationships/current_droplet", json={"data": {"guid": droplet}}
    )
    assert answer.status_code == 200, answer.text


def test_a_new_droplet_awaits_its_bits(cloud: Any, place: Any) -> None:
    droplet = created(cloud, place.app)
    path = f"{API}/v3/droplets/{droplet['guid']}"

    assert list(droplet) == [
        *("guid", "created_at", "updated_at", "state", "error", "lifecycle", "checksum"),
        *("buildpacks", "stack", "image", "execution_metadata", "process_types"),
        *("relationships", "metadata", "links"),
    ]
    assert droplet["state"] == "AWAITING_UPLOAD"
    assert droplet["lifecycle"] == {"type": "buildpack", "data": {}}
    assert droplet["checksum"] is None
    assert droplet["error"] is None
    assert droplet["buildpacks"] == []
    assert droplet["image"] is None
    assert droplet["execution_metadata"] == ""
    assert droplet["process_types"] == {"web": ""}
    assert droplet["links"] == {
        "self": {"href": path},
        "app": {"href": f"{API}/v3/apps/{place.app}"},
        "assign_current_droplet": {
            "href": f"{API}/v3/apps/{place.app}/relationships/current_droplet",
            "method": "PATCH",
        },
        "upload": {"href": f"{path}/upload", "method": "POST"},
    }
    assert cloud.admin.get(f"/v3/droplets/{droplet['guid']}").json() == droplet


def test_an_upload_ends_staged_with_its_checksum_and_can_be_downloaded(
    cloud: Any, place: Any
) -> None:
    guid = created(cloud, place.app, process_types={"web": "run"})["guid"]
    data = archive()
    answer = upload(cloud.admin, guid, data)

    assert answer.status_code == 202
    assert answer.json()["state"] == "PROCESSING_UPLOAD"
    job = cloud.job(answer)
    assert (job["operation"], job["state"]) == ("droplet.upload", "COMPLETE")
    assert job["links"]["droplet"]["href"] == f"{API}/v3/droplets/{guid}"
    droplet = cloud.admin.get(f"/v3/droplets/{guid}").json()
    assert droplet["state"] == "STAGED"
    assert droplet["checksum"] == {"type": "sha256", "value": hashlib.sha256(data).hexdigest()}
    assert droplet["process_types"] == {"web": "run"}
    assert "upload" not in droplet["links"]
    assert droplet["links"]["download"] == {"href": f"{API}/v3/droplets/{guid}/download"}
    download = cloud.admin.get(f"/v3/droplets/{guid}/download")
    assert download.content == data
    assert f"droplet_{guid}.tgz" in download.headers["content-disposition"]
    part = cloud.admin.get(f"/v3/droplets/{guid}/download", headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.content) == (206, data[2:5])


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "A droplet tgz file must be uploaded as 'bits'"),
        ({"files": {"x": ("a.tgz", b"1")}}, "Unknown field(s): 'x', A droplet tgz file must be"),
        ({"files": {"bits": ("a.zip", b"1")}}, "a.zip is not a tgz"),
        ({"files": {"bits": ("a.tgz", b"")}}, "a.tgz cannot be empty"),
        ({"files": {"bits": ("a", b"")}}, "a is not a tgz, a cannot be empty"),
    ],
)
def test_the_form_is_checked_before_the_droplet_is_looked_up(
    cloud: Any, form: Any, error: str
) -> None:
    answer = cloud.admin.post("/v3/droplets/missing/upload", **form)

    assert cloud.detail(answer).startswith(f"422 10008 Uploaded droplet file is invalid: {error}")


def test_a_good_form_for_no_droplet_is_404(cloud: Any) -> None:
    assert cloud.detail(upload(cloud.admin, "missing", archive(), "a.tar.gz")) == (
        "404 10010 Droplet not found"
    )


def test_bits_of_a_droplet_are_taken_once(cloud: Any, place: Any) -> None:
    guid = staged(cloud, place.app)["guid"]

    assert cloud.detail(upload(cloud.admin, guid, archive())) == (
        "422 10008 Droplet may be uploaded only once. Create a new droplet to upload bits."
    )


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"x": 1}, "Unknown field(s): 'x'"),
        ({"relationships": None}, "Relationships 'relationships' is not an object"),
        ({"process_types": None}, "Process types must be an object"),
        ({"process_types": "web"}, "Process types must be an object"),
        ({"process_types": {"": "a"}}, "Process types key must not be empty"),
        ({"process_types": {"web": 5}}, "Process types value must be a string"),
        (
            {"relationships": {"app": {"data": {"guid": "nope"}}}},
            'App with guid "nope" does not exist, or you do not have access to it.',
        ),
    ],
)
def test_a_droplet_to_create_gets_the_documented_text(
    cloud: Any, place: Any, members: Any, error: str
) -> None:
    body = {**cloud.related("app", place.app), **members}

    assert cloud.detail(cloud.admin.post("/v3/droplets", json=body)) == f"422 10008 {error}"


def test_a_docker_app_takes_no_uploaded_droplet(cloud: Any, place: Any) -> None:
    app = cloud.app(place.space, lifecycle={"type": "docker", "data": {}})

    assert cloud.detail(cloud.admin.post("/v3/droplets", json=cloud.related("app", app))) == (
        "422 10008 Droplet creation is not available for apps with docker lifecycles."
    )


def test_secrets_are_shown_to_developers_in_gets_alone(cloud: Any, place: Any) -> None:
    guid = staged(cloud, place.app, process_types={"web": "run"})["guid"]
    developer = cloud.with_role("space_developer", place)

    assert developer.get(f"/v3/droplets/{guid}").json()["process_types"] == {"web": "run"}
    for role in (*READERS, "global_auditor"):
        droplet = cloud.with_role(role, place).get(f"/v3/droplets/{guid}").json()
        assert droplet["process_types"] == {"redacted_message": HIDDEN}, role
        assert droplet["execution_metadata"] == HIDDEN
    for path in ("/v3/droplets", f"/v3/apps/{place.app}/droplets"):
        (listed,) = developer.get(path).json()["resources"]
        assert listed["process_types"] == {"redacted_message": HIDDEN_IN_LISTS}
        assert listed["execution_metadata"] == HIDDEN_IN_LISTS
        assert listed["state"] == "STAGED"


def test_downloads_are_for_some_readers(cloud: Any, place: Any) -> None:
    guid = staged(cloud, place.app)["guid"]
    path = f"/v3/droplets/{guid}/download"

    for role in ("space_developer", "space_manager", "space_auditor", "org_manager"):
        assert cloud.with_role(role, place).get(path).status_code == 200, role
    for role in ("space_supporter", "global_auditor"):
        assert cloud.with_role(role, place).get(path).status_code == 403, role
    assert cloud.detail(cloud.with_role("org_auditor", place).get(path)) == (
        "404 10010 Droplet not found"
    )


def test_only_staged_droplets_can_be_downloaded(cloud: Any, place: Any) -> None:
    guid = created(cloud, place.app)["guid"]

    assert cloud.detail(cloud.admin.get(f"/v3/droplets/{guid}/download")) == (
        "422 10008 Only staged droplets can be downloaded."
    )


def test_a_copy_takes_the_bits_but_not_the_metadata(cloud: Any, place: Any) -> None:
    source = staged(cloud, place.app, process_types={"web": "run"})
    cloud.admin.patch(f"/v3/droplets/{source['guid']}", json={"metadata": {"labels": {"a": "b"}}})
    answer = copied(cloud, source["guid"], cloud.app(place.space))

    assert answer.status_code == 201
    assert answer.json()["state"] == "COPYING"
    guid = answer.json()["guid"]

    def finished() -> Any:
        found = cloud.admin.get(f"/v3/droplets/{guid}").json()
        return None if found["state"] == "COPYING" else found

    copy = cloud.eventually(finished)
    assert copy["state"] == "STAGED"
    assert copy["checksum"] == source["checksum"]
    assert copy["process_types"] == {"web": "run"}
    assert copy["metadata"] == {"labels": {}, "annotations": {}}
    downloads = [cloud.admin.get(f"/v3/droplets/{d}/download") for d in (source["guid"], guid)]
    assert downloads[0].content == downloads[1].content


@pytest.mark.parametrize("lost", [("blob", "sha1", "sha256"), ("blob",)])
def test_a_copy_of_bits_that_are_being_forgotten_fails(start: Any, lost: tuple[str, ...]) -> None:
    cloud = start()
    place = cloud.place()
    source = staged(cloud, place.app)["guid"]
    # What a source looks like when its bits are about to be forgotten.
    cloud.write(lambda t: t.set_columns(DROPLETS, source, **dict.fromkeys(lost)))
    guid = copied(cloud, source, cloud.app(place.space)).json()["guid"]

    def finished() -> Any:
        found = cloud.admin.get(f"/v3/droplets/{guid}").json()
        return None if found["state"] == "COPYING" else found

    copy = cloud.eventually(finished)
    assert (copy["state"], copy["checksum"]) == ("FAILED", None)
    assert copy["error"] == f"failed to copy - Could not find object '{source}'"
    stored = (cloud.server.settings.data / "blobs" / "droplets").rglob("*")
    assert [path.name for path in stored if path.is_file()] == [source]


def test_copies_are_checked_in_the_documented_order(cloud: Any, place: Any) -> None:
    waiting = created(cloud, place.app)["guid"]
    droplet = staged(cloud, place.app)["guid"]
    other = cloud.app(place.space)
    docker = cloud.app(place.space, lifecycle={"type": "docker", "data": {}})
    reader = cloud.with_role("space_auditor", place)
    path = f"/v3/droplets?source_guid={droplet}"

    assert cloud.detail(copied(cloud, "missing", "missing")) == "404 10010 Droplet not found"
    assert cloud.detail(copied(cloud, droplet, "missing")) == "404 10010 App not found"
    refused = cloud.admin.post(path, json={**cloud.related("app", other), "process_types": {}})
    assert cloud.detail(refused) == "422 10008 Unknown field(s): 'process_types'"
    forbidden = reader.post(path, json=cloud.related("app", other))
    assert forbidden.status_code == 403
    assert cloud.detail(copied(cloud, waiting, other)) == "422 10008 source droplet is not staged"
    assert cloud.detail(copied(cloud, droplet, docker)) == (
        "422 10008 source and destination lifecycle types do not match"
    )


def test_metadata_of_a_droplet_is_merged_and_selects(cloud: Any, place: Any) -> None:
    guid = created(cloud, place.app)["guid"]
    developer = cloud.with_role("space_developer", place)
    change = {"metadata": {"labels": {"a": "1"}, "annotations": {"b": "c"}}}
    answer = developer.patch(f"/v3/droplets/{guid}", json=change)

    assert answer.status_code == 200
    assert answer.json()["metadata"] == change["metadata"]
    listed = developer.get("/v3/droplets?label_selector=a=1").json()["resources"]
    assert [droplet["guid"] for droplet in listed] == [guid]
    assert listed[0]["metadata"] == change["metadata"]
    assert cloud.detail(developer.patch(f"/v3/droplets/{guid}", json={"x": 1})) == (
        "422 10008 Unknown field(s): 'x'"
    )
    auditor = cloud.with_role("space_auditor", place)
    assert auditor.patch(f"/v3/droplets/{guid}", json={"x": 1}).status_code == 403


def test_images_are_for_external_stagers(cloud: Any, place: Any) -> None:
    guid = created(cloud, place.app)["guid"]
    developer = cloud.with_role("space_developer", place)
    stager = cloud.user("cloud_controller.update_build_state")

    assert developer.patch(f"/v3/droplets/{guid}", json={"image": "i"}).status_code == 403
    changed = stager.patch(f"/v3/droplets/{guid}", json={"image": "i"})
    assert changed.json()["image"] == "i"
    assert cloud.detail(stager.patch(f"/v3/droplets/{guid}", json={"image": 5})) == (
        "422 10008 Image must be a string"
    )
    assert stager.patch(f"/v3/droplets/{guid}", json={"metadata": {}}).status_code == 403


def test_a_deletion_is_a_job_that_ends_with_the_droplet_gone(cloud: Any, place: Any) -> None:
    guid = staged(cloud, place.app)["guid"]
    developer = cloud.with_role("space_developer", place)
    job = cloud.job(developer.delete(f"/v3/droplets/{guid}"))

    assert (job["operation"], job["state"]) == ("droplet.delete", "COMPLETE")
    assert list(job["links"]) == ["self"]
    assert cloud.detail(cloud.admin.get(f"/v3/droplets/{guid}")) == "404 10010 Droplet not found"
    assert cloud.admin.delete(f"/v3/droplets/{guid}").status_code == 404


def test_the_current_droplet_stays(cloud: Any, place: Any) -> None:
    guid = staged(cloud, place.app)["guid"]
    make_current(cloud, place.app, guid)

    assert cloud.detail(cloud.admin.delete(f"/v3/droplets/{guid}")) == (
        f'422 10008 The droplet is currently used by app with guid "{place.app}".'
    )
    auditor = cloud.with_role("space_auditor", place)
    assert auditor.delete(f"/v3/droplets/{guid}").status_code == 403
    listed = cloud.admin.get(f"/v3/apps/{place.app}/droplets?current=true").json()
    assert [droplet["guid"] for droplet in listed["resources"]] == [guid]
    assert "current=true" in listed["pagination"]["first"]["href"]


def test_a_droplet_that_became_current_survives_its_deletion(start: Any) -> None:
    cloud = start(job_delay=0.5)
    app = cloud.place().app
    guid = staged(cloud, app)["guid"]
    answer = cloud.admin.delete(f"/v3/droplets/{guid}")
    cloud.write(lambda t: t.set_columns(APPS, app, current_droplet_guid=guid))
    job = cloud.job(answer)

    assert job["state"] == "FAILED"
    assert "is currently used by app" in job["errors"][0]["detail"]
    assert cloud.admin.get(f"/v3/droplets/{guid}/download").status_code == 200


def test_staged_droplets_beyond_the_limit_expire_but_never_the_current_one(start: Any) -> None:
    cloud = start(max_staged_droplets_stored=2)
    app = cloud.place().app
    data = archive("first")
    first = staged(cloud, app, data)["guid"]
    make_current(cloud, app, first)
    rest = [staged(cloud, app, archive(str(number)))["guid"] for number in range(3)]

    def expired() -> Any:
        droplet = cloud.admin.get(f"/v3/droplets/{rest[0]}").json()
        return droplet if droplet["checksum"] is None else None

    assert cloud.eventually(expired)["state"] == "EXPIRED"
    states = [cloud.admin.get(f"/v3/droplets/{d}").json()["state"] for d in (first, *rest[1:])]
    assert states == ["STAGED"] * 3
    assert cloud.admin.get(f"/v3/droplets/{first}/download").content == data


def test_lists_know_states_apps_spaces_and_organizations(cloud: Any, place: Any) -> None:
    waiting = created(cloud, place.app)["guid"]
    other = staged(cloud, cloud.app(place.space))["guid"]
    reader = cloud.with_role("space_auditor", place)

    def listed(query: str) -> list[str]:
        found = reader.get(f"/v3/droplets?{query}").json()["resources"]
        return [droplet["guid"] for droplet in found]

    assert listed("") == [waiting, other]
    assert listed("states=STAGED") == [other]
    assert listed(f"app_guids={place.app}") == [waiting]
    assert listed(f"space_guids={place.space}&order_by=-created_at") == [other, waiting]
    assert listed(f"organization_guids={place.organization},x") == [waiting, other]
    assert listed(f"guids={other}") == [other]
    assert cloud.user().get("/v3/droplets").json()["resources"] == []


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/v3/droplets?current=true", "Unknown query parameter(s): 'current'"),
        ("/v3/packages/x/droplets?current=true", "Unknown query parameter(s): 'current'"),
        ("/v3/apps/x/droplets?app_guids=a", "Unknown query parameter(s): 'app_guids'"),
        ("/v3/apps/x/droplets?current=false", "Current only accepts the value 'true'"),
        (
            "/v3/droplets?x=1",
            (
                "Unknown query parameter(s): 'x'. Valid parameters are: 'page', 'per_page', "
                "'order_by', 'created_ats', 'updated_ats', 'guids', 'app_guid', 'app_guids', "
                "'current', 'organization_guids', 'package_guid', 'space_guids', 'states', "
                "'label_selector'"
            ),
        ),
    ],
)
def test_parameters_of_lists_are_checked_first(cloud: Any, path: str, error: str) -> None:
    assert cloud.detail(cloud.admin.get(path)) == (
        f"400 10005 The query parameter is invalid: {error}"
    )


def test_nested_lists_hide_what_cannot_be_read(cloud: Any, place: Any) -> None:
    stranger = cloud.user()
    package = cloud.package(place.app)

    assert cloud.detail(stranger.get(f"/v3/apps/{place.app}/droplets")) == (
        "404 10010 App not found"
    )
    assert cloud.detail(stranger.get(f"/v3/packages/{package}/droplets")) == (
        "404 10010 Package not found"
    )


def test_changes_of_droplets_are_told_of(cloud: Any, place: Any) -> None:
    guid = staged(cloud, place.app)["guid"]
    cloud.admin.get(f"/v3/droplets/{guid}/download")
    cloud.job(cloud.admin.delete(f"/v3/droplets/{guid}"))
    events = cloud.admin.get(f"/v3/audit_events?target_guids={place.app}").json()["resources"]
    told = [event["type"] for event in events if event["data"].get("droplet_guid") == guid]

    assert told == [
        f"audit.app.droplet.{what}" for what in ("create", "upload", "download", "delete")
    ]


def test_bits_that_are_missing_are_told_apart(cloud: Any, place: Any) -> None:
    guid = staged(cloud, place.app)["guid"]
    path = f"/v3/droplets/{guid}/download"
    cloud.write(lambda t: t.set_columns(DROPLETS, guid, blob="gone"))
    assert cloud.admin.get(path).status_code == 502
    cloud.write(lambda t: t.set_columns(DROPLETS, guid, blob=None))

    assert cloud.detail(cloud.admin.get(path)) == (
        "404 10010 Blobstore key not present on droplet. This may be due to a failed build."
    )


def test_the_droplets_of_an_app_go_with_it_and_their_bits_too(start: Any) -> None:
    cloud = start()
    app = cloud.place().app
    guid = staged(cloud, app)["guid"]
    folder = cloud.server.settings.data / "blobs" / "droplets"
    assert [path for path in folder.rglob("*") if path.is_file()]

    assert cloud.job(cloud.admin.delete(f"/v3/apps/{app}"))["state"] == "COMPLETE"
    assert cloud.admin.get(f"/v3/droplets/{guid}").status_code == 404
    cloud.eventually(
        lambda: True if not [path for path in folder.rglob("*") if path.is_file()] else None
    )
