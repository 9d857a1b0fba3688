"""Which texts does a refused assignment of an isolation segment get?"""

from __future__ import annotations

from collections.abc import Mapping

from cloud_controller.domain.messages.fields import members, unknown


def update(body: object) -> list[str]:
    """All problems of a body that assigns an isolation segment to an organization or a space."""
    sent = members(body)
    return [*unknown(sent, ("data",)), *_data(sent.get("data"))]


def _data(data: object) -> list[str]:
    if data is None:
        return []
    if not isinstance(data, Mapping):
        return ["Data must be an object"]
    found = [] if data else ["Data can't be blank"]
    if len(data) != 1:
        found.append("Data can only accept one key")
    if "guid" not in data:
        found.append("Data can only accept key 'guid'")
    guid = data.get("guid")
    if guid and not isinstance(guid, str):
        found.append(f"Data {guid} must be a string")
    return found


def not_entitled_organization(guid: str) -> str:
    """Return the text for a segment that the organization may not use."""
    return (
        f"Unable to assign isolation segment with guid '{guid}'. Ensure it has been entitled to "
        "the organization."
    )


def not_entitled_space(guid: str) -> str:
    """Return the text for a segment that the space's organization may not use."""
    return (
        f"Unable to assign isolation segment with guid '{guid}'. Ensure it has been entitled to "
        "the organization that this space belongs to."
    )
