"""What is a build to be staged with: which bits, which buildpacks, which variables?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cloud_controller.api import app_rows
from cloud_controller.domain.staging import StagingErrorId, StagingFailedError
from cloud_controller.present import apps as present
from cloud_controller.store import (
    APPS,
    BUILDPACKS,
    ORGANIZATIONS,
    PACKAGES,
    SPACES,
    reveal,
)
from cloud_controller.store.entities import ENVIRONMENT_VARIABLE_GROUPS

if TYPE_CHECKING:
    from cloud_controller.settings import Settings
    from cloud_controller.store import AppRecord, BuildpackRecord, PackageRecord, Reader
    from cloud_controller.store.records import BuildRecord

_LANGUAGE: Final = "C.UTF-8"
_DEFAULT_STACK: Final = "cflinuxfs4"


@dataclass(frozen=True, slots=True)
class StagingOrder:
    """All that one staging needs to know of the database.

    Attributes:
        build: The build, which is `STAGING`.
        package: Its package; `None` when that is gone.
        stack: Name of the stack.
        environment: Variables for the buildpacks' scripts.

    """

    build: BuildRecord
    package: PackageRecord | None
    stack: str
    environment: dict[str, str]


def read(reader: Reader, settings: Settings, build: BuildRecord) -> StagingOrder:
    """Return the order of a build, whose app is still there."""
    package = reader.record(PACKAGES, build.package_guid)
    stack = build.stack or _DEFAULT_STACK
    environment = _environment(reader, settings, build, stack)
    return StagingOrder(build, package, stack, environment)


def buildpacks(reader: Reader, order: StagingOrder) -> list[BuildpackRecord]:
    """Return the buildpacks that were asked for, else all that may be tried, in order.

    Raises:
        StagingFailedError: There are none.
        LookupError: One that was asked for is not here; the text says which one.

    """
    usable = [
        record
        for record in reader.all(BUILDPACKS, lifecycle="buildpack")
        if record.enabled and record.blob is not None and record.stack in (None, order.stack)
    ]
    named = order.build.lifecycle_data.get("buildpacks") or []
    if named:
        return [_named(usable, name) for name in named]
    if not usable:
        raise StagingFailedError(StagingErrorId.NO_BUILDPACKS)
    return sorted(usable, key=lambda record: record.position)


def _named(usable: list[BuildpackRecord], name: str) -> BuildpackRecord:
    found = [record for record in usable if record.name == name]
    if not found:
        raise LookupError(name)
    # One for the stack goes before one for any.
    return min(found, key=lambda record: (record.stack is None, record.position))


def _environment(
    reader: Reader, settings: Settings, build: BuildRecord, stack: str
) -> dict[str, str]:
    app = reader.referenced(APPS, build.app_guid)
    group = reader.record(ENVIRONMENT_VARIABLE_GROUPS, "staging")
    given = {
        **(group.variables if group else {}),
        **app.environment_variables,
        **build.environment_variables,
    }
    return {
        "LANG": _LANGUAGE,
        **{name: _text(value) for name, value in given.items()},
        "CF_STACK": stack,
        "MEMORY_LIMIT": f"{build.staging_memory_in_mb}m",
        "STAGING_TIMEOUT": str(round(settings.staging_timeout)),
        "VCAP_APPLICATION": _application(reader, settings, build, app),
        "VCAP_SERVICES": "{}",
    }


def _application(reader: Reader, settings: Settings, build: BuildRecord, app: AppRecord) -> str:
    document = present.environment(
        app,
        space_name=reader.referenced(SPACES, app.space_guid).name,
        organization_name=reader.referenced(ORGANIZATIONS, app.organization_guid).name,
        uris=app_rows.uris(reader, app),
        show_services=False,
    )
    shown: dict[str, Any] = json.loads(reveal(document, settings.base_url))
    application = shown["application_env_json"]["VCAP_APPLICATION"]
    application["limits"] |= {
        "mem": build.staging_memory_in_mb,
        "disk": build.staging_disk_in_mb,
    }
    return json.dumps(application, separators=(",", ":"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
