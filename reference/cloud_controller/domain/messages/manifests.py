"""Which texts does an app of a refused manifest get?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cloud_controller.domain import app_features, manifest, manifest_routes, metadata
from cloud_controller.domain.messages import apps, manifest_processes

NOT_YAML: Final = "Content-Type must be yaml"
ALIASES: Final = "Manifest does not support Anchors and Aliases"
VERSION: Final = "Unsupported manifest schema version. Currently supported versions: [1]."
NO_APPLICATIONS: Final = "Cannot parse manifest with no 'applications' field."
OTHER_SPACE: Final = "Routes cannot be mapped to destinations in different spaces"
NO_DOMAIN: Final = "No default domains available"
NO_DOCKER: Final = "Docker cannot be configured for a buildpack lifecycle app."
SIDECARS_IGNORED: Final = "Sidecars are not supported here and were left out."
_MAX_BUILDPACK: Final = 4096
_PROTOCOLS: Final = (None, "http1", "http2", "tcp")
_LOADBALANCING: Final = ("round-robin", "least-connection")


def app(sent: Mapping[str, Any], *, disabled: Sequence[str] = ()) -> list[str]:
    """All problems of one app's members (see `manifest.members`), in upstream's order.

    `disabled` holds the texts for features that the app asks for and that are switched off.
    """
    found = _name(sent.get("name"))
    found += manifest_processes.named(manifest.WEB, manifest_processes.amounts(sent))
    found += manifest_processes.processes(sent["processes"]) if "processes" in sent else []
    found += manifest_processes.sidecars(sent["sidecars"]) if "sidecars" in sent else []
    for one in manifest.scales(sent):
        found += manifest_processes.named(one["type"], manifest_processes.scale(one))
    for one in manifest.updates(sent):
        found += manifest_processes.named(one["type"], manifest_processes.update(one))
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


def _name(name: object) -> list[str]:
    found = [] if isinstance(name, str) and name.strip() else ["Name must not be empty"]
    return found if isinstance(name, str) else [*found, "Name must be a string"]


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
