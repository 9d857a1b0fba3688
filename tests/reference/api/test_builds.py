"""Do builds begin, end and get refused as section 5.4 of the behaviour document says?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from cloud_controller import app as composition
from cloud_controller.api.build_rows import finish_failed
from cloud_controller.domain.staging import StagingErrorId, StagingFailedError
from cloud_controller.settings import Settings
from cloud_controller.store import PACKAGES
from cloud_controller.store.entities import BUILDS

if TYPE_CHECKING:
    from collections.abc import Iterator

API = "https://api.example.local"
UNUSABLE = (
    "422 10008 Unable to use package. Ensure that the package exists and you have access to it."
)
NO_GUID = (
    "Package guid can't be blank, Package guid must be a string, "
    "Package guid must be between 1 and 200 characters"
)


@pytest.fixture(scope="module")
def slow(cloud: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server whose jobs do not begin, so that builds stay in STAGING."""
    settings = Settings(
        data=tmp_path_factory.mktemp("slow") / "data",
        external_url=API,
        strict=True,
        job_delay=3600,
        staging_memory_mb=512,
        staging_disk_mb=2048,
        max_staging_disk_mb=4096,
    )
    server = composition.create(settings)
    with TestClient(server, base_url=API) as http:
        yield type(cloud)(server, http)


@pytest.fixture
def spot(slow: Any) -> Any:
    return slow.place()


def ready_package(cloud: Any, app: str) -> str:
    """A package as if its upload had been processed, which a slow server never does."""
    guid: str = cloud.package(app)
    cloud.write(lambda transaction: transaction.set_columns(PACKAGES, guid, state="READY"))
    return guid


def create(caller: Any, package: str, **members: Any) -> Any:
    return caller.post("/v3/builds", json={"package": {"guid": package}, **members})


def buildpack(cloud: Any, name: str, **members: Any) -> str:
    """An installed buildpack, as if it had bits."""
    body = {"name": name, **members}
    guid: str = cloud.admin.post("/v2/buildpacks", json=body).json()["metadata"]["guid"]
    archive = cloud.zipped(**{"bin/detect": b"#!/bin/sh\n"})
    put = cloud.admin.put(
        f"/v2/buildpacks/{guid}/bits", files={"buildpack": (f"{name}.zip", archive)}
    )
    assert put.status_code == 201, put.text
    return guid


def builder(cloud: Any) -> Any:
    """An external stager: it says how builds fared."""
    return cloud.user("cloud_controller.update_build_state")


def test_a_new_build_is_staging_and_names_no_droplet_yet(slow: Any, spot: Any) -> None:
    developer = slow.with_role("space_developer", spot)
    package = ready_package(slow, spot.app)
    answer = create(developer, package, metadata={"labels": {"a": "b"}})
    build = answer.json()
    path = f"{API}/v3/builds/{build['guid']}"

    assert answer.status_code == 201
    assert list(build) == [
        *("guid", "created_at", "updated_at", "state", "staging_memory_in_mb"),
        *("staging_disk_in_mb", "staging_log_rate_limit_bytes_per_second", "error", "lifecycle"),
        *("package", "droplet", "created_by", "relationships", "metadata", "links"),
    ]
    assert build["state"] == "STAGING"
    assert (build["staging_memory_in_mb"], build["staging_disk_in_mb"]) == (512, 2048)
    assert build["staging_log_rate_limit_bytes_per_second"] == -1
    assert build["lifecycle"] == {
        "type": "buildpack",
        "data": {"buildpacks": [], "stack": "cflinuxfs4"},
    }
    assert build["package"] == {"guid": package}
    assert build["droplet"] is None
    assert build["error"] is None
    assert build["created_by"]["guid"] == developer.guid
    assert build["relationships"] == {"app": {"data": {"guid": spot.app}}}
    assert build["metadata"] == {"labels": {"a": "b"}, "annotations": {}}
    assert build["links"] == {
        "self": {"href": path},
        "app": {"href": f"{API}/v3/apps/{spot.app}"},
    }
    assert developer.get(f"/v3/builds/{build['guid']}").json() == build


def test_a_build_takes_what_is_asked_for(slow: Any, spot: Any) -> None:
    answer = create(
        slow.admin,
        ready_package(slow, spot.app),
        staging_memory_in_mb=7,
        staging_disk_in_mb=8,
        staging_log_rate_limit_bytes_per_second=9,
        environment_variables={"A": "b"},
        lifecycle={
            "type": "buildpack",
            "data": {"buildpacks": ["https://u:p@example.com/x.git"], "stack": "cflinuxfs4"},
        },
    )
    build = answer.json()

    assert answer.status_code == 201
    assert [build["staging_memory_in_mb"], build["staging_disk_in_mb"]] == [7, 8]
    assert build["staging_log_rate_limit_bytes_per_second"] == 9
    assert build["lifecycle"]["data"]["buildpacks"] == ["https://***:***@example.com/x.git"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("null", f"422 10008 {NO_GUID}"),
        ("{}", f"422 10008 {NO_GUID}"),
        ('{"package": 5}', f"422 10008 {NO_GUID}"),
        ('{"package": {"guid": null}}', f"422 10008 {NO_GUID}"),
        (
            '{"package": {"guid": ""}}',
            (
                "422 10008 Package guid can't be blank, Package guid must be between 1 and 200 "
                "characters"
            ),
        ),
        (
            '{"package": {"guid": 5}}',
            (
                "422 10008 Package guid must be a string, Package guid must be between 1 and 200 "
                "characters"
            ),
        ),
        ("{", "400 1001 Request invalid due to parse error: invalid request body"),
        ("", "400 1001 Request invalid due to parse error: invalid request body"),
        ("[]", "400 1001 Request invalid due to parse error: invalid request body"),
    ],
)
def test_a_body_without_a_package_is_refused(cloud: Any, body: str, error: str) -> None:
    assert cloud.detail(cloud.admin.post("/v3/builds", content=body)) == error


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"x": 1}, "Unknown field(s): 'x'"),
        ({"staging_memory_in_mb": 0}, "Staging memory in mb must be greater than 0"),
        ({"staging_memory_in_mb": 1.5}, "Staging memory in mb must be an integer"),
        ({"staging_disk_in_mb": "x"}, "Staging disk in mb is not a number"),
        (
            {"staging_log_rate_limit_bytes_per_second": -2},
            "Staging log rate limit bytes per second must be greater than or equal to -1",
        ),
        ({"environment_variables": 5}, "Environment variables must be an object"),
        ({"lifecycle": {"type": "x", "data": {}}}, "Lifecycle type is not included in the list:"),
        ({"metadata": None}, "Metadata must be an object"),
        (
            {"metadata": {"labels": {"a/b": "c"}}, "staging_disk_in_mb": 0, "y": 1},
            (
                "Metadata label key error: prefix 'a' must be in valid dns format, Staging disk in mb "
                "must be greater than 0, Unknown field(s): 'y'"
            ),
        ),
    ],
)
def test_a_build_to_create_gets_the_documented_text(cloud: Any, members: Any, error: str) -> None:
    text = cloud.detail(create(cloud.admin, "missing", **members))

    assert text.startswith(f"422 10008 {error}")


@pytest.mark.parametrize(
    "role",
    [
        *("admin_read_only", "global_auditor", "space_manager", "space_auditor", "org_manager"),
        *("org_auditor", "org_billing_manager", "none"),
    ],
)
def test_who_may_not_stage_gets_the_same_answer_as_for_no_package(
    slow: Any, spot: Any, role: str
) -> None:
    package = ready_package(slow, spot.app)

    assert slow.detail(create(slow.with_role(role, spot), package)) == UNUSABLE
    assert slow.detail(create(slow.admin, "missing")) == UNUSABLE


@pytest.mark.parametrize("role", ["space_developer", "space_supporter"])
def test_who_manages_apps_may_stage(slow: Any, spot: Any, role: str) -> None:
    package = ready_package(slow, spot.app)

    assert create(slow.with_role(role, spot), package).status_code == 201


def test_an_app_stages_one_build_at_a_time(slow: Any, spot: Any) -> None:
    package = ready_package(slow, spot.app)
    first = create(slow.admin, package).json()["guid"]

    assert slow.detail(create(slow.admin, package)) == (
        "422 170017 Only one build can be STAGING at a time per application."
    )
    builder(slow).patch(f"/v3/builds/{first}", json={"state": "FAILED", "error": "no"})
    assert create(slow.admin, package).status_code == 201


def test_a_package_must_be_ready(cloud: Any, place: Any) -> None:
    assert cloud.detail(create(cloud.admin, cloud.package(place.app))) == (
        "400 1004 Bad request: Cannot stage package whose state is not ready."
    )


def test_a_build_in_progress_is_told_before_a_package_that_is_not_ready(
    slow: Any, spot: Any
) -> None:
    create(slow.admin, ready_package(slow, spot.app))

    assert slow.detail(create(slow.admin, slow.package(spot.app))).startswith("422 170017 ")


def test_unknown_buildpacks_and_stacks_are_refused(slow: Any, spot: Any) -> None:
    package = ready_package(slow, spot.app)

    def staged_with(**data: Any) -> str:
        lifecycle = {"type": "buildpack", "data": data}
        return str(slow.detail(create(slow.admin, package, lifecycle=lifecycle)))

    assert staged_with(buildpacks=["nope"]) == (
        '422 10008 Buildpack "nope" for stack "cflinuxfs4" must be an existing admin buildpack '
        "or a valid git URI"
    )
    assert staged_with(stack="nope") == "422 10008 Stack must be an existing stack"


def test_disabled_buildpacks_are_refused_by_name(slow: Any, spot: Any) -> None:
    for name in ("one_off", "two_off"):
        buildpack(slow, name, enabled=False)
    lifecycle = {"type": "buildpack", "data": {"buildpacks": ["one_off", "two_off"]}}
    answer = create(slow.admin, ready_package(slow, spot.app), lifecycle=lifecycle)

    assert slow.detail(answer) == (
        "400 290003 Buildpack is invalid: Requested buildpack(s) 'one_off', 'two_off' are "
        "disabled and cannot be used for staging"
    )


def test_addresses_can_be_switched_off(start: Any) -> None:
    cloud = start(job_delay=3600, disable_custom_buildpacks=True)
    package = ready_package(cloud, cloud.place().app)
    lifecycle = {"type": "buildpack", "data": {"buildpacks": ["https://example.com/x.git"]}}

    assert cloud.detail(create(cloud.admin, package, lifecycle=lifecycle)) == (
        "400 290004 Custom buildpacks are disabled"
    )


def test_disk_space_has_a_bound(slow: Any, spot: Any) -> None:
    answer = create(slow.admin, ready_package(slow, spot.app), staging_disk_in_mb=4097)

    assert slow.detail(answer) == "422 10008 disk limit exceeded"


def test_suspension_is_told_to_who_may_stage(slow: Any, spot: Any) -> None:
    developer = slow.with_role("space_developer", spot)
    package = ready_package(slow, spot.app)
    slow.admin.patch(f"/v3/organizations/{spot.organization}", json={"suspended": True})

    assert slow.detail(create(developer, package)) == "403 10017 The organization is suspended"


def test_a_failed_build_says_why_and_names_its_failed_droplet(slow: Any, spot: Any) -> None:
    guid = create(slow.admin, ready_package(slow, spot.app)).json()["guid"]
    text = "An app was not successfully detected by any available buildpack"
    failure = StagingFailedError(StagingErrorId.NO_APP_DETECTED)
    slow.write(lambda t: finish_failed(t, t.referenced(BUILDS, guid), failure))
    other = StagingFailedError(StagingErrorId.NO_BUILDPACKS)
    slow.write(lambda t: finish_failed(t, t.referenced(BUILDS, guid), other))  # too late
    build = slow.admin.get(f"/v3/builds/{guid}").json()
    droplet = slow.admin.get(f"/v3/droplets/{build['droplet']['guid']}").json()

    assert (build["state"], build["error"]) == ("FAILED", f"NoAppDetectedError - {text}")
    assert build["links"]["droplet"]["href"] == f"{API}/v3/droplets/{droplet['guid']}"
    assert (droplet["state"], droplet["error"]) == ("FAILED", build["error"])
    assert droplet["checksum"] is None


def test_an_external_stager_makes_an_image_the_current_droplet(slow: Any, spot: Any) -> None:
    guid = create(slow.admin, ready_package(slow, spot.app)).json()["guid"]
    body = {"state": "STAGED", "lifecycle": {"type": "docker", "data": {"image": "team/image"}}}
    answer = builder(slow).patch(f"/v3/builds/{guid}", json=body)
    build = answer.json()
    droplet = slow.admin.get(f"/v3/droplets/{build['droplet']['guid']}").json()

    assert (answer.status_code, build["state"]) == (200, "STAGED")
    assert (droplet["state"], droplet["image"]) == ("STAGED", "team/image")
    assert droplet["process_types"] == {"web": ""}
    app = slow.admin.get(f"/v3/apps/{spot.app}").json()
    assert app["relationships"]["current_droplet"]["data"]["guid"] == droplet["guid"]
    again = builder(slow).patch(f"/v3/builds/{guid}", json={"state": "FAILED", "error": "late"})
    assert again.json()["state"] == "STAGED"


def test_an_external_stager_says_why_it_failed(slow: Any, spot: Any) -> None:
    guid = create(slow.admin, ready_package(slow, spot.app)).json()["guid"]
    answer = builder(slow).patch(f"/v3/builds/{guid}", json={"state": "FAILED", "error": "no"})

    assert answer.json()["error"] == "StagerError - Stager error: no"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"state": "STAGING"}, "State 'STAGING' is not a valid state"),
        ({"state": None}, "State '' is not a valid state"),
        ({"state": "STAGED"}, "Lifecycle 'STAGED' builds require lifecycle data"),
        ({"state": "FAILED", "error": 5}, "Error must be a string"),
        ({"package": {}, "state": "FAILED"}, "Unknown field(s): 'package'"),
    ],
)
def test_a_build_to_update_gets_the_documented_text(
    slow: Any, spot: Any, body: Any, error: str
) -> None:
    guid = create(slow.admin, ready_package(slow, spot.app)).json()["guid"]

    assert slow.detail(builder(slow).patch(f"/v3/builds/{guid}", json=body)) == (
        f"422 10008 {error}"
    )


def test_states_are_not_for_developers_whatever_the_body_says(slow: Any, spot: Any) -> None:
    guid = create(slow.admin, ready_package(slow, spot.app)).json()["guid"]
    developer = slow.with_role("space_developer", spot)
    refused = "403 10003 You are not authorized to perform the requested action"

    for state in ("FAILED", "nonsense"):
        answer = developer.patch(f"/v3/builds/{guid}", json={"state": state})
        assert slow.detail(answer) == refused
    stranger = slow.user()
    answer = stranger.patch(f"/v3/builds/{guid}", json={"x": 1})
    assert slow.detail(answer) == "404 10010 Build not found"


def test_metadata_is_merged(slow: Any, spot: Any) -> None:
    labels = {"labels": {"a": "1", "b": "2"}}
    package = ready_package(slow, spot.app)
    guid = create(slow.admin, package, metadata=labels).json()["guid"]
    developer = slow.with_role("space_developer", spot)
    change = {"metadata": {"labels": {"a": None}, "annotations": {"c": "d"}}}
    answer = developer.patch(f"/v3/builds/{guid}", json=change)

    assert answer.json()["metadata"] == {"labels": {"b": "2"}, "annotations": {"c": "d"}}
    assert developer.patch(f"/v3/builds/{guid}").status_code == 200
    auditor = slow.with_role("space_auditor", spot)
    assert auditor.patch(f"/v3/builds/{guid}", json=change).status_code == 403
    listed = developer.get("/v3/builds?label_selector=b=2").json()
    assert [build["guid"] for build in listed["resources"]] == [guid]


def test_builds_are_listed_by_state_app_and_package(slow: Any, spot: Any) -> None:
    reader = slow.with_role("space_auditor", spot)
    package = ready_package(slow, spot.app)
    failed, staging = [
        create(slow.admin, package).json()["guid"]
        if index
        else _failed(slow, create(slow.admin, package).json()["guid"])
        for index in range(2)
    ]

    def listed(path: str) -> list[str]:
        return [build["guid"] for build in reader.get(path).json()["resources"]]

    assert listed("/v3/builds") == [failed, staging]
    assert listed("/v3/builds?states=FAILED") == [failed]
    assert listed(f"/v3/builds?package_guids={package}&states=STAGING,STAGED") == [staging]
    assert listed("/v3/builds?app_guids=other") == []
    assert listed(f"/v3/apps/{spot.app}/builds?order_by=-created_at") == [staging, failed]
    assert slow.detail(slow.user().get(f"/v3/apps/{spot.app}/builds")) == (
        "404 10010 App not found"
    )
    assert slow.user().get("/v3/builds").json()["resources"] == []


def _failed(cloud: Any, guid: str) -> str:
    builder(cloud).patch(f"/v3/builds/{guid}", json={"state": "FAILED", "error": "no"})
    return guid


def test_an_unknown_parameter_of_a_list_is_refused_with_the_valid_ones(cloud: Any) -> None:
    assert cloud.detail(cloud.admin.get("/v3/builds?x=1")) == (
        "400 10005 The query parameter is invalid: Unknown query parameter(s): 'x'. Valid "
        "parameters are: 'page', 'per_page', 'order_by', 'created_ats', 'updated_ats', 'guids', "
        "'app_guids', 'package_guids', 'states', 'label_selector'"
    )


def test_a_build_is_told_of(slow: Any, spot: Any) -> None:
    build = create(slow.admin, ready_package(slow, spot.app)).json()
    events = slow.admin.get(
        f"/v3/audit_events?target_guids={spot.app}&types=audit.app.build.create"
    ).json()["resources"]

    assert [event["data"]["build_guid"] for event in events] == [build["guid"]]


def test_the_builds_of_an_app_go_with_it(start: Any) -> None:
    cloud = start()
    app = cloud.place().app
    package = cloud.package(app)
    cloud.upload(package, cloud.zipped(a=b"1"))
    guid = create(cloud.admin, package).json()["guid"]

    assert cloud.job(cloud.admin.delete(f"/v3/apps/{app}"))["state"] == "COMPLETE"
    assert cloud.detail(cloud.admin.get(f"/v3/builds/{guid}")) == "404 10010 Build not found"
