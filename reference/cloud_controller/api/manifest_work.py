"""How is a manifest applied behind the answer, app by app?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from cloud_controller.api import error_table as table
from cloud_controller.api import manifest_application
from cloud_controller.api.errors import job_failure, objects_of
from cloud_controller.auth import Caller
from cloud_controller.jobs import JobFailedError, JobHandler, JobResult
from cloud_controller.jobs.handlers import ApiErrorObject
from cloud_controller.store import APPS
from specfoundry.runtime.responses import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cloud_controller.api.context import Context
    from cloud_controller.jobs import JobHandlers
    from cloud_controller.settings import Settings
    from cloud_controller.store import Transaction
    from cloud_controller.store.records import JobRecord

OPERATION = "space.apply_manifest"


def payload(caller: Caller, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the job needs: who asked, and what for (an app's guid: its members)."""
    who = {
        "user_guid": caller.user_guid,
        "user_name": caller.user_name,
        "email": caller.email,
        "client_id": caller.client_id,
    }
    apps = [{"guid": guid, "members": dict(sent)} for guid, sent in wanted.items()]
    return {"caller": {**who, "scopes": sorted(caller.scopes)}, "apps": apps}


@dataclass(frozen=True, slots=True)
class ManifestWork:
    """The job handler; applying a manifest again changes nothing more."""

    context: Context

    def handlers(self) -> JobHandlers:
        """Return the handlers by operation."""
        return {OPERATION: JobHandler(self._apply)}

    async def _apply(self, job: JobRecord) -> JobResult:
        """Bring each app there in a transaction of its own; the first that fails ends the job."""
        who = job.payload["caller"]
        caller = Caller(**{**who, "scopes": frozenset(who["scopes"])})
        warnings: dict[str, None] = {}
        for one in job.payload["apps"]:
            found = await self.context.database.write(
                partial(_apply_one, settings=self.context.settings, caller=caller, one=one)
            )
            warnings |= dict.fromkeys(found)
        return JobResult(warnings=tuple(warnings))


def _apply_one(
    transaction: Transaction, *, settings: Settings, caller: Caller, one: Mapping[str, Any]
) -> Sequence[str]:
    app = transaction.record(APPS, one["guid"])
    if app is None:
        raise job_failure(table.RESOURCE_NOT_FOUND, f"App with guid '{one['guid']}'")
    try:
        return manifest_application.apply(settings, transaction, caller, app, one["members"])
    except ApiError as error:
        raise JobFailedError(
            *(
                ApiErrorObject(e.code, e.title, f"For application '{app.name}': {e.detail}")
                for e in objects_of(error)
            )
        ) from error
