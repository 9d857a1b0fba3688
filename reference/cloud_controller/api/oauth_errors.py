"""How does the token endpoint refuse (behaviour document, 5.8; RFC 6749, 5.2)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from capi import models
from capi.operations import errors as documented

if TYPE_CHECKING:
    from specfoundry.runtime.responses import ApiError

_Class: TypeAlias = (
    type[documented.OAuthBadRequest]
    | type[documented.OAuthUnauthorized]
    | type[documented.OAuthForbidden]
    | type[documented.OAuthServerError]
    | type[documented.ScimNotFound]
    | type[documented.ScimConflict]
)

_CLASSES: Final[dict[int, _Class]] = {
    400: documented.OAuthBadRequest,
    401: documented.OAuthUnauthorized,
    403: documented.OAuthForbidden,
    404: documented.ScimNotFound,
    409: documented.ScimConflict,
}


def oauth_error(status: int, error: str, description: str) -> ApiError:
    """Return an error in the envelope of OAuth 2.0."""
    body = models.OAuthError(error=error, error_description=description)
    kind = _CLASSES.get(status, documented.OAuthServerError)
    return kind(body=body, cache_control="no-store")


def no_such_client(client_id: str) -> ApiError:
    """Return the error for a client that the issuer does not know (404)."""
    text = f"No client with requested id: {client_id}"
    body = models.OAuthError(error="invalid_client", error_description=text)
    return documented.OAuthClientNotFound(body=body, cache_control="no-store")


def no_such(operation: str) -> ApiError:
    """Return the error for an id that cannot even be read, by operationId."""
    if operation == "getClient":
        return no_such_client("�")
    if operation == "revokeToken":
        return oauth_error(400, "invalid_request", "The id of the token is malformed")
    return oauth_error(404, "scim_resource_not_found", "User � does not exist")
