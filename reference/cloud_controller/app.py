"""Which parts make up the server? The composition root: settings in, ASGI application out."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route, Router

from capi.server import Apis, create_app
from cloud_controller import docs
from cloud_controller.api import (
    app_actions,
    buildpack_rows,
    error_table,
    route_work,
    staging_work,
    user_work,
)
from cloud_controller.api.accounts import Accounts
from cloud_controller.api.app_environment import AppEnvironment
from cloud_controller.api.app_features import AppFeatures
from cloud_controller.api.app_relations import (
    Deployments,
    Revisions,
    ServiceCredentialBindings,
    ServiceInstances,
    ServiceRouteBindings,
    Sidecars,
    Tasks,
)
from cloud_controller.api.apps import Apps
from cloud_controller.api.audit_events import AuditEvents
from cloud_controller.api.authentication import BearerAuthenticator
from cloud_controller.api.buildpack_uploads import BuildpackUploads
from cloud_controller.api.buildpacks import Buildpacks
from cloud_controller.api.builds import Builds
from cloud_controller.api.context import Context
from cloud_controller.api.current_droplets import CurrentDroplets
from cloud_controller.api.deletion_work import DeletionWork
from cloud_controller.api.destinations import RouteDestinations
from cloud_controller.api.discovery import Info, Root
from cloud_controller.api.domain_sharing import DomainSharing
from cloud_controller.api.domains import Domains
from cloud_controller.api.droplet_work import DropletWork
from cloud_controller.api.droplets import Droplets
from cloud_controller.api.environment_variable_groups import EnvironmentVariableGroups
from cloud_controller.api.errors import v2_unknown_route, v3_error
from cloud_controller.api.feature_flags import FeatureFlags
from cloud_controller.api.isolation_segments import IsolationSegments
from cloud_controller.api.jobs import Jobs, V2Jobs
from cloud_controller.api.log_cache import LogCache
from cloud_controller.api.manifest_work import ManifestWork
from cloud_controller.api.manifests import Manifests
from cloud_controller.api.organization_quotas import OrganizationQuotas, SpaceQuotas
from cloud_controller.api.organizations import Organizations
from cloud_controller.api.package_work import PackageWork
from cloud_controller.api.packages import Packages
from cloud_controller.api.processes import AppProcesses, Processes
from cloud_controller.api.resource_matches import ResourceMatches
from cloud_controller.api.roles import Roles
from cloud_controller.api.routes import Routes
from cloud_controller.api.security_groups import SecurityGroups
from cloud_controller.api.space_features import SpaceFeatures
from cloud_controller.api.spaces import Spaces
from cloud_controller.api.stacks import Stacks
from cloud_controller.api.staging_work import StagingWork
from cloud_controller.api.tokens import Tokens
from cloud_controller.api.translator import Translator
from cloud_controller.api.usage_summaries import UsageSummaries
from cloud_controller.api.users import Users
from cloud_controller.api.v2_buildpacks import V2Buildpacks
from cloud_controller.auth import (
    Acquaintance,
    OutsideUaa,
    OutsideVerifier,
    TokenIssuer,
    Verifier,
    load_or_create_key,
)
from cloud_controller.auth.claims import TokenPolicy
from cloud_controller.blobs import ResourceCache, open_blobs
from cloud_controller.installation import KEY_FILE, prepare
from cloud_controller.jobs import JobRunner, Lane
from cloud_controller.middleware.elsewhere import UAA_PATHS, Elsewhere
from cloud_controller.middleware.headers import CommonHeaders
from cloud_controller.middleware.json_first import JsonFirst
from cloud_controller.middleware.rack_query import RackQuery
from cloud_controller.staging import confine
from cloud_controller.store import Database
from specfoundry.runtime.limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from cloud_controller.jobs import JobHandlers
    from cloud_controller.settings import Settings

_GRACE_SECONDS = 10.0


class CloudController:
    """The server as an ASGI application; its stores are open between startup and shutdown.

    Attributes:
        settings: What it was created with.
        context: The open stores; set while it runs.

    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.context: Context | None = None
        self._api: ASGIApp = _not_started
        site = docs.site()
        self._router = Router(
            routes=[Route("/docs", _to_docs), Mount("/docs", site)] if site else [],
            redirect_slashes=False,
            default=self._call_api,
            lifespan=self._lifespan,
        )
        served: ASGIApp = RackQuery(self._router)
        if settings.uaa:
            served = Elsewhere(served, UAA_PATHS, _unknown_path())
        self._app = CommonHeaders(JsonFirst(served, _unreadable_json()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        await self._app(scope, receive, send)

    async def _call_api(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._api(scope, receive, send)

    @asynccontextmanager
    async def _lifespan(self, _: object) -> AsyncIterator[None]:
        settings = self.settings
        async with AsyncExitStack() as stack:
            if not settings.prepared:
                installation = await prepare(settings)
                stack.callback(installation.release)
            database = await Database.open(settings.database_url)
            stack.push_async_callback(database.close)
            blobs = open_blobs(settings.blobs_url)
            context = Context(settings, database, blobs, ResourceCache(database, blobs))
            self.context = context
            self._api = _api(context)
            for runner, grace in await _runners(context):
                await runner.start()
                stack.push_async_callback(runner.stop, grace)
            yield
        self._api = _not_started
        self.context = None


def create(settings: Settings) -> CloudController:
    """Return the server as an ASGI application; it opens its stores when it is started."""
    return CloudController(settings)


async def _runners(context: Context) -> list[tuple[JobRunner, float]]:
    """Return who works on jobs, and for how long each may go on when the server stops.

    Stagings take long: they must hold up nothing else, and begin again with the next server.
    """
    settings = context.settings
    confinement = await asyncio.to_thread(
        confine, settings.staging, network=settings.staging_network, hidden=settings.data
    )
    staging = StagingWork(context, confinement).handlers()
    return [
        (_runner(context, _handlers(context), settings.job_threads, others=True), _GRACE_SECONDS),
        (_runner(context, staging, settings.staging_threads, others=False), 0.0),
    ]


def _runner(
    context: Context, handlers: JobHandlers, concurrency: int, *, others: bool
) -> JobRunner:
    return JobRunner(
        context.database,
        handlers,
        delay=context.settings.job_delay,
        concurrency=concurrency,
        lane=Lane(staging_work.OPERATIONS, others=others),
    )


def _handlers(context: Context) -> JobHandlers:
    return {
        **PackageWork(context).handlers(),
        **DropletWork(context).handlers(),
        **DeletionWork(context).handlers(),
        **app_actions.handlers(context),
        **route_work.handlers(),
        **ManifestWork(context).handlers(),
        **buildpack_rows.handlers(context),
        **user_work.handlers(context.database),
        **BuildpackUploads(context).handlers(),
    }


def _api(context: Context) -> ASGIApp:
    settings = context.settings
    key = load_or_create_key(settings.data / KEY_FILE)
    issuer = TokenIssuer(context.database, key, TokenPolicy.of(settings))
    verifier = (
        OutsideVerifier(context.database, OutsideUaa(settings.uaa))
        if settings.uaa
        else Verifier(context.database, [key], issuer=settings.token_issuer)
    )
    acquaintance = Acquaintance(context.database, names_from_tokens=bool(settings.uaa))
    apis = Apis(
        packages=Packages(context),
        builds=Builds(context),
        droplets=Droplets(context),
        resource_matches=ResourceMatches(context),
        organizations=Organizations(context),
        spaces=Spaces(context),
        apps=Apps(context),
        app_features=AppFeatures(context),
        app_environment=AppEnvironment(context),
        current_droplets=CurrentDroplets(context),
        processes=Processes(context),
        app_processes=AppProcesses(context),
        sidecars=Sidecars(context),
        deployments=Deployments(context),
        revisions=Revisions(context),
        tasks=Tasks(context),
        service_credential_bindings=ServiceCredentialBindings(context),
        service_route_bindings=ServiceRouteBindings(context),
        service_instances=ServiceInstances(context),
        manifests=Manifests(context),
        domains=Domains(context),
        domain_sharing=DomainSharing(context),
        routes=Routes(context),
        route_destinations=RouteDestinations(context),
        isolation_segments=IsolationSegments(context),
        security_groups=SecurityGroups(context),
        organization_quotas=OrganizationQuotas(context),
        space_quotas=SpaceQuotas(context),
        feature_flags=FeatureFlags(context),
        environment_variable_groups=EnvironmentVariableGroups(context),
        space_features=SpaceFeatures(context),
        usage_summaries=UsageSummaries(context),
        audit_events=AuditEvents(context),
        buildpacks=Buildpacks(context),
        stacks=Stacks(context),
        users=Users(context),
        roles=Roles(context),
        accounts=Accounts(context),
        jobs=Jobs(context),
        v2_buildpacks=V2Buildpacks(context),
        v2_jobs=V2Jobs(context),
        log_cache=LogCache(context),
        root=Root(context),
        info=Info(context),
        tokens=Tokens(context, issuer),
    )
    return create_app(
        apis,
        authenticator=BearerAuthenticator(verifier, acquaintance),
        errors=Translator(context, issuer),
        strict=settings.strict,
        uploads=settings.uploads,
        trailing_slash=lambda path: path.startswith("/v3"),  # 1.11: version 2 refuses it
        limits=Limits(upload_bytes=settings.max_upload_size, json_bytes=settings.max_json_size),
    )


def _unknown_path() -> bytes:
    return bytes(v2_unknown_route(error_table.NOT_FOUND).body.model_dump_json().encode())


def _unreadable_json() -> bytes:
    error = v3_error(error_table.MESSAGE_PARSE_ERROR, error_table.UNREADABLE_BODY)
    return bytes(error.body.model_dump_json().encode())


async def _to_docs(_: Request) -> RedirectResponse:
    return RedirectResponse("docs/")


async def _not_started(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    raise RuntimeError("the server has not been started: send it the ASGI lifespan events")
