"""What is answered to a body that does not fit the contract?

The rules of the real API run over what was sent and give its texts, in its order of checks; where
none of them fits, the text is made of the problem that the decoder found.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from cloud_controller.api import access, metadata, refused_builds
from cloud_controller.api import error_table as table
from cloud_controller.api import organizations as organization_rows
from cloud_controller.api import spaces as space_rows
from cloud_controller.api import users as user_rows
from cloud_controller.api.envelopes import Envelope, envelope_of, error_for
from cloud_controller.api.errors import v2_error, v3_error
from cloud_controller.api.feature_flags import require_switching
from cloud_controller.api.isolation_segments import require_assignment
from cloud_controller.api.oauth_errors import oauth_error
from cloud_controller.api.organizations import require_creation
from cloud_controller.api.problem_texts import said
from cloud_controller.api.refusals import caller_of, is_absent
from cloud_controller.api.refused_apps import RefusedApps
from cloud_controller.api.refused_buildpacks import RefusedBuildpacks
from cloud_controller.api.v2_buildpacks import find as find_buildpack
from cloud_controller.auth import Caller, TokenRequest, TokenRequestError
from cloud_controller.domain import query_text
from cloud_controller.domain.feature_flags import FeatureFlag
from cloud_controller.domain.messages import (
    apps,
    buildpacks,
    destinations,
    domains,
    environment_variable_groups,
    feature_flags,
    fields,
    isolation_segments,
    manifests,
    organizations,
    packages,
    resource_matches,
    routes,
    stacks,
    users,
    v2_buildpacks,
)

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import TokenIssuer
    from cloud_controller.store import Reader
    from specfoundry.runtime.problems import Refusal
    from specfoundry.runtime.responses import ApiError

# First what is wrong with the members, then what only shows when they are looked up.
_MESSAGES: Final[dict[str, tuple[Callable[[object], list[str]], ...]]] = {
    "createPackage": (packages.create, packages.create_later),
    "createPackageForApp": (packages.create_for_app, packages.create_for_app_later),
    "updatePackage": (packages.update, lambda body: packages.credentials(fields.members(body))),
    "createOrganization": (organizations.create_organization,),
    "updateOrganization": (organizations.update,),
    "updateSpace": (organizations.update,),
    "updateFeatureFlag": (feature_flags.update,),
    "updateSpaceSshFeature": (apps.update_feature,),
    "updateEnvironmentVariableGroup": (environment_variable_groups.update,),
    "updateDefaultIsolationSegment": (isolation_segments.update,),
    "updateSpaceIsolationSegment": (isolation_segments.update,),
    "createSpace": (organizations.create_space, organizations.create_space_later),
    "createApp": (apps.create, apps.create_later),
    "updateApp": (apps.update,),
    "createDomain": (domains.create,),
    "updateDomain": (domains.update,),
    "shareDomain": (domains.share,),
    "createRoute": (routes.create, routes.create_later),
    "updateRoute": (routes.update,),
    "addRouteDestinations": (destinations.add,),
    "replaceRouteDestinations": (destinations.replace,),
    "updateRouteDestination": (destinations.update,),
    "createResourceMatch": (resource_matches.create,),
    "createBuildpack": (buildpacks.create,),
    "updateBuildpack": (buildpacks.update, buildpacks.update_later),
    "createStack": (stacks.create,),
    "updateStack": (stacks.update,),
    "createRole": (users.create_role,),
    "createUser": (users.create_user,),
    "updateUser": (users.update_user,),
}

# Operations of which upstream looks at the body last, and what it looks at before.
_ROW_FIRST: Final[dict[str, Callable[[Reader, Caller, str], object]]] = {
    "updateOrganization": organization_rows.editable,
    "updateSpace": space_rows.editable,
    "updateSpaceIsolationSegment": require_assignment,
    "updateFeatureFlag": require_switching,
}


class RefusedBodies:
    """Finds the answer for refused bodies; some answers depend on roles, flags and rows."""

    def __init__(self, context: Context, issuer: TokenIssuer) -> None:
        self._context = context
        self._issuer = issuer
        self._special: Mapping[str, Callable[[Refusal], Awaitable[ApiError | None]]] = {
            "createPackage": self._create_package,
            "createOrganization": self._create_organization,
            **dict.fromkeys(_ROW_FIRST, self._row_first),
            "createResourceMatch": self._create_resource_match,
            "uploadPackage": self._upload_package,
            "createV2Buildpack": self._create_buildpack,
            "updateV2Buildpack": self._update_buildpack,
            "uploadV2BuildpackBits": self._upload_buildpack,
            "createToken": self._create_token,
            "applyManifest": self._manifest,
            "createManifestDiff": self._manifest,
            **dict.fromkeys(refused_builds.OPERATIONS, self._build_or_droplet),
            "createUser": self._create_user,
            **RefusedBuildpacks(context).answers(),
            **RefusedApps(context).answers(),
            "updateUser": self._update_user,
        }

    async def error(self, refusal: Refusal) -> ApiError:
        """Return the error for a refused body."""
        operation = refusal.operation.operation_id if refusal.operation else ""
        special = self._special.get(operation)
        if operation == "createOrganization" and refusal.reason != "body":
            special = None  # what cannot be read is refused before any role is looked at
        found = await special(refusal) if special else None
        if found is not None:
            return found
        if envelope_of(refusal.request.path) is Envelope.V3 and refusal.reason == "body":
            text = _v3_text(operation, refusal)
            if text is None:
                metadata.require_room(refusal.body)
            return v3_error(table.UNPROCESSABLE, text or said(refusal.problems))
        if operation == "createAccount" and refusal.reason == "body":
            return oauth_error(400, "invalid_scim_resource", said(refusal.problems))
        return error_for(refusal.request.path, table.MESSAGE_PARSE_ERROR, table.UNREADABLE_BODY)

    async def _create_package(self, refusal: Refusal) -> ApiError | None:
        """Refuse what is no object before any member is looked at ([R] in 1.11)."""
        is_null = refusal.body is None and not is_absent(refusal)
        if refusal.reason != "body" or not (isinstance(refusal.body, Mapping) or is_null):
            return v3_error(table.MESSAGE_PARSE_ERROR, table.UNREADABLE_BODY)
        source_guid = query_text.parse(refusal.request.raw_query).get("source_guid")
        if source_guid is None or not source_guid.strip():
            return None
        # Of the body of a copy only the app counts (2.6).
        return v3_error(table.UNPROCESSABLE, packages.APP_INVALID)

    async def _build_or_droplet(self, refusal: Refusal) -> ApiError | None:
        return await refused_builds.error(self._context, caller_of(refusal), refusal)

    async def _create_organization(self, refusal: Refusal) -> ApiError | None:
        caller = caller_of(refusal)
        await self._context.database.read(lambda reader: require_creation(reader, caller))
        return None

    async def _create_resource_match(self, refusal: Refusal) -> ApiError | None:
        if refusal.reason == "body":
            caller = caller_of(refusal)
            await self._context.database.read(
                lambda reader: access.require_feature(reader, caller, FeatureFlag.APP_BITS_UPLOAD)
            )
        return None

    async def _row_first(self, refusal: Refusal) -> ApiError | None:
        """Look for the row and at the caller's right before the body."""
        operation = refusal.operation.operation_id if refusal.operation else ""
        look, caller = _ROW_FIRST[operation], caller_of(refusal)
        guid = str(next(iter(refusal.path_params.values())))
        if refusal.reason == "body":
            await self._context.database.read(lambda reader: look(reader, caller, guid))
        return None

    async def _upload_package(self, refusal: Refusal) -> ApiError | None:
        caller = caller_of(refusal)
        await self._context.database.read(
            lambda reader: access.require_feature(reader, caller, FeatureFlag.APP_BITS_UPLOAD)
        )
        if refusal.reason == "syntax":
            return None  # no form could be read at all
        form = refusal.body if isinstance(refusal.body, Mapping) else {}
        if any(problem.name == "resources" for problem in refusal.problems):
            return v3_error(table.UNPROCESSABLE, packages.RESOURCES_NOT_JSON)
        resources = form.get("resources")
        texts = packages.upload(
            has_bits="bits" in form,
            resources=resources if isinstance(resources, str) else None,
            unknown_parts=_unknown_parts(form, ("bits", "resources")),
        )
        return v3_error(table.UNPROCESSABLE, ", ".join(texts)) if texts else None

    async def _manifest(self, refusal: Refusal) -> ApiError:
        """Refuse what is not YAML by its media type before anything else."""
        if refusal.reason == "media_type" or is_absent(refusal):
            return v3_error(table.BAD_REQUEST, manifests.NOT_YAML)
        return v3_error(table.MESSAGE_PARSE_ERROR, table.UNREADABLE_BODY)

    async def _create_buildpack(self, refusal: Refusal) -> ApiError:
        return _buildpack_error(refusal, creating=True)

    async def _update_buildpack(self, refusal: Refusal) -> ApiError:
        error = _buildpack_error(refusal, creating=False)
        if refusal.reason != "body" or v2_buildpacks.read_problem(refusal.body, creating=False):
            return error
        guid = str(refusal.path_params["guid"])
        await self._context.database.read(lambda reader: find_buildpack(reader, guid))
        return error if caller_of(refusal).is_admin else v2_error(table.NOT_AUTHORIZED)

    async def _upload_buildpack(self, refusal: Refusal) -> ApiError:
        guid = str(refusal.path_params["guid"])
        record = await self._context.database.read(lambda reader: find_buildpack(reader, guid))
        if not caller_of(refusal).is_admin:
            return v2_error(table.INSUFFICIENT_SCOPE)
        if record.locked:
            return v2_error(table.BUILDPACK_LOCKED)
        return v2_error(table.BUILDPACK_UPLOAD_INVALID, "a filename must be specified")

    async def _create_user(self, refusal: Refusal) -> ApiError | None:
        if refusal.reason == "body":
            user_rows.require_admin(caller_of(refusal))
        return None

    async def _update_user(self, refusal: Refusal) -> ApiError | None:
        caller, guid = caller_of(refusal), str(refusal.path_params["guid"])
        if refusal.reason == "body":
            await self._context.database.read(
                lambda reader: user_rows.find_for_change(reader, caller, guid)
            )
        return None

    async def _create_token(self, refusal: Refusal) -> ApiError:
        """Ask the issuer itself: it knows in which order the real one complains."""
        sent: Mapping[str, Any] = refusal.body if isinstance(refusal.body, Mapping) else {}
        known = {
            name: value
            for name, value in sent.items()
            if name in TokenRequest.__dataclass_fields__ and isinstance(value, str) and value
        }
        try:
            await self._issuer.grant(
                TokenRequest(**known), refusal.request.headers.get("authorization")
            )
        except TokenRequestError as error:
            if error.error == "invalid_request" and _has_only_passcode(sent):
                return oauth_error(401, "unauthorized", "Invalid passcode")
            return oauth_error(error.status, error.error, error.description)
        return oauth_error(400, "invalid_request", "The request cannot be read")


def _v3_text(operation: str, refusal: Refusal) -> str | None:
    for message in _MESSAGES.get(operation, ()):
        texts = message({} if is_absent(refusal) else refusal.body)  # 1.11
        if texts:
            return ", ".join(texts)
    return None


def _buildpack_error(refusal: Refusal, *, creating: bool) -> ApiError:
    if refusal.reason != "body":
        return v2_error(table.MESSAGE_PARSE_ERROR, said(refusal.problems))
    problem = v2_buildpacks.read_problem(refusal.body, creating=creating)
    if problem is not None:
        return v2_error(table.MESSAGE_PARSE_ERROR, problem)
    problem = v2_buildpacks.model_problem(refusal.body, creating=creating)
    problem = problem or said(refusal.problems)
    return v2_error(table.BUILDPACK_INVALID, problem)


def _has_only_passcode(sent: Mapping[str, Any]) -> bool:
    """Return whether a one-time passcode stands in for the password (5.8); none is ever issued."""
    return bool(sent.get("grant_type") == "password" and sent.get("passcode"))


def _unknown_parts(form: Mapping[str, Any], known: tuple[str, ...]) -> list[str]:
    """Return the names as the real one sees them: its proxy turns a file into two fields (2.8)."""
    names: list[str] = []
    for name, value in form.items():
        if name not in known:
            names += [f"{name}_name", f"{name}_path"] if isinstance(value, Mapping) else [name]
    return names
