"""Which texts does a refused request about a process get?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cloud_controller.domain import metadata
from cloud_controller.domain.messages.fields import members, unknown

HEALTH_CHECK_TYPES: Final = ("port", "process", "http")
MAX_INTEGER: Final = 2**31 - 1
MAX_BIG_INTEGER: Final = 2**63 - 1
MAX_HEALTH_CHECK_TIMEOUT: Final = 180
"""Seconds; upstream's default for `maximum_health_check_timeout`."""
_MAX_COMMAND: Final = 4096
_MAX_USER: Final = 255
_MAX_ENDPOINT: Final = 255
_URI_PATH: Final = re.compile(r"/[^\s\\^`{}|<>\"]*", re.ASCII)
_SECONDS: Final = ("timeout", "invocation_timeout", "interval")


def scale(body: object) -> list[str]:
    """All problems of a body for `POST /v3/processes/:guid/actions/scale`."""
    sent = members(body)
    known = ("instances", "memory_in_mb", "disk_in_mb", "log_rate_limit_in_bytes_per_second")
    return [
        *unknown(sent, known),
        *_whole(sent, "instances", least=0),
        *_whole(sent, "memory_in_mb", above=0),
        *_whole(sent, "disk_in_mb", above=0),
        *_whole(sent, "log_rate_limit_in_bytes_per_second", least=-1, most=MAX_BIG_INTEGER),
    ]


def update(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/processes/:guid`."""
    sent = members(body)
    known = ("command", "user", "health_check", "readiness_health_check", "metadata")
    return [
        *(metadata.problems(sent["metadata"]) if "metadata" in sent else []),
        *unknown(sent, known),
        *_text(sent, "command", _MAX_COMMAND),
        *_text(sent, "user", _MAX_USER),
        *_check(sent, "health_check", _SECONDS),
        *_check(sent, "readiness_health_check", _SECONDS[1:]),
    ]


def timeout_exceeded(timeout: object) -> str | None:
    """Return the text for an instance that would have too long for its start."""
    if not isinstance(timeout, int) or timeout <= MAX_HEALTH_CHECK_TIMEOUT:
        return None
    return f"health_check_timeout Maximum exceeded: max {MAX_HEALTH_CHECK_TIMEOUT}s"


def _text(sent: Mapping[str, object], name: str, longest: int) -> list[str]:
    value = sent.get(name)
    if value is None:
        return []
    title = name.capitalize()
    if not isinstance(value, str):
        return [f"{title} must be a string"]
    if 1 <= len(value) <= longest:
        return []
    return [f"{title} must be between 1 and {longest} characters"]


def _check(sent: Mapping[str, object], name: str, seconds: tuple[str, ...]) -> list[str]:
    check = sent.get(name, {})
    title = name.capitalize().replace("_", " ")
    if not isinstance(check, Mapping):
        return [f"{title} must be an object"]
    found = []
    if "type" in check and check["type"] not in HEALTH_CHECK_TYPES:
        found.append(f'{title} type must be "port", "process", or "http"')
    data = check.get("data")
    if data is None:
        return found
    if not isinstance(data, Mapping):
        return [*found, f"{title} data must be an object"]
    for member in seconds:
        found += _whole(data, member, least=1, title=f"{title} {member.replace('_', ' ')}")
    return found + _endpoint(data.get("endpoint"), f"{title} endpoint")


def _endpoint(endpoint: object, title: str) -> list[str]:
    if endpoint is None:
        return []
    found = []
    if isinstance(endpoint, str) and len(endpoint) > _MAX_ENDPOINT:
        found.append(f"{title} is too long (maximum is {_MAX_ENDPOINT} characters)")
    if not isinstance(endpoint, str) or not _URI_PATH.fullmatch(endpoint):
        found.append(f"{title} must be a valid URI path")
    return found


def _whole(
    sent: Mapping[str, object],
    name: str,
    *,
    least: int | None = None,
    above: int | None = None,
    most: int = MAX_INTEGER,
    title: str | None = None,
) -> list[str]:
    """Check a whole number that may be null; the texts are those of Rails."""
    value = sent.get(name)
    title = title or name.capitalize().replace("_", " ")
    if value is None:
        return []
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [f"{title} is not a number"]
    if isinstance(value, float) and not value.is_integer():
        return [f"{title} must be an integer"]
    if above is not None and value <= above:
        return [f"{title} must be greater than {above}"]
    if least is not None and value < least:
        return [f"{title} must be greater than or equal to {least}"]
    return [f"{title} must be less than or equal to {most}"] if value > most else []
