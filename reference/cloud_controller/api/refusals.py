"""What does a refused request say of its caller and of its body?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_controller.api import error_table as table
from cloud_controller.api.errors import v3_error
from cloud_controller.auth import Caller

if TYPE_CHECKING:
    from specfoundry.runtime.problems import Refusal


def caller_of(refusal: Refusal) -> Caller:
    """Return who sent the request; raise 401 when nobody did."""
    if isinstance(refusal.caller, Caller):
        return refusal.caller
    raise v3_error(table.NOT_AUTHENTICATED)  # the operation would not have been reached


def is_absent(refusal: Refusal) -> bool:
    """Return whether there was no body at all, which is not the same as JSON's null."""
    return any(one.kind == "missing" and not one.pointer for one in refusal.problems)
