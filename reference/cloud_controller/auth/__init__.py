"""Who is calling, and how did he get his token?

verifier = Verifier(database, keys, issuer=…)
caller = await verifier.verify(authorization_header)      # Caller, or raises AuthError
granted = await issuer.password_grant(…)                  # Granted, or raises TokenRequestError
"""

from cloud_controller.auth.acquaintance import Acquaintance
from cloud_controller.auth.caller import Caller
from cloud_controller.auth.claims import TokenPolicy
from cloud_controller.auth.errors import (
    AuthError,
    InvalidAuthTokenError,
    NotAuthenticatedError,
    TokenRequestError,
    UaaUnavailableError,
)
from cloud_controller.auth.issuer import Granted, TokenIssuer, TokenRequest
from cloud_controller.auth.keys import SigningKey, load_or_create_key
from cloud_controller.auth.outside_uaa import OutsideUaa
from cloud_controller.auth.users import (
    UserExistsError,
    create_user,
    grant_role,
    revoke_role,
)
from cloud_controller.auth.verifier import OutsideVerifier, Verifier

__all__ = [
    "Acquaintance",
    "AuthError",
    "Caller",
    "Granted",
    "InvalidAuthTokenError",
    "NotAuthenticatedError",
    "OutsideUaa",
    "OutsideVerifier",
    "SigningKey",
    "TokenIssuer",
    "TokenPolicy",
    "TokenRequest",
    "TokenRequestError",
    "UaaUnavailableError",
    "UserExistsError",
    "Verifier",
    "create_user",
    "grant_role",
    "load_or_create_key",
    "revoke_role",
]
