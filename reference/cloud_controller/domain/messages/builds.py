"""Which texts does a refused build request get?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from cloud_controller.domain import metadata
from cloud_controller.domain.messages import apps
from cloud_controller.domain.messages.fields import members, unknown

PACKAGE_INVALID: Final = (
    "Unable to use package. Ensure that the package exists and you have access to it."
)
PACKAGE_NOT_READY: Final = "Cannot stage package whose state is not ready."
DISK_LIMIT: Final = "disk limit exceeded"
FINAL_STATES: Final = ("STAGED", "FAILED")
_MAX_INTEGER: Final = 2**31 - 1
_MAX_LONG: Final = 2**63 - 1
_MAX_GUID: Final = 200
_NUMBERS: Final = {
    "staging_disk_in_mb": (1, _MAX_INTEGER),
    "staging_memory_in_mb": (1, _MAX_INTEGER),
    "staging_log_rate_limit_bytes_per_second": (-1, _MAX_LONG),
}
_KEYS: Final = (*_NUMBERS, "environment_variables", "lifecycle", "package", "metadata")


def create(body: object) -> list[str]:
    """All problems of a body for `POST /v3/builds` (5.4)."""
    sent = {} if body is None else members(body)  # here null counts as `{}` (1.11)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    for name, (low, high) in _NUMBERS.items():
        found += number(sent, name, low, high)
    found += unknown(sent, _KEYS)
    if not isinstance(sent.get("environment_variables"), Mapping | None):
        found.append("Environment variables must be an object")
    if "lifecycle" in sent:
        found += apps.lifecycle(sent["lifecycle"])
    return found + _package_guid(sent.get("package"))


def number(sent: Mapping[str, object], name: str, low: int, high: int) -> list[str]:
    """Return what is wrong with an optional whole number."""
    value, title = sent.get(name), name.capitalize().replace("_", " ")
    if value is None:
        return []
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [f"{title} is not a number"]
    if isinstance(value, float) and not value.is_integer():
        return [f"{title} must be an integer"]
    if value < low:
        bound = "greater than 0" if low == 1 else f"greater than or equal to {low}"
        return [f"{title} must be {bound}"]
    return [f"{title} must be less than or equal to {high}"] if value > high else []


def _package_guid(package: object) -> list[str]:
    guid = package.get("guid") if isinstance(package, Mapping) else None
    found = []
    if guid is None or (isinstance(guid, str) and not guid.strip()):
        found.append("Package guid can't be blank")
    if not isinstance(guid, str):
        found.append("Package guid must be a string")
    if not isinstance(guid, str) or not 1 <= len(guid) <= _MAX_GUID:
        found.append(f"Package guid must be between 1 and {_MAX_GUID} characters")
    return found


def update(body: object) -> list[str]:
    """All problems of a body for `PATCH /v3/builds/:guid` (5.4)."""
    sent = members(body)
    found = metadata.problems(sent["metadata"]) if "metadata" in sent else []
    found += unknown(sent, ("metadata", "state", "error", "lifecycle"))
    if "state" in sent and sent["state"] not in FINAL_STATES:
        found.append(f"State '{_shown(sent['state'])}' is not a valid state")
    if sent.get("state") == "STAGED" and not sent.get("lifecycle"):
        found.append("Lifecycle 'STAGED' builds require lifecycle data")
    if not isinstance(sent.get("error"), str | None):
        found.append("Error must be a string")
    if not isinstance(sent.get("lifecycle"), Mapping | None):
        found.append("Lifecycle must be an object")
    return found


def _shown(value: object) -> object:
    return "" if value is None else value


def disabled(names: Iterable[str]) -> str:
    """Return the text for requested buildpacks that are switched off."""
    listed = ", ".join(f"'{name}'" for name in names)
    return f"Requested buildpack(s) {listed} are disabled and cannot be used for staging"


def stack_forbids(name: str, state: str, reason: str | None) -> str:
    """Return the text for a stack whose state forbids staging."""
    text = f"ERROR: Staging failed. The stack '{name}' is '{state}' and cannot be used for staging."
    return f"{text} {reason}" if reason else text
