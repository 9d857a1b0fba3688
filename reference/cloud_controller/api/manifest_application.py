"""How is one app brought to what its manifest says?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cloud_controller.api import (
    app_lifecycles,
    app_rows,
    manifest_routes,
    metadata,
    process_changes,
    process_rows,
)
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.domain import app_features, manifest
from cloud_controller.domain.messages import apps as app_messages
from cloud_controller.domain.messages import manifests as messages
from cloud_controller.domain.messages import processes as process_messages
from cloud_controller.store import APPS
from cloud_controller.store.entities import PROCESSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.auth import Caller
    from cloud_controller.settings import Settings
    from cloud_controller.store import AppRecord, Transaction
    from cloud_controller.store.records import ProcessRecord

_DETECTED: Final = ("null", "default")
_SCALED: Final = {
    "instances": "instances",
    "memory": "memory_in_mb",
    "disk_quota": "disk_in_mb",
    "log_rate_limit": "log_rate_limit",
}
_CHECKS: Final = {
    "health_check": ("invocation_timeout", "interval"),
    "readiness_health_check": ("invocation_timeout", "interval"),
}


def apply(
    settings: Settings,
    transaction: Transaction,
    caller: Caller,
    app: AppRecord,
    sent: Mapping[str, Any],
) -> tuple[str, ...]:
    """Change an app, its processes and its routes; return what is to be warned of.

    `sent` are the app's checked members (`manifest.members`). Raises an `ApiError` for what cannot
    be; the transaction is not to be committed then.
    """
    for one in manifest.updates(sent):
        _update_process(transaction, caller, app, one)
    for one in manifest.scales(sent):
        _scale_process(transaction, caller, app, one)
    _update_app(settings, transaction, caller, app, sent)
    manifest_routes.update(transaction, caller, app_rows.stored(transaction, app), sent)
    _set_environment(transaction, caller, app, sent)
    _set_features(transaction, app, sent)
    for name in manifest.services(sent):  # there are no service instances here
        raise v3_error(table.RESOURCE_NOT_FOUND, messages.service(name))
    return (messages.SIDECARS_IGNORED,) if sent.get("sidecars") else ()


def _process(transaction: Transaction, caller: Caller, app: AppRecord, kind: str) -> ProcessRecord:
    found = transaction.first(PROCESSES, app_guid=app.guid, type=kind)
    if found is None:
        found = process_rows.create_process(transaction, app, kind)
        process_rows.audit_event(transaction, caller, app, found, "create", manifest_triggered=True)
    return found


def _update_process(
    transaction: Transaction, caller: Caller, app: AppRecord, one: Mapping[str, Any]
) -> None:
    if one.keys() == {"type"} and one["type"] == manifest.WEB:
        return
    process = _process(transaction, caller, app, one["type"])
    changes = {name: one[name] for name in ("command", "user") if name in one}
    if changes.get("command") in _DETECTED:
        changes["command"] = None
    for name, seconds in _CHECKS.items():
        asked = _check(one, name, seconds)
        if asked:
            changes[name] = process_changes.health_check(getattr(process, name), asked)
    timeout = (changes.get("health_check") or process.health_check)["data"].get("timeout")
    text = process_messages.timeout_exceeded(timeout)
    if text is not None:
        raise v3_error(table.UNPROCESSABLE, text)
    process_rows.update_process(transaction, app, process, **changes)
    request = {**one, **({"command": app_messages.PRIVATE} if "command" in one else {})}
    process_rows.audit_event(
        transaction, caller, app, process, "update", request=request, manifest_triggered=True
    )


def _check(one: Mapping[str, Any], name: str, seconds: tuple[str, ...]) -> dict[str, Any]:
    """Return a health check as the API names its parts; empty when nothing is asked for."""
    data = {part: _number(one[f"{name}_{part}"]) for part in seconds if f"{name}_{part}" in one}
    if f"{name}_http_endpoint" in one:
        data["endpoint"] = one[f"{name}_http_endpoint"]
    if name == "health_check" and "timeout" in one:
        data["timeout"] = _number(one["timeout"])
    asked: dict[str, Any] = {"data": data} if data else {}
    return {**asked, "type": one[f"{name}_type"]} if f"{name}_type" in one else asked


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _scale_process(
    transaction: Transaction, caller: Caller, app: AppRecord, one: Mapping[str, Any]
) -> None:
    changes: dict[str, Any] = {
        column: int(one[name]) for name, column in _SCALED.items() if name in one
    }
    if not changes:
        return
    process = _process(transaction, caller, app, one["type"])
    process_rows.update_process(transaction, app, process, **changes)
    process_rows.audit_event(
        transaction, caller, app, process, "scale", request=dict(one), manifest_triggered=True
    )


def _update_app(
    settings: Settings,
    transaction: Transaction,
    caller: Caller,
    app: AppRecord,
    sent: Mapping[str, Any],
) -> None:
    asked = manifest.lifecycle(sent)
    changes: dict[str, Any] = {}
    if asked is not None and (app.lifecycle_type != "docker" or "type" in asked):
        lifecycle = app_lifecycles.changed(transaction, app, {"type": app.lifecycle_type, **asked})
        app_lifecycles.require_installed(settings, lifecycle)
        changes = {"lifecycle_data": lifecycle.data, "stack": lifecycle.stack}
    described = {"metadata": sent["metadata"]} if sent.get("metadata") is not None else {}
    labelled = metadata.merged(transaction.metadata(APPS, app.guid), described)
    app_rows.update_app(transaction, app, labelled, **changes)
    request = app_messages.without_secrets(
        {**({} if asked is None else {"lifecycle": asked}), **described}
    )
    app_rows.audit_event(
        transaction, caller, app, "update", request=request, manifest_triggered=True
    )


def _set_environment(
    transaction: Transaction, caller: Caller, app: AppRecord, sent: Mapping[str, Any]
) -> None:
    variables = manifest.environment(sent)
    if not variables:
        return
    present = app_rows.stored(transaction, app)
    now = {**present.environment_variables, **variables}
    app_rows.update_app(transaction, present, environment_variables=now)
    request = {"environment_variables": app_messages.PRIVATE}
    app_rows.audit_event(
        transaction, caller, app, "update", request=request, manifest_triggered=True
    )


def _set_features(transaction: Transaction, app: AppRecord, sent: Mapping[str, Any]) -> None:
    for name, enabled in (sent.get("features") or {}).items():
        present = app_rows.stored(transaction, app)
        if enabled and app_features.exclude_each_other(present, name):
            raise v3_error(table.UNPROCESSABLE, app_messages.FEATURES_EXCLUDE)
        app_rows.update_app(transaction, present, features={**present.features, name: enabled})
