"""How is an app started, stopped and restarted (behaviour document, 5.3)?"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from cloud_controller.api import access, app_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import apps as messages
from cloud_controller.domain.roles import Right
from cloud_controller.jobs import JobHandler, JobResult, NewJob, enqueue
from cloud_controller.staging import cache

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, Transaction
    from cloud_controller.store.records import JobRecord

_FLAGS: Final = {"docker": FeatureFlag.DIEGO_DOCKER, "cnb": FeatureFlag.DIEGO_CNB}
CLEAR_CACHE: Final = "app.clear_buildpack_cache"


def start(transaction: Transaction, caller: Caller, guid: str) -> bytes:
    """Make the app's state `STARTED`; return its document."""
    app = _startable(transaction, caller, guid)
    document = app_rows.update_app(transaction, app, state="STARTED")
    if app.state != "STARTED":
        app_rows.audit_event(transaction, caller, app, "start")
    return document


def stop(transaction: Transaction, caller: Caller, guid: str) -> bytes:
    """Make the app's state `STOPPED`; return its document."""
    app = _manageable(transaction, caller, guid)
    document = app_rows.update_app(transaction, app, state="STOPPED")
    if app.state != "STOPPED":
        app_rows.audit_event(transaction, caller, app, "stop")
    return document


def restart(transaction: Transaction, caller: Caller, guid: str) -> bytes:
    """Stop and start the app; return its document."""
    app = _startable(transaction, caller, guid)
    document = app_rows.update_app(transaction, app, state="STARTED")
    app_rows.audit_event(transaction, caller, app, "restart")
    return document


def clear_cache(transaction: Transaction, caller: Caller, guid: str) -> str:
    """Put down the job that forgets what buildpacks have cached; return its guid."""
    app = _manageable(transaction, caller, guid)
    job = NewJob(operation=CLEAR_CACHE, resource_type="app", resource_guid=app.guid)
    return enqueue(transaction, job).guid


def handlers(context: Context) -> Mapping[str, JobHandler]:
    """Return the job handlers by operation."""

    async def clear(job: JobRecord) -> JobResult:
        caches = context.settings.buildpack_caches
        await asyncio.to_thread(cache.clear, caches, job.resource)
        return JobResult()

    return {CLEAR_CACHE: JobHandler(clear)}


def _manageable(transaction: Transaction, caller: Caller, guid: str) -> AppRecord:
    app = app_rows.readable(transaction, caller, guid)
    app_rows.require(transaction, caller, app, Right.MANAGE_APPS)
    return app


def _startable(transaction: Transaction, caller: Caller, guid: str) -> AppRecord:
    app = app_rows.readable(transaction, caller, guid)
    if app.current_droplet_guid is None:  # before the rights, as upstream checks it
        raise v3_error(table.UNPROCESSABLE, messages.NO_DROPLET)
    app_rows.require(transaction, caller, app, Right.MANAGE_APPS)
    if app.lifecycle_type in _FLAGS:
        access.require_feature_for_all(transaction, _FLAGS[app.lifecycle_type])
    return app
