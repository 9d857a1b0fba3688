"""Which scripts of which buildpacks run, and what becomes of the app?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from cloud_controller.domain.staging import StagedBuildpack, StagingFailedError

FAILED = "StagingError - Staging error: staging failed"
COMPILE = "BuildpackCompileFailed - App staging failed in the buildpack compile phase"
RELEASE = "BuildpackReleaseFailed - App staging failed in the buildpack release phase"
DETECT = "NoAppDetectedError - An app was not successfully detected by any available buildpack"


def failure(stager: Any, *buildpacks: bytes, **options: Any) -> str:
    with pytest.raises(StagingFailedError) as caught:
        stager.stage(*buildpacks, **options)
    return str(caught.value)


def test_the_first_buildpack_that_detects_the_app_compiles_it(stager: Any) -> None:
    ruby = stager.compiling(detect="exit 1", compile="echo ruby > $1/by")
    go = stager.compiling(detect="test -f $1/main.go; echo Go 1.2", compile="echo go > $1/by")
    late = stager.compiling(compile="echo late > $1/by")
    droplet = stager.stage(ruby, go, late, app={"main.go": "package main"})
    assert stager.files["./app/by"] == b"go\n"
    assert stager.files["./app/main.go"] == b"package main"
    assert droplet.buildpacks == (StagedBuildpack("buildpack-1", "Go 1.2"),)
    assert droplet.process_types == {"web": "serve"}
    assert droplet.execution_metadata == ""
    information = json.loads(stager.files["./staging_info.yml"])
    assert information == {"detected_buildpack": "Go 1.2", "start_command": "serve"}


def test_what_scripts_print_is_logged_line_by_line(stager: Any) -> None:
    stager.stage(stager.compiling(compile="echo -----\\> Go; echo careful >&2; printf end"))
    assert ("OUT", "-----> Go") in stager.lines
    assert ("ERR", "careful") in stager.lines
    assert ("OUT", "end") in stager.lines
    assert stager.lines[-1] == ("OUT", "Exit status 0")


def test_the_last_of_several_named_buildpacks_finalizes_what_the_others_supply(stager: Any) -> None:
    supplying = """
        echo $4 >> $1/order
        mkdir $3/$4/bin; echo tool > $3/$4/bin/tool
        printf 'name: tools\\nversion: 1.2.3\\n' > $3/$4/config.yml
    """
    first = stager.finalizing(detect="exit 1", supply=supplying, finalize="exit 1")
    last = stager.finalizing(
        detect="exit 1",
        supply="echo $4 >> $1/order",
        finalize="echo final $4 >> $1/order; ls $3 >> $1/order; echo export A=1 > $5/a.sh",
    )
    droplet = stager.stage(first, last, skip_detect=True)
    assert stager.files["./app/order"] == b"0\n1\nfinal 1\n0\n1\n"
    assert stager.files["./deps/0/bin/tool"] == b"tool\n"
    assert stager.files["./profile.d/a.sh"] == b"export A=1\n"
    assert droplet.buildpacks == (
        StagedBuildpack("buildpack-0", None, "tools", "1.2.3"),
        StagedBuildpack("buildpack-1", "", None, None),
    )


def test_a_named_buildpack_is_not_asked(stager: Any) -> None:
    droplet = stager.stage(stager.compiling(detect="exit 1"), skip_detect=True)
    assert [used.name for used in droplet.buildpacks] == ["buildpack-0"]


def test_a_buildpack_in_the_only_directory_of_its_zip_is_found(stager: Any) -> None:
    files = stager.scripts(
        detect="exit 0", compile=":", release="echo 'default_process_types: {web: x}'"
    )
    data = stager.zipped({f"go-buildpack-1.0/{name}": body for name, body in files.items()})
    assert stager.stage(data).process_types == {"web": "x"}


def test_the_scripts_of_a_zip_without_modes_are_executable(stager: Any) -> None:
    files = stager.scripts(
        detect="exit 0", compile=":", release="echo 'default_process_types: {web: x}'"
    )
    assert stager.stage(stager.zipped(files, mode=None)).process_types == {"web": "x"}


def test_the_procfile_wins_over_the_buildpack(stager: Any) -> None:
    pack = stager.compiling(release="echo 'default_process_types: {web: a, worker: b, 1: 2}'")
    droplet = stager.stage(pack, app={"Procfile": "web: mine --port $PORT\nclock: tick\n"})
    assert droplet.process_types == {
        "web": "mine --port $PORT",
        "worker": "b",
        "1": "2",
        "clock": "tick",
    }


def test_processes_of_launch_yml_take_the_place_of_the_release_script(stager: Any) -> None:
    described = "processes: [{type: web, command: launch}, {type: side, command: car, platforms: {cloudfoundry: {sidecar_for: [web]}}}]"
    pack = stager.finalizing(finalize=f"echo '{described}' > $3/$4/launch.yml", release="exit 1")
    assert stager.stage(pack).process_types == {"web": "launch"}


def test_an_app_without_a_web_process_is_staged_with_a_warning(stager: Any) -> None:
    droplet = stager.stage(stager.compiling(release="echo '---'"), app={"Procfile": "worker: work"})
    assert droplet.process_types == {"worker": "work"}
    assert "No start command specified by buildpack or via Procfile." in stager.said


def test_an_app_without_any_process_is_not_staged(stager: Any) -> None:
    assert failure(stager, stager.compiling(release="echo '---'")) == (
        "StagingError - Staging error: No process types returned from stager"
    )


def test_no_buildpack_may_detect_the_app(stager: Any) -> None:
    broken = stager.zipped({"README": "no scripts"})
    assert failure(stager, stager.compiling(detect="exit 1"), broken) == DETECT
    assert stager.said[-2:] == [
        "None of the buildpacks detected a compatible application",
        "Exit status 222",
    ]


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ({"compile": "exit 3"}, COMPILE),
        ({"release": "exit 3"}, RELEASE),
        ({"release": "echo '{'"}, RELEASE),
        ({"release": "echo '- a list'"}, RELEASE),
    ],
)
def test_each_phase_of_a_compiling_buildpack_may_fail(
    stager: Any, bodies: dict[str, str], expected: str
) -> None:
    assert failure(stager, stager.compiling(**bodies)) == expected


@pytest.mark.parametrize("script", ["supply", "finalize"])
def test_each_phase_of_a_finalizing_buildpack_may_fail(stager: Any, script: str) -> None:
    assert failure(stager, stager.finalizing(**{script: "exit 14"})) == COMPILE
    assert stager.said[-1] == "Exit status 223"


def test_a_buildpack_that_cannot_supply_fails_with_the_general_error(stager: Any) -> None:
    assert failure(stager, stager.compiling(), stager.finalizing(), skip_detect=True) == FAILED
    assert "does not support multi-buildpack apps" in stager.said[-2]
    failing = stager.finalizing(supply="exit 1")
    assert failure(stager, failing, stager.finalizing(), skip_detect=True) == FAILED
    assert stager.said[-2:] == ["Failed to run all supply scripts", "Exit status 225"]


def test_a_malformed_procfile_fails(stager: Any) -> None:
    assert failure(stager, stager.compiling(), app={"Procfile": "- a"}) == FAILED
    assert "Failed to read command from Procfile: invalid YAML" in stager.said


def test_what_the_last_staging_kept_is_there_for_the_next(stager: Any) -> None:
    pack = stager.compiling(compile="cat $2/old || true; echo kept > $2/old")
    stager.stage(pack)
    assert "kept" not in stager.said
    stager.stage(pack)
    assert "kept" in stager.said


def test_a_failed_staging_keeps_nothing(stager: Any) -> None:
    failure(stager, stager.compiling(compile="echo half > $2/old; exit 1"))
    stager.stage(stager.compiling(compile="cat $2/old || true"))
    assert "half" not in stager.said


def test_scripts_find_what_they_need_in_their_environment(stager: Any) -> None:
    wanted = {"CF_STACK": "cflinuxfs4", "SPACED": "a b\nc", "QUOTED": 'it\'s "$HOME"', "": "x"}
    wanted |= {"NUL": "a\0--bind\0/", "dotted.name": "1", "LD_PRELOAD": "/none.so"}
    stager.stage(
        stager.compiling(compile="env -0 > $1/env; id -un > $1/name; pwd > $1/pwd"),
        environment=wanted,
    )
    found = dict(
        line.split("=", 1) for line in stager.files["./app/env"].decode().split("\0") if "=" in line
    )
    assert found["CF_STACK"] == "cflinuxfs4"
    assert found["SPACED"] == "a b\nc"
    assert found["QUOTED"] == 'it\'s "$HOME"'
    assert found["dotted.name"] == "1"
    assert found["HOME"] == "/home/vcap"
    assert stager.files["./app/name"] == b"vcap\n"
    assert "The environment variable 'NUL' was left out" in stager.said


def test_the_same_staging_gives_the_same_bytes(stager: Any) -> None:
    pack = stager.finalizing(
        finalize="mkdir -p $1/b/c; echo 2 > $1/b/c/2; ln -s b $1/a; echo 1 > $3/$4/1; chmod +x $3/$4/1"
    )
    first = stager.stage(pack)
    again = stager.stage(pack)
    assert (first.sha256, first.sha1, first.size) == (again.sha256, again.sha1, again.size)
