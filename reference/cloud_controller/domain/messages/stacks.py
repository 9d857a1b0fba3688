"""Which texts does a refused request for a stack get (behaviour document, 5.7)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cloud_controller.domain import metadata
from cloud_controller.domain.messages.fields import members, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

TAKEN: Final = "Name must be unique"
STATES: Final = ("ACTIVE", "RESTRICTED", "DEPRECATED", "DISABLED")

_MAX_TEXT: Final = 250
_MAX_REASON: Final = 5000
_BLANK: Final = " \t\n\v\f\r\0"


def still_used(name: str) -> str:
    """Return the text for a stack that apps are on."""
    return f"Cannot delete stack '{name}' because apps are currently using the stack."


def stripped(name: str) -> str:
    """Return a name without the white space around it, as it is stored."""
    return name.strip(_BLANK)


def create(body: object) -> list[str]:
    """All problems of a body for `POST /v3/stacks`; unknown members are none."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    name = sent.get("name")
    if name is None or (isinstance(name, str) and not stripped(name)):
        found.append("Name can't be blank")
    found += _text(sent, "name", _MAX_TEXT) + _text(sent, "description", _MAX_TEXT)
    return found + _state(sent)


def update(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/stacks/:guid`."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    return found + unknown(sent, ("state", "state_reason", "metadata")) + _state(sent)


def _state(sent: Mapping[str, object]) -> list[str]:
    found = []
    if "state" in sent and sent["state"] not in STATES:
        found.append(f"State must be one of {', '.join(STATES)}")
    return found + _text(sent, "state_reason", _MAX_REASON)


def _text(sent: Mapping[str, object], member: str, most: int) -> list[str]:
    value = sent.get(member)
    title = member.capitalize().replace("_", " ")
    if value is None:
        return []
    if not isinstance(value, str):
        return [f"{title} must be a string"]
    return [f"{title} is too long (maximum is {most} characters)"] if len(value) > most else []
