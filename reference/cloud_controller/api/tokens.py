"""What do the operations of the tag Tokens do (behaviour document, 5.8)?"""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from capi import models
from capi.operations import tokens as operations
from cloud_controller.api.authentication import ClientCredentials
from cloud_controller.api.bodies import raw
from cloud_controller.api.oauth_errors import oauth_error
from cloud_controller.auth import TokenRequest, TokenRequestError
from cloud_controller.present import discovery as present
from cloud_controller.present.rendering import render
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller, TokenIssuer


class Tokens:
    """Implements the generated `TokensApi` on top of the built-in issuer."""

    def __init__(self, context: Context, issuer: TokenIssuer) -> None:
        self._issuer = issuer
        self._login = context.shown(present.login())
        self._configuration = context.shown(
            present.openid_configuration(context.settings.token_issuer)
        )

    async def create_token(
        self,
        params: operations.CreateTokenParams,
        body: models.TokenRequest,
        caller: Caller | None,
    ) -> operations.CreateToken200:
        """Grant a token."""
        known = {field.name for field in fields(TokenRequest)}
        sent = {name: value for name, value in raw(body).items() if name in known}
        request = TokenRequest(**{**sent, "origin": hinted_origin(params.login_hint)})
        authorization = caller.authorization if isinstance(caller, ClientCredentials) else None
        try:
            granted = await self._issuer.grant(request, authorization)
        except TokenRequestError as error:
            raise oauth_error(error.status, error.error, error.description) from error
        document = {name: value for name, value in asdict(granted).items() if value is not None}
        return operations.CreateToken200(
            cache_control="no-store", body=Json(render(models.Token, document))
        )

    async def revoke_token(
        self, params: operations.RevokeTokenParams, caller: Caller
    ) -> operations.RevokeToken200:
        """Revoke one of the caller's tokens; one that is not known is fine."""
        await self._issuer.revoke(params.jti, caller)
        return operations.RevokeToken200()

    async def get_token_keys(self) -> operations.GetTokenKeys200:
        """Show the keys that tokens are verified with."""
        document = {"keys": [asdict(key) for key in self._issuer.public_keys()]}
        return operations.GetTokenKeys200(body=Json(render(models.TokenKeys, document)))

    async def get_token_key(self) -> operations.GetTokenKey200:
        """Show the key that new tokens are signed with."""
        key = asdict(self._issuer.public_keys()[0])
        return operations.GetTokenKey200(body=Json(render(models.TokenKey, key)))

    async def get_openid_configuration(self) -> operations.GetOpenidConfiguration200:
        """Show how tokens are issued."""
        return operations.GetOpenidConfiguration200(body=Json(self._configuration))

    async def get_login(self) -> operations.GetLogin200:
        """Show what to ask a user for."""
        return operations.GetLogin200(body=Json(self._login))

    async def get_uaa_info(self) -> operations.GetUaaInfo200:
        """Show the same to older clients."""
        return operations.GetUaaInfo200(body=Json(self._login))


def hinted_origin(hint: str | None) -> str | None:
    """Return the identity provider that a `login_hint` names; what is no such text names none."""
    try:
        found = json.loads(hint or "null")
    except (ValueError, RecursionError):
        return None
    origin = found.get("origin") if isinstance(found, dict) else None
    return origin if isinstance(origin, str) else None
