"""How does the log cache refuse?

Without a body and with 404 whatever is wrong with a token or a source; with the number of a gRPC
status and a text what is wrong with a query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from capi import models
from capi.operations import errors as documented
from cloud_controller.domain.messages import log_cache as messages
from cloud_controller.domain.messages.log_cache import IMPOSSIBLE, UNREADABLE, Problem

if TYPE_CHECKING:
    from cloud_controller.domain.query_text import QueryText
    from specfoundry.runtime.responses import ApiError


def refused(problem: Problem) -> ApiError:
    """Return the error for a query."""
    body = models.LogCacheError(code=problem.code, message=problem.message, details=[])
    if problem.code == UNREADABLE:
        return documented.LogCacheBadRequest(body=body)
    return documented.LogCacheServerError(body=body)


def refused_reading(query: QueryText, otherwise: str) -> ApiError:
    """Return the error for a query that does not fit the contract."""
    return refused(messages.problem(query) or Problem(UNREADABLE, otherwise))


def log_cache_error(status: int, text: str) -> ApiError:
    """Return an error of the table in the log cache's words."""
    if status in (401, 403, 404):
        return documented.LogCacheNotFound()
    return refused(Problem(UNREADABLE if status == 400 else IMPOSSIBLE, text))
