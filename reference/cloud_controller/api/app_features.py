"""What do the operations of the tag AppFeatures do?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from capi import models
from capi.operations import app_features as operations
from cloud_controller.api import app_rows
from cloud_controller.api import error_table as table
from cloud_controller.api.bodies import raw
from cloud_controller.api.errors import v3_error
from cloud_controller.domain import app_features
from cloud_controller.domain.messages import apps as messages
from cloud_controller.domain.roles import Right

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.store import AppRecord, Reader, Transaction


class AppFeatures:
    """Implements the generated `AppFeaturesApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def get_app_features(
        self, params: operations.GetAppFeaturesParams, caller: Caller
    ) -> operations.GetAppFeatures200:
        """Show all features of an app."""
        app = await self._context.database.read(
            lambda reader: app_rows.readable(reader, caller, params.guid)
        )
        here = models.PaginationLink(
            href=f"{self._context.settings.base_url}/v3/apps/{app.guid}/features"
        )
        pagination = models.Pagination(
            total_results=len(app_features.FEATURES),
            total_pages=1,
            first=here,
            last=here,
            next=None,
            previous=None,
        )
        features = [_feature(app, name) for name in app_features.FEATURES]
        return operations.GetAppFeatures200(
            body=models.AppFeatureList(resources=features, pagination=pagination)
        )

    async def get_app_feature(
        self, params: operations.GetAppFeatureParams, caller: Caller
    ) -> operations.GetAppFeature200:
        """Show one feature of an app."""

        def read(reader: Reader) -> AppRecord:
            app = app_rows.readable(reader, caller, params.guid)
            _require_feature(params.name)
            return app

        app = await self._context.database.read(read)
        return operations.GetAppFeature200(body=_feature(app, params.name))

    async def update_app_feature(
        self,
        params: operations.UpdateAppFeatureParams,
        body: models.AppFeatureUpdate,
        caller: Caller,
    ) -> operations.UpdateAppFeature200:
        """Switch a feature of an app on or off."""
        sent = raw(body)

        def write(transaction: Transaction) -> AppRecord:
            app = changeable(transaction, caller, params.guid, params.name)
            return _switch(transaction, app, params.name, sent)

        app = await self._context.database.write(write)
        return operations.UpdateAppFeature200(body=_feature(app, params.name))


def changeable(reader: Reader, caller: Caller, guid: str, name: str) -> AppRecord:
    """Return an app whose feature the caller may change; raise 404 or 403 otherwise.

    Who only manages apps may change `revisions`, but nothing else.
    """
    app = app_rows.readable(reader, caller, guid)
    right = Right.MANAGE_APPS if name == app_features.REVISIONS else Right.WRITE_SPACE
    app_rows.require(reader, caller, app, right)
    _require_feature(name)
    return app


def _switch(transaction: Transaction, app: AppRecord, name: str, sent: dict[str, Any]) -> AppRecord:
    if sent["enabled"] and app_features.exclude_each_other(app, name):
        raise v3_error(table.UNPROCESSABLE, messages.FEATURES_EXCLUDE)
    app_rows.update_app(transaction, app, features={**app.features, name: sent["enabled"]})
    return app_rows.stored(transaction, app)


def _require_feature(name: str) -> None:
    if name not in app_features.FEATURES:
        raise v3_error(table.RESOURCE_NOT_FOUND, "Feature")


def _feature(app: AppRecord, name: str) -> models.AppFeature:
    return models.AppFeature(
        name=name,
        description=app_features.FEATURES[name].description,
        enabled=app_features.is_enabled(app, name),
    )
