"""Which texts does a refused change of a feature flag get?"""

from __future__ import annotations

from typing import Final

from cloud_controller.domain.messages.fields import boolean, members, unknown

MAX_MESSAGE: Final = 250


def update(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/feature_flags/:name`."""
    sent = members(body)
    found = [*unknown(sent, ("enabled", "custom_error_message")), *boolean(sent, "enabled")]
    message = sent.get("custom_error_message")
    if message is None:
        return found
    if not isinstance(message, str):
        return [*found, "Custom error message must be a string"]
    if len(message) > MAX_MESSAGE:
        found.append(f"Custom error message is too long (maximum is {MAX_MESSAGE} characters)")
    return found
