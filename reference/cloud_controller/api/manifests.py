"""What do the operations of the tag Manifests do?"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, Final

import yaml

from capi.operations import manifests as operations
from cloud_controller.api import access, app_changes, app_rows, lookup, manifest_work
from cloud_controller.api import error_table as table
from cloud_controller.api.errors import detail_of, objects_of, v3_error, v3_errors
from cloud_controller.api.route_rows import address_of
from cloud_controller.domain import feature_flags, manifest, manifest_diff, manifest_text
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import apps as app_messages
from cloud_controller.domain.messages import manifests as messages
from cloud_controller.domain.roles import Right
from cloud_controller.jobs import NewJob, enqueue
from cloud_controller.present.manifests import application, text
from cloud_controller.store import APPS, PACKAGES, SPACES
from cloud_controller.store.entities import PROCESSES, ROUTE_DESTINATIONS, ROUTES
from specfoundry.runtime.responses import ApiError, Json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller
    from cloud_controller.settings import Settings
    from cloud_controller.store import AppRecord, Reader, SpaceRecord, Transaction

Applications = list[dict[str, Any]]

_SECRETS: Final = ("env", "cnb-credentials", "cnb_credentials")
_FLAGS: Final = {"docker": FeatureFlag.DIEGO_DOCKER, "cnb": FeatureFlag.DIEGO_CNB}


class Manifests:
    """Implements the generated `ManifestsApi`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def apply_manifest(
        self, params: operations.ApplyManifestParams, body: str, caller: Caller
    ) -> operations.ApplyManifest202:
        """Create the apps that are missing, and queue the rest."""
        applications = await self._checked(params.guid, body, caller)
        job = await self._context.database.write(
            lambda transaction: _queue(
                self._context.settings, transaction, caller, params.guid, applications
            )
        )
        return operations.ApplyManifest202(location=self._context.job_url(job))

    async def create_manifest_diff(
        self, params: operations.CreateManifestDiffParams, body: str, caller: Caller
    ) -> operations.CreateManifestDiff201:
        """Compare a manifest with the apps of the space."""
        applications = await self._checked(params.guid, body, caller)

        def read(reader: Reader) -> dict[str, dict[str, Any]]:
            names = dict.fromkeys(entry["name"] for entry in applications)
            apps = [reader.first(APPS, space_guid=params.guid, name=name) for name in names]
            return {app.name: _described(reader, app) for app in apps if app is not None}

        present = await self._context.database.read(read)
        found = manifest_diff.changes(applications, present)
        document = json.dumps({"diff": found}, ensure_ascii=False, default=str).encode()
        return operations.CreateManifestDiff201(body=Json(document))

    async def get_manifest_for_app(
        self, params: operations.GetManifestForAppParams, caller: Caller
    ) -> operations.GetManifestForApp200:
        """Describe an app as a manifest would."""

        def read(reader: Reader) -> dict[str, Any]:
            app = app_rows.readable(reader, caller, params.guid)
            if not app_rows.may(reader, caller, app, Right.READ_SECRETS):
                raise v3_error(table.NOT_AUTHORIZED)
            return _described(reader, app)

        entry = await self._context.database.read(read)
        return operations.GetManifestForApp200(body=text(entry))

    async def _checked(self, space_guid: str, body: str, caller: Caller) -> Applications:
        """Return the manifest's apps; raise as documented when the manifest is not right."""
        database = self._context.database
        await database.read(lambda reader: _writable(reader, caller, space_guid))
        applications = await asyncio.to_thread(_applications, body)
        texts = await database.read(lambda reader: _problems(reader, applications))
        if texts:
            raise v3_errors(table.UNPROCESSABLE, texts)
        return applications


def _writable(reader: Reader, caller: Caller, guid: str) -> SpaceRecord:
    space = lookup.record(reader, caller, SPACES, guid, "Space")
    access.require_space_write(
        reader, caller, space_guid=guid, organization_guid=space.organization_guid
    )
    return space


def _applications(body: str) -> Applications:
    try:
        found = manifest_text.parse(body)
    except manifest_text.ManifestAliasError:
        raise v3_error(table.BAD_REQUEST, messages.ALIASES) from None
    except manifest_text.ManifestUnreadableError:
        raise v3_error(table.MESSAGE_PARSE_ERROR, table.UNREADABLE_BODY) from None
    version = found.get("version")
    is_given = version is not None and version is not False  # 0 is equal to False
    if is_given and (version is True or version != 1):
        raise v3_error(table.UNPROCESSABLE, messages.VERSION)
    applications = found.get("applications")
    if not isinstance(applications, list) or not applications:
        raise v3_error(table.UNPROCESSABLE, messages.NO_APPLICATIONS)
    # Upstream breaks on an entry that is no object (500); here it is an app without a name.
    return [entry if isinstance(entry, dict) else {} for entry in applications]


def _problems(reader: Reader, applications: Applications) -> list[str]:
    found = []
    for index, entry in enumerate(applications):
        sent = manifest.members(entry)
        texts = messages.app(sent, disabled=_disabled(reader, sent))
        found += messages.about(entry.get("name"), index, texts)
    return found


def _disabled(reader: Reader, sent: Mapping[str, Any]) -> list[str]:
    asked = [("docker", "docker" in sent), ("cnb", sent.get("lifecycle") == "cnb")]
    flags = [_FLAGS[name] for name, is_asked in asked if is_asked]
    return [
        table.FEATURE_DISABLED.detail(feature_flags.disabled_text(flag))
        for flag in flags
        if not access.is_enabled(reader, flag)
    ]


def _queue(
    settings: Settings,
    transaction: Transaction,
    caller: Caller,
    space_guid: str,
    applications: Applications,
) -> str:
    space = _writable(transaction, caller, space_guid)
    wanted: dict[str, dict[str, Any]] = {}
    for entry in applications:
        sent = manifest.members(entry)
        app = _app(settings, transaction, caller, space, sent)
        wanted[app.guid] = sent
        hidden = {name: app_messages.PRIVATE for name in _SECRETS if entry.get(name)}
        shown = {**entry, **hidden}
        written = yaml.safe_dump({"applications": [shown]}, explicit_start=True, sort_keys=False)
        app_rows.audit_event(
            transaction, caller, app, "apply_manifest", request={"manifest": written}
        )
    job = NewJob(
        operation=manifest_work.OPERATION,
        resource_type="space",
        resource_guid=space.guid,
        payload=manifest_work.payload(caller, wanted),
    )
    return enqueue(transaction, job).guid


def _app(
    settings: Settings,
    transaction: Transaction,
    caller: Caller,
    space: SpaceRecord,
    sent: Mapping[str, Any],
) -> AppRecord:
    """Find or create an app of the manifest."""
    name = sent["name"]
    app = transaction.first(APPS, space_guid=space.guid, name=name)
    if app is None:
        app = _created(settings, transaction, caller, space, sent)
    buildpacks = sent.get("buildpack") or sent.get("buildpacks")
    if app.lifecycle_type == "docker" and buildpacks:
        raise _refused(name, messages.no_buildpacks(sent))
    if app.lifecycle_type == "buildpack" and sent.get("docker"):
        raise _refused(name, messages.NO_DOCKER)
    return app


def _created(
    settings: Settings,
    transaction: Transaction,
    caller: Caller,
    space: SpaceRecord,
    sent: Mapping[str, Any],
) -> AppRecord:
    name = sent["name"]
    body: dict[str, Any] = {
        "name": name,
        "relationships": {"space": {"data": {"guid": space.guid}}},
    }
    asked = manifest.lifecycle(sent)
    if asked is not None:
        body["lifecycle"] = {"type": "buildpack", "data": {}, **asked}
    if sent.get("metadata") is not None:
        body["metadata"] = sent["metadata"]
    texts = app_messages.create(body)
    if texts:
        raise _refused(name, ", ".join(texts))
    try:
        app_changes.create(settings, transaction, caller, body)
    except ApiError as error:
        if any(one.code != table.UNPROCESSABLE.code for one in objects_of(error)):
            raise  # such as custom buildpacks where they are disabled
        raise _refused(name, detail_of(error)) from error
    created = transaction.first(APPS, space_guid=space.guid, name=name)
    if created is None:
        raise LookupError(f"app {name!r} was not stored")
    return created


def _refused(name: str, detail: str) -> ApiError:
    return v3_error(table.UNPROCESSABLE, f"For application '{name}': {detail}")


def _described(reader: Reader, app: AppRecord) -> dict[str, Any]:
    routes = []
    for destination in reader.all(ROUTE_DESTINATIONS, app_guid=app.guid):
        route = reader.referenced(ROUTES, destination.route_guid)
        routes.append((address_of(reader, route), destination.protocol))
    packages = reader.all(PACKAGES, app_guid=app.guid)
    return application(
        app,
        reader.metadata(APPS, app.guid),
        reader.all(PROCESSES, app_guid=app.guid),
        routes,
        packages[-1] if packages else None,
    )
