"""How does an app come into being, and how is it changed (behaviour document, 5.3)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cloud_controller.api import access, app_lifecycles, app_rows, metadata, process_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.domain.messages import apps as messages
from cloud_controller.domain.messages.relationships import guid_of
from cloud_controller.domain.roles import Right
from cloud_controller.present.apps import app as present
from cloud_controller.store import APPS, SPACES, AppRecord, Metadata, clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.auth import Caller
    from cloud_controller.settings import Settings
    from cloud_controller.store import Reader, SpaceRecord, Transaction


def create(
    settings: Settings, transaction: Transaction, caller: Caller, sent: Mapping[str, Any]
) -> bytes:
    """Store a new app with its process `web`; return its document.

    Raises 422, 403 or 400 as `POST /v3/apps` documents it; `sent` is a checked body.
    """
    space = _space(transaction, caller, sent)
    lifecycle = app_lifecycles.resolve(transaction, sent.get("lifecycle"))
    app_lifecycles.require_installed(settings, lifecycle)
    _require_free_name(transaction, space.guid, sent["name"])
    moment = clock.now()
    record = AppRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        name=sent["name"],
        space_guid=space.guid,
        organization_guid=space.organization_guid,
        lifecycle_type=lifecycle.type,
        lifecycle_data=lifecycle.data,
        stack=lifecycle.stack,
        environment_variables=messages.as_texts(sent.get("environment_variables") or {}),
    )
    labelled = metadata.merged(Metadata(), sent)
    document = present(record, labelled)
    transaction.insert(APPS, record, document)
    transaction.set_metadata(APPS, record.guid, labelled)
    process_rows.create_web_process(transaction, record)
    request = messages.without_secrets(sent)
    app_rows.audit_event(transaction, caller, record, "create", request=request)
    return document


def update(
    settings: Settings,
    transaction: Transaction,
    caller: Caller,
    guid: str,
    sent: Mapping[str, Any],
) -> bytes:
    """Change name, lifecycle and metadata of an app; return its document.

    Raises 404, 403 or 422 as `PATCH /v3/apps/{guid}` documents it; `sent` is a checked body.
    """
    record = app_rows.readable(transaction, caller, guid)
    app_rows.require(transaction, caller, record, Right.WRITE_SPACE)
    changes: dict[str, Any] = {}
    if "lifecycle" in sent:
        lifecycle = app_lifecycles.changed(transaction, record, sent["lifecycle"])
        app_lifecycles.require_installed(settings, lifecycle)
        changes |= {"lifecycle_data": lifecycle.data, "stack": lifecycle.stack}
    if sent.get("name", record.name) != record.name:
        _require_free_name(transaction, record.space_guid, sent["name"])
        changes["name"] = sent["name"]
    labelled = metadata.merged(transaction.metadata(APPS, guid), sent)
    document = app_rows.update_app(transaction, record, labelled, **changes)
    request = messages.without_secrets(sent)
    app_rows.audit_event(transaction, caller, record, "update", request=request)
    return document


def _space(reader: Reader, caller: Caller, sent: Mapping[str, Any]) -> SpaceRecord:
    guid = guid_of(sent, "space")
    space = reader.record(SPACES, guid, visible_to=caller.visible_to) if guid else None
    if space is None:
        raise v3_error(table.UNPROCESSABLE, messages.SPACE_INVALID)
    access.require_space_write(
        reader, caller, space_guid=space.guid, organization_guid=space.organization_guid
    )
    return space


def _require_free_name(reader: Reader, space_guid: str, name: str) -> None:
    if reader.first(APPS, space_guid=space_guid, name=name) is not None:
        raise v3_error(table.UNIQUENESS, messages.name_taken(name))
