"""How does an app look (behaviour document, 5.3)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from capi import models
from cloud_controller.domain.buildpack_addresses import without_credentials
from cloud_controller.present.rendering import action, link, render, to_one
from cloud_controller.store import BASE_URL, clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.store import AppRecord, Metadata

HIDDEN: Final = "[PRIVATE DATA HIDDEN]"
FILE_DESCRIPTORS: Final = 16_384
"""Upstream's default for `instance_file_descriptor_limit`."""


def app(record: AppRecord, metadata: Metadata) -> bytes:
    """Return the app's document."""
    document = {
        "guid": record.guid,
        "created_at": clock.text(record.created_at),
        "updated_at": clock.text(record.updated_at),
        "name": record.name,
        "state": record.state,
        "lifecycle": {"type": record.lifecycle_type, "data": _lifecycle_data(record)},
        "relationships": {
            "space": to_one(record.space_guid),
            # Never `data: null`: without a droplet the guid is null (S79).
            "current_droplet": {"data": {"guid": record.current_droplet_guid}},
        },
        "metadata": {"labels": metadata.labels, "annotations": metadata.annotations},
        "links": _links(record),
    }
    return render(models.App, document)


def current_droplet(app_guid: str, droplet_guid: str) -> bytes:
    """Return the document that says which droplet an app runs."""
    path = f"/v3/apps/{app_guid}"
    document = {
        "data": {"guid": droplet_guid},
        "links": {
            "self": link(f"{path}/relationships/current_droplet"),
            "related": link(f"{path}/droplets/current"),
        },
    }
    return render(models.CurrentDroplet, document)


def environment_variables(record: AppRecord) -> bytes:
    """Return the document of the variables that the user set."""
    path = f"/v3/apps/{record.guid}"
    document = {
        "var": record.environment_variables,
        "links": {"self": link(f"{path}/environment_variables"), "app": link(path)},
    }
    return render(models.AppEnvironmentVariables, document)


def environment(
    record: AppRecord,
    *,
    space_name: str,
    organization_name: str,
    uris: list[str],
    show_services: bool,
    for_all: Mapping[str, Mapping[str, str]] | None = None,
) -> bytes:
    """Return the document of everything that an instance would find in its environment.

    `for_all` holds what all apps get, by `staging` and `running`. Without `show_services` a text
    stands in the place of what services add.
    """
    application = {
        "cf_api": BASE_URL,
        "limits": {"fds": FILE_DESCRIPTORS},
        "application_name": record.name,
        "application_uris": uris,
        "name": record.name,
        "space_name": space_name,
        "space_id": record.space_guid,
        "organization_id": record.organization_guid,
        "organization_name": organization_name,
        "uris": uris,
        "users": None,
        "application_id": record.guid,
    }
    document: dict[str, Any] = {
        "staging_env_json": for_all.get("staging", {}) if for_all else {},
        "running_env_json": for_all.get("running", {}) if for_all else {},
        "environment_variables": record.environment_variables,
        "system_env_json": {"VCAP_SERVICES": {}} if show_services else {"redacted_message": HIDDEN},
        "application_env_json": {"VCAP_APPLICATION": application},
    }
    return render(models.AppEnvironment, document)


def _lifecycle_data(record: AppRecord) -> dict[str, Any]:
    if record.lifecycle_type == "docker":
        return {}
    names = record.lifecycle_data.get("buildpacks") or []
    shown = {
        "buildpacks": [without_credentials(name) for name in names],
        "stack": record.stack,
    }
    if record.lifecycle_data.get("credentials"):
        shown["credentials"] = "***"
    return shown


def _links(record: AppRecord) -> dict[str, Any]:
    path = f"/v3/apps/{record.guid}"
    return {
        "self": link(path),
        "environment_variables": link(f"{path}/environment_variables"),
        "space": link(f"/v3/spaces/{record.space_guid}"),
        "processes": link(f"{path}/processes"),
        "packages": link(f"{path}/packages"),
        "current_droplet": link(f"{path}/droplets/current"),
        "droplets": link(f"{path}/droplets"),
        "tasks": link(f"{path}/tasks"),
        "start": action(f"{path}/actions/start"),
        "stop": action(f"{path}/actions/stop"),
        "clear_buildpack_cache": action(f"{path}/actions/clear_buildpack_cache"),
        "revisions": link(f"{path}/revisions"),
        "deployed_revisions": link(f"{path}/revisions/deployed"),
        "features": link(f"{path}/features"),
    }
