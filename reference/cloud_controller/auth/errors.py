"""Why was a token or a login refused?"""

from __future__ import annotations

from typing import Literal, TypeAlias

OAuthError: TypeAlias = Literal[
    "unauthorized",
    "invalid_client",
    "invalid_token",
    "invalid_request",
    "unsupported_grant_type",
    "insufficient_scope",
]


class AuthError(Exception):
    """A request did not come with a token that counts (401)."""


class NotAuthenticatedError(AuthError):
    """No bearer token was sent: 10002 `CF-NotAuthenticated`, `Authentication error`."""


class InvalidAuthTokenError(AuthError):
    """The bearer token is no good: 1000 `CF-InvalidAuthToken`, `Invalid Auth Token`.

    The exception's text says why, for the log; it holds nothing of the token.
    """


class UaaUnavailableError(Exception):
    """The UAA elsewhere does not answer (502): 20004 `CF-UaaUnavailable`."""


class TokenRequestError(Exception):
    """The token endpoint refuses (5.8): answer `status` and `{"error", "error_description"}`."""

    def __init__(self, status: Literal[400, 401, 403], error: OAuthError, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.status: Literal[400, 401, 403] = status
        self.error = error
        self.description = description
