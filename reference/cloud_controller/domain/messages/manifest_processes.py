"""Which texts do the processes and sidecars of a refused manifest get?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from cloud_controller.domain import byte_amounts, manifest
from cloud_controller.domain.messages.fields import prefixed
from cloud_controller.domain.messages.processes import (
    HEALTH_CHECK_TYPES,
    MAX_BIG_INTEGER,
    MAX_INTEGER,
)

_UNITS: Final = "must use a supported unit: B, K, KB, M, MB, G, GB, T, or TB"
_MOST_INSTANCES: Final = 2_000_000
_MAX_COMMAND: Final = 4096
_MAX_USER: Final = 255
_URI_PATH: Final = re.compile(r"/[^\s\\^`{}|<>\"]*", re.ASCII)


def named(kind: object, texts: list[str]) -> list[str]:
    """Put before each text which process it is about."""
    return prefixed(f'Process "{"" if kind is None else kind}":', texts)


def amounts(one: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the amounts of memory, disk and logs of a process or an app."""
    return [
        *_amount(one.get("memory"), "Memory"),
        *_amount(one.get("disk_quota"), "Disk quota"),
        *(
            []
            if str(one.get("log_rate_limit_per_second")) in ("-1", "0")
            else _amount(one.get("log_rate_limit_per_second"), "Log rate limit per second")
        ),
    ]


def processes(processes: object) -> list[str]:
    """Return what is wrong with the list of processes."""
    if not isinstance(processes, list) or not all(isinstance(one, Mapping) for one in processes):
        return ["Processes must be an array of process configurations"]
    found = []
    kinds = [one.get("type") for one in processes]
    if not all(isinstance(kind, str) and kind.strip() for kind in kinds):
        found.append("All Processes must specify a type")
    counted = Counter(kind for kind in kinds if isinstance(kind, str))
    found += [f'Process "{k}" may only be present once' for k, n in counted.items() if n > 1]
    for one in processes:
        found += named(one.get("type"), amounts(one))
    return found


def sidecars(sidecars: object) -> list[str]:
    """Return what is wrong with the list of sidecars."""
    if not isinstance(sidecars, list) or not all(isinstance(one, Mapping) for one in sidecars):
        return ["Sidecars must be an array of sidecar configurations"]
    found = []
    for one in sidecars:
        name = one.get("name")
        found += [
            f'Sidecar "{name}": {text}' if name else f"Sidecar {text.lower()}"
            for text in _sidecar(one)
        ]
    return found


def scale(one: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with how a process is to be scaled (see `manifest.scales`)."""
    found = _whole(one.get("instances"), "Instances", least=0, most=_MOST_INSTANCES)
    for name, title in (("memory", "Memory"), ("disk_quota", "Disk quota")):
        if one.get(name, 1) <= 0:
            found.append(f"{title} must be greater than 0MB")
        elif one.get(name, 1) > MAX_INTEGER:
            found.append(f"{title} must be less than or equal to {MAX_INTEGER}MB")
    if not -1 <= one.get("log_rate_limit", 0) <= MAX_BIG_INTEGER:
        found.append("Log rate limit must be an integer greater than or equal to -1")
    return found


def update(one: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with commands and health checks (see `manifest.updates`)."""
    found = []
    if "health_check_timeout" in one:
        found.append("Unknown field(s): 'health_check_timeout'")
    found += _endpoint_fits(one, "health_check") + _endpoint_fits(one, "readiness_health_check")
    found += _text(one, "command", _MAX_COMMAND) + _text(one, "user", _MAX_USER)
    for check in ("health_check", "readiness_health_check"):
        found += _check(one, check)
    return found + _whole(one.get("timeout"), "Timeout", least=1)


def _amount(value: object, title: str) -> list[str]:
    text = manifest.amount(value)
    try:
        if text is not None:
            byte_amounts.in_bytes(text)
    except byte_amounts.NotANumberError:
        return [f"{title} is not a number"]
    except byte_amounts.UnitError:
        return [f"{title} {_UNITS}"]
    return []


def _sidecar(one: Mapping[str, Any]) -> list[str]:
    found = []
    for member in ("name", "command"):
        value = one.get(member)
        if value in (None, ""):
            found.append(f"{member.capitalize()} can't be blank")
        if not isinstance(value, str):
            found.append(f"{member.capitalize()} must be a string")
    kinds = one.get("process_types")
    if not isinstance(kinds, list):
        found.append("Process types must be an array")
    elif not kinds:
        found.append("Process types must have at least 1 process_type")
    memory = manifest.megabytes(one.get("memory"))
    if one.get("memory") is not None and memory is None:
        found.append("Memory in mb is not a number")
    if memory is not None and memory < 1:
        found.append("Memory in mb must be greater than 0")
    return found


def _whole(value: object, title: str, *, least: int, most: int = MAX_INTEGER) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,18}", value):
        value = int(value)  # Rails takes texts that are numbers
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [f"{title} is not a number"]
    if not isinstance(value, int):
        return [f"{title} must be an integer"]
    if value < least:
        return [f"{title} must be greater than or equal to {least}"]
    return [f"{title} must be less than or equal to {most}"] if value > most else []


def _endpoint_fits(one: Mapping[str, Any], check: str) -> list[str]:
    if f"{check}_type" not in one or one.get(f"{check}_http_endpoint") is None:
        return []
    if one[f"{check}_type"] == "http":
        return []
    title = check.capitalize().replace("_", " ")
    return [f'{title} type must be "http" to set a health check HTTP endpoint.']


def _text(one: Mapping[str, Any], name: str, longest: int) -> list[str]:
    value = one.get(name)
    if value is None:
        return []
    found = [] if isinstance(value, str) else [f"{name.capitalize()} must be a string"]
    if not 1 <= len(str(value)) <= longest:
        found.append(f"{name.capitalize()} must be between 1 and {longest} characters")
    return found


def _check(one: Mapping[str, Any], check: str) -> list[str]:
    title = check.capitalize().replace("_", " ")
    found = []
    if f"{check}_type" in one and one[f"{check}_type"] not in HEALTH_CHECK_TYPES:
        found.append(f'{title} type must be "port", "process", or "http"')
    endpoint = one.get(f"{check}_http_endpoint")
    if endpoint is not None and not (isinstance(endpoint, str) and _URI_PATH.fullmatch(endpoint)):
        found.append(f"{title} http endpoint must be a valid URI path")
    for name in ("invocation_timeout", "interval"):
        spoken = name.replace("_", " ")
        found += _whole(one.get(f"{check}_{name}"), f"{title} {spoken}", least=1)
    return found
