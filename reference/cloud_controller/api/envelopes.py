"""In which of its four forms does a path answer an error (1.3, 5.8)?"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v2_error, v3_error
from cloud_controller.api.log_cache_errors import log_cache_error
from cloud_controller.api.oauth_errors import oauth_error

if TYPE_CHECKING:
    from cloud_controller.api.error_table import ErrorKind
    from specfoundry.runtime.responses import ApiError

_OAUTH_PATHS: Final = ("/oauth/", "/token_key", "/.well-known/", "/login", "/info", "/Users")
_OAUTH_TYPES: Final = {
    400: "invalid_request",
    401: "invalid_token",
    403: "insufficient_scope",
}


class Envelope(Enum):
    """The four forms of an error."""

    V2 = "v2"
    V3 = "v3"
    OAUTH = "oauth"
    LOG_CACHE = "log-cache"


def envelope_of(path: str) -> Envelope:
    """Return the form in which a path answers errors; what nobody knows answers as version 2."""
    if path in ("/", "/v3") or path.startswith("/v3/"):
        return Envelope.V3
    if path.startswith("/api/v1/"):
        return Envelope.LOG_CACHE
    return Envelope.OAUTH if path.startswith(_OAUTH_PATHS) else Envelope.V2


def error_for(path: str, kind: ErrorKind, *particulars: str | None) -> ApiError:
    """Return an error of the table in the form of the path."""
    envelope = envelope_of(path)
    if envelope is Envelope.V3:
        return v3_error(kind, *particulars)
    if envelope is Envelope.LOG_CACHE:
        return log_cache_error(kind.status, kind.detail(*particulars))
    if envelope is Envelope.OAUTH and kind is not table.NOT_FOUND:
        status = 400 if kind is table.TOO_LARGE else kind.status  # of these errors OAuth has few
        error = _OAUTH_TYPES.get(status, "server_error")
        return oauth_error(status, error, kind.detail(*particulars))
    return v2_error(kind, *particulars)
