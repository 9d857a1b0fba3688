"""Which manifest describes an app as it is?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from cloud_controller.domain import app_features, byte_amounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cloud_controller.store import AppRecord, Metadata, PackageRecord
    from cloud_controller.store.records import ProcessRecord

_WIDTH = 2**20  # no line is ever broken


def application(
    app: AppRecord,
    labelled: Metadata,
    processes: Sequence[ProcessRecord],
    routes: Sequence[tuple[str, str]],
    package: PackageRecord | None,
) -> dict[str, Any]:
    """Return one entry of `applications`; members without a value are left out.

    `routes` are pairs of address and protocol; `package` is the app's newest one.
    """
    document = {
        "name": app.name,
        "env": dict(app.environment_variables),
        "lifecycle": app.lifecycle_type,
        "features": {name: app_features.is_enabled(app, name) for name in app_features.FEATURES},
        **(_docker(package) if app.lifecycle_type == "docker" else _buildpacks(app)),
        "routes": [
            {"route": address, "protocol": protocol}
            for address, protocol in sorted(routes, key=lambda route: route[0].lower())
        ],
        "metadata": _present(
            {"labels": dict(labelled.labels), "annotations": dict(labelled.annotations)}
        ),
        "processes": [_process(one) for one in sorted(processes, key=lambda one: one.type)],
    }
    return _present(document)


def text(entry: Mapping[str, Any]) -> str:
    """Return a manifest with one app as YAML."""
    return yaml.safe_dump(
        {"applications": [entry]},
        explicit_start=True,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
    )


def _present(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value not in (None, {}, [])}


def _docker(package: PackageRecord | None) -> dict[str, Any]:
    if package is None:
        return {}
    return {
        "docker": _present({"image": package.docker_image, "username": package.docker_username})
    }


def _buildpacks(app: AppRecord) -> dict[str, Any]:
    return {"stack": app.stack, "buildpacks": list(app.lifecycle_data.get("buildpacks") or [])}


def _process(record: ProcessRecord) -> dict[str, Any]:
    limit = record.log_rate_limit
    check, readiness = record.health_check, record.readiness_health_check
    document = {
        "type": record.type,
        "instances": record.instances,
        "memory": f"{record.memory_in_mb}M",
        "disk_quota": f"{record.disk_in_mb}M",
        "log-rate-limit-per-second": limit if limit == -1 else byte_amounts.written(limit),
        "command": record.command,
        "health-check-type": check["type"],
        "health-check-http-endpoint": check["data"].get("endpoint"),
        "health-check-invocation-timeout": check["data"].get("invocation_timeout"),
        "health-check-interval": check["data"].get("interval"),
        "readiness-health-check-type": readiness["type"],
        "readiness-health-check-http-endpoint": readiness["data"].get("endpoint"),
        "readiness-health-check-invocation-timeout": readiness["data"].get("invocation_timeout"),
        "readiness-health-check-interval": readiness["data"].get("interval"),
        "timeout": check["data"].get("timeout"),
    }
    return _present(document)
