"""Who is calling, and does the token's scope let him call this at all (1.2)?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloud_controller.api import error_table as table
from cloud_controller.api.envelopes import Envelope, envelope_of, error_for
from cloud_controller.auth import AuthError, Caller, NotAuthenticatedError, UaaUnavailableError
from cloud_controller.domain import roles
from cloud_controller.middleware.headers import USER_GUID

if TYPE_CHECKING:
    from cloud_controller.auth import Acquaintance, Verifier
    from specfoundry.runtime.operations import Operation
    from specfoundry.runtime.requests import RequestHead


@dataclass(frozen=True, kw_only=True)
class ClientCredentials(Caller):
    """An OAuth client that shows its id and secret; the token endpoint checks them itself."""

    authorization: str


class BearerAuthenticator:
    """Implements the runtime's `Authenticator`: bearer tokens, and HTTP basic for clients."""

    def __init__(self, verifier: Verifier, acquaintance: Acquaintance) -> None:
        self._verifier = verifier
        self._acquaintance = acquaintance

    async def authenticate(self, request: RequestHead, operation: Operation) -> Caller:
        """Return the caller; one without guid where nobody has to be known and the token is bad.

        Raises the 401 of the path's version for a missing or bad token, 502 when nobody can tell
        whether it is good, 403 for a token without the needed scope; that comes before any lookup.
        """
        authorization = request.headers.get("authorization")
        if _takes_basic(operation):
            return ClientCredentials(user_guid="", authorization=authorization or "")
        try:
            caller = await self._verifier.verify(authorization)
            await self._acquaintance.meet(caller)
        except AuthError as error:
            if operation.security.optional:  # such as /v2/info, which is open to everybody (1.1)
                return Caller(user_guid="")
            if not isinstance(error, NotAuthenticatedError):
                raise error_for(request.path, table.INVALID_AUTH_TOKEN) from error
            raise error_for(request.path, table.NOT_AUTHENTICATED) from error
        except UaaUnavailableError as error:
            if operation.security.optional:
                return Caller(user_guid="")
            raise error_for(request.path, table.UAA_UNAVAILABLE) from error
        request.scope.setdefault("state", {})[USER_GUID] = caller.user_guid
        if not operation.security.optional:  # what is open to everybody needs no scope either
            self._check_scope(request, caller)
        return caller

    def _check_scope(self, request: RequestHead, caller: Caller) -> None:
        envelope = envelope_of(request.path)
        if envelope is Envelope.OAUTH or roles.may_call(request.method, caller.scopes):
            return
        is_v2 = envelope is Envelope.V2
        raise error_for(request.path, table.INSUFFICIENT_SCOPE if is_v2 else table.NOT_AUTHORIZED)


def _takes_basic(operation: Operation) -> bool:
    return any(
        requirement.scheme.scheme == "basic"
        for alternative in operation.security.alternatives
        for requirement in alternative
    )
