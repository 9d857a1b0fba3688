"""What does a manifest ask of one app?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from cloud_controller.domain import byte_amounts

WEB: Final = "web"
UPDATES: Final = (
    "command",
    "user",
    "health_check_http_endpoint",
    "health_check_invocation_timeout",
    "health_check_interval",
    "health_check_type",
    "readiness_health_check_http_endpoint",
    "readiness_health_check_invocation_timeout",
    "readiness_health_check_interval",
    "readiness_health_check_type",
    "timeout",
)
_AUTODETECT: Final = (None, "default", "null")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def members(application: Mapping[str, Any]) -> dict[str, Any]:
    """Return an app's members by the names that messages know, such as `no_route`."""
    found = {_underscored(name): value for name, value in application.items()}
    processes = found.get("processes")
    if isinstance(processes, list):
        found["processes"] = [
            {_underscored(name): value for name, value in one.items()}
            if isinstance(one, Mapping)
            else one
            for one in processes
        ]
    return found


def _underscored(name: str) -> str:
    return _HUMP.sub("_", name).replace("-", "_").lower()


def amount(value: object) -> str | None:
    """Return an amount of memory as text, None if there is none."""
    text = "" if value is None or value is False else str(value)
    return text if text.strip() else None


def scales(sent: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return how many instances of what size the processes are to have, amounts as numbers.

    What stands beside the processes is meant for `web`, unless that is among them. An amount that
    cannot be read is left out: it is refused elsewhere.
    """
    return _processes(sent, _scale)


def updates(sent: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return commands and health checks of the processes; likewise."""
    return _processes(sent, _update)


def _processes(sent: Mapping[str, Any], read: Any) -> list[dict[str, Any]]:
    named = [one for one in _list(sent.get("processes")) if isinstance(one, Mapping)]
    web = [one for one in named if one.get("type") == WEB]
    first = {**read(web[0] if web else sent), "type": WEB}
    others = [one for one in named if one.get("type") != WEB]
    return [first, *({**read(one), "type": one.get("type")} for one in others)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _scale(one: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "instances": one.get("instances"),
        "memory": megabytes(one.get("memory")),
        "disk_quota": megabytes(one.get("disk_quota")),
        "log_rate_limit": rate(one.get("log_rate_limit_per_second")),
    }
    return {name: value for name, value in found.items() if value is not None}


def megabytes(value: object) -> int | None:
    """Read an amount in MiB, None if there is none or it cannot be read."""
    text = amount(value)
    try:
        return None if text is None else byte_amounts.in_megabytes(text)
    except ValueError:
        return None


def rate(value: object) -> int | None:
    """Read an amount in bytes where -1 and 0 need no unit."""
    text = amount(value)
    if text is None:
        return None
    try:
        return int(text) if text in ("-1", "0") else byte_amounts.in_bytes(text)
    except ValueError:
        return None


def _update(one: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: one[name] for name in UPDATES if name in one}
    if "health_check_timeout" in one and "type" in one:  # upstream reads and then refuses it
        found["health_check_timeout"] = one["health_check_timeout"]
    if found.get("command", "") in (None, False):  # in Ruby, 0 and "" are not false
        found["command"] = "null"
    for name in ("health_check_type", "readiness_health_check_type"):
        if found.get(name) == "none":  # the old word for it
            found[name] = "process"
    return found


def lifecycle(sent: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the lifecycle that is asked for, without a type if that does not matter."""
    kind = sent.get("lifecycle") if sent.get("lifecycle") in ("cnb", "buildpack") else None
    if kind is None and "docker" in sent:
        return {"type": "docker", "data": {}}
    data = {
        "buildpacks": buildpacks(sent),
        "stack": sent.get("stack"),
        "credentials": sent.get("cnb_credentials"),
    }
    asked = {name: value for name, value in data.items() if value is not None}
    if kind is None and not asked:
        return None
    return {"data": asked} if kind is None else {"type": kind, "data": asked}


def buildpacks(sent: Mapping[str, Any]) -> Any:
    """Return the buildpacks that are asked for; none at all lets the platform choose."""
    if "buildpacks" in sent:
        return sent["buildpacks"]
    if "buildpack" not in sent:
        return None
    return [] if sent["buildpack"] in _AUTODETECT else [sent["buildpack"]]


def environment(sent: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment variables that are asked for, as texts."""
    found = sent.get("env")
    return {name: _text(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def services(sent: Mapping[str, Any]) -> list[str]:
    """Return the names of the service instances that the app is to be bound to."""
    return [
        one if isinstance(one, str) else str(one.get("name"))
        for one in _list(sent.get("services"))
        if isinstance(one, str | dict)
    ]
