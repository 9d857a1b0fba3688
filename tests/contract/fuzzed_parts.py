"""Which parts is the fuzzing of the reference server split into, and how is one run?"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specfoundry.fuzz.promises.contract import read_contract
from specfoundry.fuzz.runs.running import Run
from specfoundry.fuzz.runs.shards import Work

if TYPE_CHECKING:
    from specfoundry.fuzz.reports.report import FuzzReport

# What an app is made of and runs. Each part has a file of its own, so that workers share them.
OF_APPS = frozenset(
    (
        *("Apps", "AppEnvironment", "AppFeatures", "AppProcesses", "Builds", "Buildpacks"),
        *("CurrentDroplets", "Deployments", "Droplets", "LogCache", "Packages", "Processes"),
        *("ResourceMatches", "Revisions", "Sidecars", "Stacks", "Tasks", "V2Buildpacks"),
    )
)
NODE: dict[str, Any] = json.loads(files("capi").joinpath("openapi.json").read_text("utf-8"))


def fuzz(folder: Path, *, of_apps: bool, **options: Any) -> FuzzReport:
    """Put one part of the contract to the test, with oracles, engine and a caller of every role.

    Args:
        folder: Of the report.
        of_apps: Whether to take the operations on apps, or all others.
        options: Of the work, beside what is said here.

    """
    work = Work(
        node=NODE,
        app="fuzzed_reference:make",
        login="fuzzed_reference:log_in",
        folder=str(Path(__file__).parent),
        report=str(folder),
        max_examples=3,
        boundaries=1,
        **options,
    )
    chosen = [one for one in read_contract(NODE) if (one.node["tags"][0] in OF_APPS) == of_apps]
    return Run(work=work, chosen=chosen, folder=folder, workers=1, size=len(chosen)).go()


def assert_kept(folder: Path, *, of_apps: bool) -> None:
    """Fuzz one part of the contract against a fresh server; nothing may come of it.

    Args:
        folder: Of the report.
        of_apps: Whether to put the operations on apps to the test, or all others.
    """
    report = fuzz(folder, of_apps=of_apps)

    assert report.findings == (), "\n".join(report.lines())
    assert report.crashes == (), "\n".join(report.lines())
    assert report.untested == ()
    assert report.coverage is not None
    rows = report.coverage.operations.values()
    assert [row.operation for row in rows if not row.is_reached] == []
