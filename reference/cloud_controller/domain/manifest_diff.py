"""How does a manifest differ from the apps that it is for, in the style of JSON Patch?"""

from __future__ import annotations

import copy
import json
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from cloud_controller.domain import byte_amounts, manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Change = dict[str, Any]

_TOP: Final = (
    "name",
    "buildpack",
    "buildpacks",
    "docker",
    "env",
    "features",
    "lifecycle",
    "metadata",
    "no-route",
    "processes",
    "random-route",
    "default-route",
    "routes",
    "services",
    "sidecars",
    "stack",
)
_WEB: Final = tuple(name.replace("_", "-") for name in manifest.UPDATES)
_COMPARED: Final = frozenset({*_TOP, *_WEB, "instances", "log-rate-limit-per-second"})
_OF_PROCESS: Final = frozenset(
    {*_WEB, "type", "instances", "memory", "disk_quota", "log-rate-limit-per-second"}
)
_IDENTIFIED_BY: Final = {"processes": "type", "routes": "route", "sidecars": "name"}
_KNOWN: Final = {
    "processes": _OF_PROCESS,
    "sidecars": frozenset({"name", "command", "process_types", "memory"}),
    "services": frozenset({"name", "parameters"}),
}


def changes(
    applications: Sequence[Mapping[str, Any]], present: Mapping[str, Mapping[str, Any]]
) -> list[Change]:
    """Return what applying a checked manifest would change.

    Args:
        applications: The manifest's own entries.
        present: The entries that describe the apps as they are, by name.

    """
    found: list[Change] = []
    for index, entry in enumerate(applications):
        wanted = _comparable(entry)
        existing = _existing(present.get(str(entry.get("name")), {}))
        for name, value in wanted.items():
            if name in _COMPARED:
                path = f"/applications/{index}/{_escaped(name)}"
                found += _member(path, name, existing.get(name), value)
    return found


def _existing(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an app's entry with the members of its web process beside the others."""
    found = copy.deepcopy(dict(entry))
    web = [one for one in found.get("processes", []) if one["type"] == manifest.WEB]
    return {**found, **({} if not web else _normal(web[0])), **_normalised_lists(found)}


def _normalised_lists(entry: Mapping[str, Any]) -> dict[str, Any]:
    return (
        {"processes": [_normal(one) for one in entry["processes"]]} if "processes" in entry else {}
    )


def _comparable(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry with amounts written alike and without what nothing is known of."""
    found = _normal(entry)
    for name, known in _KNOWN.items():
        if isinstance(found.get(name), list):
            found[name] = [_known(one, known) for one in found[name]]
    if isinstance(found.get("metadata"), dict):
        found["metadata"] = _known(found["metadata"], frozenset({"labels", "annotations"}))
    return {
        name: value
        for name, value in found.items()
        if value != [{}] and (name, value) != ("metadata", {})
    }


def _known(one: Any, known: frozenset[str]) -> Any:
    if not isinstance(one, dict):
        return one
    return _normal({name: value for name, value in one.items() if name in known})


def _normal(one: Mapping[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(dict(one))
    for name in ("memory", "disk_quota", "disk-quota"):
        megabytes = manifest.megabytes(found.get(name))
        if megabytes is not None:
            found[name] = f"{megabytes}M"
    rate = manifest.rate(found.get("log-rate-limit-per-second"))
    if rate is not None:
        found["log-rate-limit-per-second"] = str(rate) if rate < 1 else byte_amounts.written(rate)
    return found


def _member(path: str, name: str, existing: Any, wanted: Any) -> Iterable[Change]:
    if name in _IDENTIFIED_BY and existing:
        return _identified(path, _IDENTIFIED_BY[name], existing, wanted)
    if name == "features" and isinstance(existing, dict) and isinstance(wanted, dict):
        existing = {feature: existing.get(feature) for feature in wanted}
    return _difference(path, existing, wanted)


def _identified(path: str, key: str, existing: list[Any], wanted: list[Any]) -> list[Change]:
    """Compare lists of objects that have a name; only what the manifest says counts."""
    present = {one.get(key): one for one in existing}
    found: list[Change] = []
    for index, one in enumerate(wanted):
        here = f"{path}/{index}"
        known = present.get(one.get(key)) if isinstance(one, dict) else None
        if known is None:
            found.append({"op": "add", "path": here, "value": one})
            continue
        for name, value in one.items():
            found += _difference(f"{here}/{_escaped(name)}", known.get(name), value)
    return found


def _difference(path: str, existing: Any, wanted: Any) -> list[Change]:
    if existing == wanted and isinstance(existing, bool) == isinstance(wanted, bool):
        return []
    if isinstance(existing, dict) and isinstance(wanted, dict):
        return _of_objects(path, existing, wanted)
    if isinstance(existing, list) and isinstance(wanted, list):
        return _of_lists(path, existing, wanted)
    if existing is None:
        return [{"op": "add", "path": path, "value": wanted}]
    return [{"op": "replace", "path": path, "was": existing, "value": wanted}]


def _of_objects(path: str, existing: dict[str, Any], wanted: dict[str, Any]) -> list[Change]:
    found: list[Change] = [
        {"op": "remove", "path": f"{path}/{_escaped(name)}", "was": value}
        for name, value in existing.items()
        if name not in wanted
    ]
    for name, value in wanted.items():
        found += _difference(f"{path}/{_escaped(name)}", existing.get(name), value)
    return found


def _of_lists(path: str, existing: list[Any], wanted: list[Any]) -> list[Change]:
    before, after = [[json.dumps(one) for one in each] for each in (existing, wanted)]
    gone: list[Change] = []
    come: list[Change] = []
    for word, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if word == "equal":
            continue
        gone += [
            {"op": "remove", "path": f"{path}/{at}", "was": existing[at]} for at in range(i, j)
        ]
        come += [{"op": "add", "path": f"{path}/{at}", "value": wanted[at]} for at in range(k, m)]
    return [*reversed(gone), *come]


def _escaped(name: str) -> str:
    """Return a name as a JSON pointer writes it (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")
