"""What is answered to a request that the generated code refused?"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from cloud_controller.api import error_table as table
from cloud_controller.api.envelopes import Envelope, envelope_of, error_for
from cloud_controller.api.errors import v2_unknown_route
from cloud_controller.api.log_cache_errors import refused_reading
from cloud_controller.api.oauth_errors import no_such, oauth_error
from cloud_controller.api.problem_texts import said
from cloud_controller.api.refused_bodies import RefusedBodies
from cloud_controller.blobs import BlobError
from cloud_controller.domain import query_text
from cloud_controller.domain.messages import lists, v2_buildpacks
from cloud_controller.store import StoreError
from specfoundry.runtime.responses import ApiError

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import TokenIssuer
    from specfoundry.runtime.problems import Refusal

LOG: Final = logging.getLogger("cloud_controller.api")


class Translator:
    """Implements the runtime's `ErrorTranslator` with the envelopes and texts of the real API."""

    def __init__(self, context: Context, issuer: TokenIssuer) -> None:
        self._bodies = RefusedBodies(context, issuer)

    async def translate(self, refusal: Refusal) -> ApiError:
        """Return the error for a refusal; never raises."""
        try:
            return await self._translate(refusal)
        except ApiError as error:  # a role, a flag or a missing row comes before the body
            return error
        except Exception:
            LOG.exception("the refusal of a request failed")
            return error_for(refusal.request.path, table.UNKNOWN_ERROR)

    async def _translate(self, refusal: Refusal) -> ApiError:
        path = refusal.request.path
        if refusal.reason in ("not_found", "method_not_allowed"):
            if envelope_of(path) is Envelope.V2:
                return v2_unknown_route(table.NOT_FOUND)
            return error_for(path, table.NOT_FOUND)
        if refusal.reason == "parameters":
            return _parameters(refusal)
        if refusal.reason in ("body", "syntax", "media_type"):
            return await self._bodies.error(refusal)
        if refusal.reason == "too_large":
            return error_for(path, table.TOO_LARGE)
        if refusal.reason == "not_implemented":
            return error_for(path, table.NOT_IMPLEMENTED)
        return _crash(refusal)


def _crash(refusal: Refusal) -> ApiError:
    """Say nothing of what went wrong inside; the log says it all."""
    path, exception = refusal.request.path, refusal.exception
    if isinstance(exception, StoreError):
        LOG.error("%s %s: %s", refusal.request.method, path, exception)
        return error_for(path, table.SERVICE_UNAVAILABLE)
    if isinstance(exception, BlobError | OSError):  # a full disk, while bits are received
        LOG.error("%s %s: %s", refusal.request.method, path, exception)
        return error_for(path, table.BLOBSTORE_UNAVAILABLE)
    LOG.error("%s %s failed", refusal.request.method, path, exc_info=exception)
    return error_for(path, table.UNKNOWN_ERROR)


def _nowhere(refusal: Refusal) -> ApiError:
    """Refuse a path whose ids are no UTF-8, as one about something that is not there."""
    path, operation = refusal.request.path, refusal.operation
    if envelope_of(path) is Envelope.OAUTH:
        return no_such(operation.operation_id if operation else "")
    is_told = operation is None or operation.answer_for(404) is not None
    return error_for(path, table.NOT_FOUND if is_told else table.INVALID_REQUEST)


def _parameters(refusal: Refusal) -> ApiError:
    path = refusal.request.path
    if any(problem.location == "path" for problem in refusal.problems):
        return _nowhere(refusal)
    raw = refusal.request.raw_query
    if not query_text.is_well_formed(raw):
        return error_for(path, table.INVALID_REQUEST)
    if envelope_of(path) is Envelope.OAUTH:
        return oauth_error(400, "invalid_request", said(refusal.problems))
    query = query_text.parse(raw)
    if envelope_of(path) is Envelope.LOG_CACHE:
        return refused_reading(query, said(refusal.problems))
    operation = refusal.operation.operation_id if refusal.operation else ""
    if envelope_of(path) is Envelope.V3:
        text = ", ".join(lists.problems(operation, query)) or said(refusal.problems)
        unprocessable = operation in lists.UNPROCESSABLE
        kind = table.UNPROCESSABLE if unprocessable else table.BAD_QUERY_PARAMETER
        return error_for(path, kind, text)
    problem = v2_buildpacks.list_problem(query) if operation == "listV2Buildpacks" else None
    return error_for(path, table.BAD_QUERY_PARAMETER, problem or said(refusal.problems))
