"""Which texts does an app of a refused manifest get?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cloud_controller.domain import app_features, byte_amounts, manifest, manifest_routes, metadata
from cloud_controller.domain.messages import apps
from cloud_controller.domain.messages.fields import prefixed
from cloud_controller.domain.messages.processes import (
    HEALTH_CHECK_TYPES,
    MAX_BIG_INTEGER,
    MAX_INTEGER,
)

NOT_YAML: Final = "Content-Type must be yaml"
ALIASES: Final = "Manifest does not support Anchors and Aliases"
VERSION: Final = "Unsupported manifest schema version. Currently supported versions: [1]."
NO_APPLICATIONS: Final = "Cannot parse manifest with no 'applications' field."
OTHER_SPACE: Final = "Routes cannot be mapped to destinations in different spaces"
NO_DOMAIN: Final = "No default domains available"
NO_DOCKER: Final = "Docker cannot be configured for a buildpack lifecycle app."
SIDECARS_IGNORED: Final = "Sidecars are not supported here and were left out."
_UNITS: Final = "must use a supported unit: B, K, KB, M, MB, G, GB, T, or TB"
_MOST_INSTANCES: Final = 2_000_000
_MAX_COMMAND: Final = 4096
_MAX_USER: Final = 255
_MAX_BUILDPACK: Final = 4096
_URI_PATH: Final = re.compile(r"/[^\s\\^`{}|<>\"]*", re.ASCII)
_PROTOCOLS: Final = (None, "http1", "http2", "tcp")
_LOADBALANCING: Final = ("round-robin", "least-connection")


def app(sent: Mapping[str, Any], *, disabled: Sequence[str] = ()) -> list[str]:
    """All problems of one app's members (see `manifest.members`), in upstream's order.

    `disabled` holds the texts for features that the app asks for and that are switched off.
    """
    found = _name(sent.get("name"))
    found += _for_process(manifest.WEB, _amounts(sent))
    found += _processes(sent["processes"]) if "processes" in sent else []
    found += _sidecars(sent["sidecars"]) if "sidecars" in sent else []
    for one in manifest.scales(sent):
        found += _for_process(one["type"], _scale(one))
    for one in manifest.updates(sent):
        found += _for_process(one["type"], _update(one))
    found += _lifecycle(sent)
    found += metadata.problems(sent["metadata"]) if sent.get("metadata") is not None else []
    if "buildpack" in sent and "buildpacks" in sent:
        found.append("Buildpack and Buildpacks fields cannot be used together.")
    found += disabled
    if "docker" in sent and ("buildpack" in sent or "buildpacks" in sent):
        found.append("Cannot specify both buildpack(s) and docker keys")
    found += _services(sent["services"]) if "services" in sent else []
    found += _environment(sent["env"]) if "env" in sent else []
    found += _buildpack(sent.get("buildpack"))
    found += _routes(sent)
    return found + (_features(sent["features"]) if "features" in sent else [])


def about(name: object, index: int, texts: Sequence[str]) -> list[str]:
    """Put before each text which app it is about."""
    named = isinstance(name, str) and name.strip()
    which = f"'{name}'" if named else f"at index {index}"
    return [f"For application {which}: {text}" for text in texts]


def no_domain(route: str) -> str:
    """Return the text for a route whose domain does not exist."""
    return f"No domains exist for route {route}"


def service(name: str) -> str:
    """Return what is called a service instance when it is not found."""
    return f"Service instance '{name}'"


def no_buildpacks(sent: Mapping[str, Any]) -> str:
    """Return the text for buildpacks of an app that is a Docker image."""
    word = "Buildpacks" if sent.get("buildpacks") else "Buildpack"
    return f"{word} cannot be configured for a docker lifecycle app."


def _for_process(kind: object, texts: list[str]) -> list[str]:
    return prefixed(f'Process "{"" if kind is None else kind}":', texts)


def _name(name: object) -> list[str]:
    found = [] if isinstance(name, str) and name.strip() else ["Name must not be empty"]
    return found if isinstance(name, str) else [*found, "Name must be a string"]


def _amounts(one: Mapping[str, Any]) -> list[str]:
    return [
        *_amount(one.get("memory"), "Memory"),
        *_amount(one.get("disk_quota"), "Disk quota"),
        *(
            []
            if str(one.get("log_rate_limit_per_second")) in ("-1", "0")
            else _amount(one.get("log_rate_limit_per_second"), "Log rate limit per second")
        ),
    ]


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


def _processes(processes: object) -> list[str]:
    if not isinstance(processes, list) or not all(isinstance(one, Mapping) for one in processes):
        return ["Processes must be an array of process configurations"]
    found = []
    kinds = [one.get("type") for one in processes]
    if not all(isinstance(kind, str) and kind.strip() for kind in kinds):
        found.append("All Processes must specify a type")
    counted = Counter(kind for kind in kinds if isinstance(kind, str))
    found += [f'Process "{k}" may only be present once' for k, n in counted.items() if n > 1]
    for one in processes:
        found += _for_process(one.get("type"), _amounts(one))
    return found


def _sidecars(sidecars: object) -> list[str]:
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
    return [*found, "Memory in mb must be greater than 0"] if (memory or 1) < 1 else found


def _scale(one: Mapping[str, Any]) -> list[str]:
    found = _whole(one.get("instances"), "Instances", least=0, most=_MOST_INSTANCES)
    for name, title in (("memory", "Memory"), ("disk_quota", "Disk quota")):
        if one.get(name, 1) <= 0:
            found.append(f"{title} must be greater than 0MB")
        elif one.get(name, 1) > MAX_INTEGER:
            found.append(f"{title} must be less than or equal to {MAX_INTEGER}MB")
    if not -1 <= one.get("log_rate_limit", 0) <= MAX_BIG_INTEGER:
        found.append("Log rate limit must be an integer greater than or equal to -1")
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


def _update(one: Mapping[str, Any]) -> list[str]:
    found = []
    if "health_check_timeout" in one:
        found.append("Unknown field(s): 'health_check_timeout'")
    found += _endpoint_fits(one, "health_check") + _endpoint_fits(one, "readiness_health_check")
    found += _text(one, "command", _MAX_COMMAND) + _text(one, "user", _MAX_USER)
    for check in ("health_check", "readiness_health_check"):
        found += _check(one, check)
    return found + _whole(one.get("timeout"), "Timeout", least=1)


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


def _lifecycle(sent: Mapping[str, Any]) -> list[str]:
    asked = manifest.lifecycle(sent)
    if asked is None:
        return []
    texts = apps.lifecycle({"type": "buildpack", **asked})
    found = [text.removeprefix("Lifecycle ") for text in texts]
    # What is wrong with the single buildpack is said by its own rule.
    return [text for text in found if "buildpacks" in sent or not text.startswith("Buildpacks")]


def _services(services: object) -> list[str]:
    known = {"name", "parameters", "binding_name"}
    fine = isinstance(services, list) and all(
        isinstance(one, str) or (isinstance(one, Mapping) and "name" in one and one.keys() <= known)
        for one in services
    )
    return [] if fine else ["Services must be a list of service instances"]


def _environment(env: object) -> list[str]:
    if not isinstance(env, Mapping):
        return ["Env must be an object of keys and values"]
    texts = [text for name in env if (text := apps.environment({name: ""}))]
    return [text.replace("Environment variables", "Env", 1) for (text,) in texts]


def _buildpack(name: object) -> list[str]:
    if name is None:
        return []
    found = [] if isinstance(name, str) else ["Buildpack must be a string"]
    if not 1 <= len(str(name)) <= _MAX_BUILDPACK:
        found.append(f"Buildpack must be between 1 and {_MAX_BUILDPACK} characters")
    return found


def _routes(sent: Mapping[str, Any]) -> list[str]:
    found = _route_list(sent["routes"]) if "routes" in sent else []
    for name in ("no_route", "default_route", "random_route"):
        if not isinstance(sent.get(name), bool | None):
            found.append(f"{name.capitalize().replace('_', '-')} must be a boolean")
    if sent.get("random_route") and sent.get("default_route"):
        found.append("Random-route and default-route may not be used together")
    return found


def _route_list(routes: object) -> list[str]:
    if not isinstance(routes, list) or not all(
        isinstance(one, Mapping) and one.get("route") for one in routes
    ):
        return ["Routes must be a list of route objects"]
    found = [
        f"The route '{one['route']}' is not a properly formed URL"
        for one in routes
        if manifest_routes.parse(one["route"]) is None
    ]
    if any(one.get("protocol") not in _PROTOCOLS for one in routes):
        found.append("Route protocol must be 'http1', 'http2' or 'tcp'.")
    for one in routes:
        found += _options(one["route"], one["options"]) if "options" in one else []
    return found


def _options(route: object, options: object) -> list[str]:
    if not isinstance(options, Mapping):
        return [f"Route '{route}': options must be an object"]
    found = [
        f"Route '{route}' contains invalid route option '{name}'. Valid keys: 'loadbalancing'"
        for name in options
        if name != "loadbalancing"
    ]
    wanted = options.get("loadbalancing", _LOADBALANCING[0])
    if wanted not in _LOADBALANCING:
        found.append(
            f"Cannot use loadbalancing value '{wanted}' for Route '{route}'; Valid values are: "
            f"'{', '.join(_LOADBALANCING)}'"
        )
    return found


def _features(features: object) -> list[str]:
    fine = isinstance(features, Mapping) and all(
        name in app_features.FEATURES and isinstance(value, bool)
        for name, value in features.items()
    )
    if fine and features:
        return []
    return [
        "Features must be a map of valid feature names to booleans (true = enabled, false = disabled)"
    ]
