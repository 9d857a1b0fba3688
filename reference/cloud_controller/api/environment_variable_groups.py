"""What do the operations of the tag EnvironmentVariableGroups do?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from capi.operations import environment_variable_groups as operations
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.domain.messages import environment_variable_groups as messages
from cloud_controller.present.environment_variable_groups import (
    environment_variable_group as present,
)
from cloud_controller.store import clock
from cloud_controller.store.entities import ENVIRONMENT_VARIABLE_GROUPS
from cloud_controller.store.records import EnvironmentVariableGroupRecord
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import Reader, Transaction

RUNNING: Final = "running"
STAGING: Final = "staging"


class EnvironmentVariableGroups:
    """Implements the generated `EnvironmentVariableGroupsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_environment_variable_group(
        self,
        params: operations.GetEnvironmentVariableGroupParams,
        caller: Caller,  # noqa: ARG002 -- everybody may know
    ) -> operations.GetEnvironmentVariableGroup200:
        """Show the variables of one group."""
        _require_known(params.name)
        document = await self._context.database.read(
            lambda reader: present(
                params.name, reader.record(ENVIRONMENT_VARIABLE_GROUPS, params.name)
            )
        )
        return operations.GetEnvironmentVariableGroup200(body=Json(self._context.shown(document)))

    async def update_environment_variable_group(
        self,
        params: operations.UpdateEnvironmentVariableGroupParams,
        body: models.EnvironmentVariableGroupUpdate | None,
        caller: Caller,
    ) -> operations.UpdateEnvironmentVariableGroup200:
        """Set and remove variables; admins only."""
        sent = raw(body)
        refuse(messages.update(sent))
        if not caller.is_admin:
            raise v3_error(table.NOT_AUTHORIZED)
        _require_known(params.name)
        document = await self._context.database.write(
            lambda transaction: _merge(transaction, params.name, sent.get("var") or {})
        )
        return operations.UpdateEnvironmentVariableGroup200(
            body=Json(self._context.shown(document))
        )


def variables(reader: Reader, name: str) -> dict[str, str]:
    """Return the variables that all apps get; `name` is `RUNNING` or `STAGING`."""
    record = reader.record(ENVIRONMENT_VARIABLE_GROUPS, name)
    return {} if record is None else record.variables


def _require_known(name: str) -> None:
    if name not in (RUNNING, STAGING):
        raise v3_error(table.RESOURCE_NOT_FOUND, "Environment variable group")


def _merge(transaction: Transaction, name: str, sent: Mapping[str, Any]) -> bytes:
    stored = transaction.record(ENVIRONMENT_VARIABLE_GROUPS, name)
    moment = clock.now()
    before = stored or EnvironmentVariableGroupRecord(
        guid=name, created_at=moment, updated_at=moment
    )
    merged = {**before.variables, **sent}
    record = replace(
        before,
        variables={name: value for name, value in merged.items() if value is not None},
        updated_at=moment,
    )
    if len(json.dumps(record.variables)) > messages.MAX_SIZE:
        raise v3_error(table.UNPROCESSABLE, messages.TOO_LARGE)
    if stored is None:
        transaction.insert(ENVIRONMENT_VARIABLE_GROUPS, record)
    else:
        transaction.update(ENVIRONMENT_VARIABLE_GROUPS, record)
    return present(name, record)
