"""What do the operations of the tag Tokens do (behaviour document, 5.8)?"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from capi import models
from capi.operations import errors as documented
from capi.operations import tokens as operations
from cloud_controller.api.bodies import raw
from cloud_controller.api.oauth_errors import oauth_error
from cloud_controller.auth import TokenRequest, TokenRequestError
from cloud_controller.present import discovery as present
from cloud_controller.present.rendering import render
from specfoundry.runtime.responses import Json

if TYPE_CHECKING:
    from cloud_controller.api.authentication import ClientCredentials
    from cloud_controller.api.context import Context
    from cloud_controller.auth import Caller, TokenIssuer
