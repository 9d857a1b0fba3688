"""What do the operations of the tag AppEnvironment do?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi.operations import app_environment as operations
from cloud_controller.api import access, app_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.environment_variable_groups import RUNNING, STAGING, variables
from cloud_controller.api.errors import refuse, v3_error
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import apps as messages
from cloud_controller.domain.roles import Right
from cloud_controller.present import apps as present
from cloud_controller.store import ORGANIZATIONS, SPACES
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from capi import models
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, Reader, Transaction


class AppEnvironment:
    """Implements the generated `AppEnvironmentApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_app_environment(
        self, params: operations.GetAppEnvironmentParams, caller: Caller
    ) -> operations.GetAppEnvironment200:
        """Show everything that an instance would find in its environment."""

        def show(transaction: Transaction) -> bytes:
            app = _readable(transaction, caller, params.guid)
            app_rows.audit_event(transaction, caller, app, "environment.show")
            return _environment(transaction, caller, app)

        body = self._context.shown(await self._context.database.write(show))
        return operations.GetAppEnvironment200(body=Json(body))

    async def get_app_environment_variables(
        self, params: operations.GetAppEnvironmentVariablesParams, caller: Caller
    ) -> operations.GetAppEnvironmentVariables200:
        """Show the variables that the user set."""

        def show(transaction: Transaction) -> bytes:
            app = _readable(transaction, caller, params.guid)
            app_rows.audit_event(transaction, caller, app, "environment_variables.show")
            return present.environment_variables(app)

        body = self._context.shown(await self._context.database.write(show))
        return operations.GetAppEnvironmentVariables200(body=Json(body))

    async def update_app_environment_variables(
        self,
        params: operations.UpdateAppEnvironmentVariablesParams,
        body: models.AppEnvironmentVariablesUpdate | None,
        caller: Caller,
    ) -> operations.UpdateAppEnvironmentVariables200:
        """Set and remove variables."""
        sent = raw(body)

        def write(transaction: Transaction) -> bytes:
            app = changeable(transaction, caller, params.guid)
            refuse(messages.update_environment(sent))
            return _set(transaction, caller, app, sent["var"])

        shown = self._context.shown(await self._context.database.write(write))
        return operations.UpdateAppEnvironmentVariables200(body=Json(shown))


def changeable(reader: Reader, caller: Caller, guid: str) -> AppRecord:
    """Return an app whose variables the caller may set; raise 404 or 403 otherwise."""
    app = app_rows.readable(reader, caller, guid)
    app_rows.require(reader, caller, app, Right.MANAGE_APPS)
    return app


def _readable(reader: Reader, caller: Caller, guid: str) -> AppRecord:
    access.require_feature(reader, caller, FeatureFlag.ENV_VAR_VISIBILITY)
    app = app_rows.readable(reader, caller, guid)
    if not app_rows.may(reader, caller, app, Right.READ_ENVIRONMENT):
        raise v3_error(table.NOT_AUTHORIZED)
    access.require_feature(reader, caller, FeatureFlag.SPACE_DEVELOPER_ENV_VAR_VISIBILITY)
    return app


def _environment(reader: Reader, caller: Caller, app: AppRecord) -> bytes:
    return present.environment(
        app,
        space_name=reader.referenced(SPACES, app.space_guid).name,
        organization_name=reader.referenced(ORGANIZATIONS, app.organization_guid).name,
        uris=app_rows.uris(reader, app),
        show_services=app_rows.may(reader, caller, app, Right.READ_SECRETS),
        for_all={name: variables(reader, name) for name in (STAGING, RUNNING)},
    )


def _set(transaction: Transaction, caller: Caller, app: AppRecord, sent: dict[str, Any]) -> bytes:
    merged = {**app.environment_variables, **sent}
    kept = {name: value for name, value in merged.items() if value is not None}
    app_rows.update_app(transaction, app, environment_variables=kept)
    request = {"environment_variables": messages.PRIVATE}
    app_rows.audit_event(transaction, caller, app, "update", request=request)
    return present.environment_variables(app_rows.stored(transaction, app))
