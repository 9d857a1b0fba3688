"""What did the client send, as plain JSON values?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel


def raw(body: BaseModel | dict[str, Any] | None) -> dict[str, Any]:
    """Return the members that were sent, by their wire names; nothing for an absent body."""
    if body is None:
        return {}
    if isinstance(body, dict):  # an object of which the contract says no more
        return body
    return body.model_dump(mode="json", by_alias=True, exclude_unset=True)
