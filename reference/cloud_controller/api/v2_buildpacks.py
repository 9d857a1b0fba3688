"""What do the operations of the tag V2Buildpacks do (behaviour document, chapter 3)?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from capi.operations import v2_buildpacks as operations
from cloud_controller.api import buildpack_bits, buildpack_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import v2_error
from cloud_controller.domain import pagination, v2_query
from cloud_controller.domain.messages import v2_buildpacks as messages
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present import pages
from cloud_controller.present.jobs import v2_job
from cloud_controller.present.v2_buildpacks import v2_buildpack as present
from cloud_controller.store import (
    BUILDPACKS,
    STACKS,
    BuildpackRecord,
    Compare,
    Filter,
    In,
    ListQuery,
    Order,
    clock,
)
from cloud_controller.store.entities import V2_BUILDPACKS
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.domain.v2_query import Condition
    from cloud_controller.store import Reader, Transaction
    from cloud_controller.store.query import Operator

_PATH: Final = "/v2/buildpacks"
_COMPARISONS: Final[dict[str, Operator]] = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}


class V2Buildpacks:
    """Implements the generated `V2BuildpacksApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def list_v2_buildpacks(
        self,
        params: operations.ListV2BuildpacksParams,
        caller: Caller,  # noqa: ARG002 -- anyone with a reading scope
    ) -> operations.ListV2Buildpacks200:
        """List the buildpacks, filtered by `q` (3.3, 1.13)."""
        size = params.results_per_page
        query = ListQuery(
            V2_BUILDPACKS,
            tuple(
                _filter(condition)
                for condition in v2_query.parse(params.q or (), messages.Q_FIELDS)
            ),
            (_order(params),),
            limit=size,
            offset=(params.page - 1) * size,
        )
        found = await self._context.database.read(lambda reader: reader.page(query))
        shown = pagination.v2_page(params.page, size, found.total)
        body = self._context.shown(pages.v2_page(_PATH, shown, _repeated(params), found.documents))
        return operations.ListV2Buildpacks200(
            body=Json(pages.pretty(body) if params.pretty == "true" else body)
        )

    async def get_v2_buildpack(
        self,
        params: operations.GetV2BuildpackParams,
        caller: Caller,  # noqa: ARG002 -- anyone with a reading scope
    ) -> operations.GetV2Buildpack200:
        """Show one buildpack."""
        document = await self._context.database.read(
            lambda reader: reader.document(V2_BUILDPACKS, params.guid)
        )
        if document is None:
            raise v2_error(table.NOT_FOUND)
        return operations.GetV2Buildpack200(body=Json(self._context.shown(document)))

    async def create_v2_buildpack(
        self, body: models.V2BuildpackCreate, caller: Caller
    ) -> operations.CreateV2Buildpack201:
        """Create a buildpack without bits (3.4)."""
        sent = checked(raw(body), creating=True)
        record = await self._context.database.write(
            lambda transaction: _create(transaction, caller, sent)
        )
        return operations.CreateV2Buildpack201(
            location=f"{_PATH}/{record.guid}", body=Json(present(record))
        )

    async def update_v2_buildpack(
        self,
        params: operations.UpdateV2BuildpackParams,
        body: models.V2BuildpackUpdate,
        caller: Caller,
    ) -> operations.UpdateV2Buildpack201:
        """Change what was sent and is not null (3.6)."""
        sent = checked(raw(body), creating=False)
        record = await self._context.database.write(
            lambda transaction: _update(transaction, caller, params.guid, sent)
        )
        return operations.UpdateV2Buildpack201(body=Json(present(record)))

    async def delete_v2_buildpack(
        self, params: operations.DeleteV2BuildpackParams, caller: Caller
    ) -> operations.DeleteV2Buildpack202 | operations.DeleteV2Buildpack204:
        """Delete a buildpack at once, or by a job (3.7)."""
        later = params.async_ == "true"

        def write(transaction: Transaction) -> bytes | None:
            record = find(transaction, params.guid)
            _require_admin(caller)
            if not later:
                buildpack_rows.remove(transaction, record)
                return None
            job = NewJob(
                operation="buildpack.delete",
                resource_type="buildpack",
                resource_guid=record.guid,
            )
            return v2_job(enqueue(transaction, job))

        queued = await self._context.database.write(write)
        if queued is None:
            return operations.DeleteV2Buildpack204()
        return operations.DeleteV2Buildpack202(body=Json(queued))

    async def upload_v2_buildpack_bits(
        self,
        params: operations.UploadV2BuildpackBitsParams,
        body: operations.UploadV2BuildpackBitsBody,
        caller: Caller,
    ) -> operations.UploadV2BuildpackBits201 | operations.UploadV2BuildpackBits204:
        """Store a buildpack's zip and its file name (3.8)."""
        record = await self._context.database.read(lambda reader: find(reader, params.guid))
        if not caller.is_admin:
            raise v2_error(table.INSUFFICIENT_SCOPE)
        changed = await buildpack_bits.accept(self._context, record, body.buildpack)
        if changed is None:
            return operations.UploadV2BuildpackBits204()
        return operations.UploadV2BuildpackBits201(body=Json(present(changed)))


def find(reader: Reader, guid: str) -> BuildpackRecord:
    """Return a buildpack, else raise 404; version 2 has no error of its own for that (S61)."""
    record = reader.record(BUILDPACKS, guid)
    if record is None:
        raise v2_error(table.NOT_FOUND)
    return record


def checked(sent: Mapping[str, Any], *, creating: bool) -> dict[str, Any]:
    """Return the members that are not null, or raise 400 for what is wrong with them (3.4)."""
    problem = messages.read_problem(sent, creating=creating)
    if problem is not None:
        raise v2_error(table.MESSAGE_PARSE_ERROR, problem)
    problem = messages.model_problem(sent, creating=creating)
    if problem is not None:
        raise v2_error(table.BUILDPACK_INVALID, problem)
    return {name: value for name, value in sent.items() if value is not None}


def _require_admin(caller: Caller) -> None:
    if not caller.is_admin:
        raise v2_error(table.NOT_AUTHORIZED)


def _create(transaction: Transaction, caller: Caller, sent: Mapping[str, Any]) -> BuildpackRecord:
    moment = clock.now()
    record = BuildpackRecord(
        guid=str(uuid4()),
        created_at=moment,
        updated_at=moment,
        name=sent["name"],
        stack=sent.get("stack"),
        position=sent.get("position", 1),
        enabled=sent.get("enabled", True),
        locked=sent.get("locked", False),
        lifecycle=sent.get("lifecycle", "buildpack"),
    )
    _check_model(transaction, record, sent)
    _require_admin(caller)  # only now: others may be told of a duplicate first (S60)
    return buildpack_rows.insert(transaction, record)


def _update(
    transaction: Transaction, caller: Caller, guid: str, sent: Mapping[str, Any]
) -> BuildpackRecord:
    record = find(transaction, guid)
    _require_admin(caller)
    changes = {name: sent[name] for name in ("name", "stack", "enabled", "locked") if name in sent}
    if record.stack is not None and changes.get("stack", record.stack) != record.stack:
        raise v2_error(table.BUILDPACK_INVALID, messages.STACK_FIXED)
    changed = replace(record, **changes)
    if (changed.name, changed.stack) != (record.name, record.stack):
        _check_model(transaction, changed, {**sent, "stack": changed.stack})
    position = sent.get("position", record.position)
    return buildpack_rows.update(transaction, record, changed, position=position)


def _check_model(reader: Reader, record: BuildpackRecord, sent: Mapping[str, Any]) -> None:
    if record.stack is not None and reader.first(STACKS, name=record.stack) is None:
        raise v2_error(table.BUILDPACK_INVALID, messages.STACK_UNKNOWN)
    if not buildpack_rows.is_taken(reader, record):
        return
    if record.stack is None:
        raise v2_error(table.BUILDPACK_INVALID, messages.STACK_UNIQUE)
    # The text shows what was sent, so a lifecycle that was not sent prints as nothing.
    raise v2_error(table.BUILDPACK_TAKEN, record.name, sent.get("stack"), sent.get("lifecycle"))


def _filter(condition: Condition) -> Filter:
    if condition.operator == "null":
        return In(condition.field, (), or_null=True)
    if condition.operator in ("=", "in"):
        return In(condition.field, condition.values)
    return Compare(condition.field, _COMPARISONS[condition.operator], condition.values[0])


def _direction(params: operations.ListV2BuildpacksParams) -> str:
    """Return the direction, whether it was asked for in today's way or in that of 2014."""
    return "desc" if "desc" in (params.order_direction, params.order) else "asc"


def _order(params: operations.ListV2BuildpacksParams) -> Order:
    return Order(params.order_by, _direction(params) == "desc", tie="id")


def _repeated(params: operations.ListV2BuildpacksParams) -> dict[str, str]:
    """Return what the page links repeat: the direction always, the rest unless it is the default."""
    lists = {
        "exclude-relations": params.exclude_relations,
        "include-relations": params.include_relations,
    }
    sent = {
        "q": ";".join(params.q or ()),
        "order-by": "" if params.order_by == "id" else params.order_by,
        "pretty": params.pretty or "",
        "inline-relations-depth": str(params.inline_relations_depth or ""),
        "orphan-relations": str(params.orphan_relations or ""),
        **{name: ",".join(members or ()) for name, members in lists.items()},
    }
    kept = {name: value for name, value in sent.items() if value}
    return {**kept, "order-direction": _direction(params)}
