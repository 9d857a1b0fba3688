"""Which items should a filter let through, going by what stands in them?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.ground import values_at
from specfoundry.runtime.client_parameters import scalar_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from specfoundry.fuzz.live.trial import Taken

_RELATIONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
}
_REQUIREMENT: Final = re.compile(
    r"(?P<not>!?)(?P<key>[^\s!=()]+)(?:(?P<sign>==|=|!=)(?P<value>[^\s=]*)"
    r"|\s+(?P<word>in|notin)\s+\((?P<values>[^()]*)\))?"
)
_COMMA: Final = re.compile(r",(?![^(]*\))")


@dataclass(frozen=True)
class Selection:
    """What several filters together let through.

    Attributes:
        rules: By the name of the parameter: `path`, `op`, `null`, `ignore_case` and `through`, the
            latter a list of pairs (operationId, pointer).
        asked: The values, by the name of the parameter.
        reads: What the hops read: by operationId and the text of the value, the answer.

    """

    rules: Mapping[str, Mapping[str, Any]]
    asked: Mapping[str, Any]
    reads: Mapping[tuple[str, str], Any]

    def verdict(self, item: Any) -> bool | None:
        """Return whether an item should come; None when that cannot be known."""
        found = [self._one(name, item) for name in self.asked if name in self.rules]
        if False in found:
            return False
        return None if None in found else True

    def _one(self, name: str, item: Any) -> bool | None:
        rule, asked = self.rules[name], self.asked[name]
        values = values_at(item, rule["path"])
        for operation, pointer in rule["through"]:
            keys = [(operation, scalar_text(value)) for value in values if value is not None]
            if any(self.reads.get(key) is None for key in keys):
                return None
            values = [inner for key in keys for inner in values_at(self.reads[key], pointer)]
        if rule["op"] == "labels":
            labels = next((value for value in values if isinstance(value, dict)), {})
            return selected(labels, str(asked))
        if rule["op"] in _RELATIONS:
            return any(_compares(rule["op"], value, _members(asked)[0]) for value in values)
        return _member(rule, values, asked)


def _member(rule: Mapping[str, Any], values: Sequence[Any], asked: Any) -> bool | None:
    folded = str.casefold if rule["ignore_case"] else str
    members = [folded(one) for one in _members(asked)]
    known = [folded(scalar_text(value)) for value in values if value is not None]
    if rule["op"] == "contains":
        return any(member in value for value in known for member in members)
    if not known and rule["op"] == "not-in":
        return None  # nobody says what `not` means for nothing
    inside = any(value in members for value in known)
    if rule["null"] is not None and not known:
        inside = rule["null"] in members
    return inside is (rule["op"] == "in")


def _members(asked: Any) -> list[str]:
    return [scalar_text(member) for member in (asked if isinstance(asked, list) else [asked])]


def _compares(op: str, value: Any, bound: Any) -> bool:
    if isinstance(value, str):
        return _RELATIONS[op](value, scalar_text(bound))
    try:
        return isinstance(value, int | float) and _RELATIONS[op](value, float(bound))
    except (TypeError, ValueError):
        return False


def selected(labels: Mapping[str, Any], selector: str) -> bool | None:
    """Return whether labels meet a selector as Kubernetes reads it; None when it is malformed."""
    found: list[bool] = []
    for text in _COMMA.split(selector):
        match = _REQUIREMENT.fullmatch(text.strip())
        if match is None:
            return None
        found.append(_holds(match, labels.get(match["key"])))
    return all(found)


def _holds(match: re.Match[str], value: Any) -> bool:
    if match["word"]:
        members = [one.strip() for one in match["values"].split(",")]
        return (value in members) is (match["word"] == "in")
    if match["sign"]:
        return (value == match["value"]) is (match["sign"] != "!=")
    return (value is None) is bool(match["not"])


def answers(taken: Sequence[Taken]) -> dict[tuple[str, str], Any]:
    """Return what reads answered, by operationId and the text of their last path parameter."""
    found: dict[tuple[str, str], Any] = {}
    for one in taken:
        call = one.first.call
        if one.ok and call.path:
            found[call.operation, scalar_text(list(call.path.values())[-1])] = one.first.json
    return found
