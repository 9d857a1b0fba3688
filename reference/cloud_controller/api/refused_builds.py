"""What is answered to a body for builds and droplets that does not fit the contract?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from cloud_controller.api import builds as build_changes
from cloud_controller.api import droplet_changes
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.api.refusals import is_absent
from cloud_controller.domain import query_text
from cloud_controller.domain.messages import builds, droplets

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from specfoundry.runtime.problems import Refusal
    from specfoundry.runtime.responses import ApiError

OPERATIONS: Final = frozenset(
    {
        "createBuild",
        "updateBuild",
        "createDroplet",
        "updateDroplet",
        "uploadDroplet",
        "stagePackage",
    }
)
"""The operations that `error` knows."""


async def error(context: Context, caller: Caller, refusal: Refusal) -> ApiError | None:
    """Return the error for a refused body of one of `OPERATIONS`; None when no rule fits.

    Raises 404 or 403 where those come before the body is looked at.
    """
    operation = refusal.operation.operation_id if refusal.operation else ""
    if operation == "uploadDroplet":
        return _upload(refusal)
    if operation == "createBuild" and not _is_object(refusal):
        return v3_error(table.MESSAGE_PARSE_ERROR, table.UNREADABLE_BODY)
    if refusal.reason != "body":
        return None
    await _look_up(context, caller, operation, refusal)
    texts = _texts(operation, refusal)
    return v3_error(table.UNPROCESSABLE, ", ".join(texts)) if texts else None


def _upload(refusal: Refusal) -> ApiError | None:
    form = refusal.body if isinstance(refusal.body, Mapping) else {}
    unknown = [name for name in form if name != "bits"]
    name = "droplet.tgz" if "bits" in form else None  # it is no file when it is refused here
    texts = droplets.upload(name, 1, unknown)
    return v3_error(table.DROPLET_UPLOAD_INVALID, ", ".join(texts)) if texts else None


def _is_object(refusal: Refusal) -> bool:
    """Return whether the body counts as an object; JSON's null does, no body at all does not."""
    if refusal.reason != "body":
        return False
    return isinstance(refusal.body, Mapping) or (refusal.body is None and not is_absent(refusal))


async def _look_up(context: Context, caller: Caller, operation: str, refusal: Refusal) -> None:
    require: Any = {
        "updateBuild": build_changes.require_update,
        "updateDroplet": droplet_changes.require_update,
    }.get(operation)
    if require is None:
        return
    guid = str(refusal.path_params["guid"])
    sent = refusal.body if isinstance(refusal.body, Mapping) else {}
    await context.database.read(lambda reader: require(reader, caller, guid, sent))


def _texts(operation: str, refusal: Refusal) -> list[str]:
    body = refusal.body
    if operation == "createBuild":
        return builds.create(body)
    if operation == "updateBuild":
        return builds.update(body)
    if operation == "updateDroplet":
        return droplets.update(body)
    if operation == "stagePackage":
        return droplets.stage(body)
    source = query_text.parse(refusal.request.raw_query).get("source_guid")
    if source is not None and source.strip():
        return droplets.copy(body)
    return droplets.create(body) or [droplets.no_such_app("")]
