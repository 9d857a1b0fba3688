"""How does a good body become a bad one by one change, or another good one?

Changes are made from the value alone or from what its schemas say; whether the result is good or
bad is for the schema's validator to say.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from specfoundry.document.pointer import join
from specfoundry.fuzz.live.plants import put
from specfoundry.fuzz.oracles.shapes import Spot, parts, spots
from specfoundry.fuzz.promises.samples import NoSampleError, sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_ODD_TYPES: Final[tuple[Any, ...]] = (None, 7, "text", {})
_OTHER_TYPES: Final[Mapping[type, tuple[Any, ...]]] = {
    str: (None, 7, ["text"]),
    int: (None, True, [7]),
    float: (None, "text", True),
    bool: (None, "true", 1),
    list: (None, {}, "text"),
    dict: (None, "text", [{}]),
    type(None): (7, [], {}),
}
_ODD_TEXTS: Final = ("", " ", "no such thing", "ä!")
_ODD_NAMES: Final = ("", "a b", "-a", "a-", "x" * 64, "a/b/c", "é", "/a", "y" * 254)
_LARGE: Final = 2**53
_LONGEST: Final = 70_000


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        what: In words, without values that differ between runs.
        body: The whole body after it.
        pointer: Where it was made.
        plain: Whether nothing about it is odd: if the schema allows it, so must the server.
        member: Where the value is that came, changed or went.
        full: Whether there is no room for more: what is there already may be too much beside it.

    """

    what: str
    body: Any
    pointer: str = ""
    plain: bool = False
    member: str = ""
    full: bool = False


class _Idea(NamedTuple):
    """A new value for one place."""

    what: str
    value: Any
    plain: bool = False
    member: str | None = None
    """Which member of an object came or went."""
    full: bool = False
    """Whether there is no room for more."""


def changes(root: Mapping[str, Any], schema: Any, body: Any) -> Iterator[Change]:
    """Yield bodies that differ from a good one in one place; each body once.

    Args:
        root: The document.
        schema: Of the body.
        body: A good one.
    """
    seen = {_key(body)}
    for spot in spots(root, schema, body):
        for idea in (*_at(root, spot), *_inside_additions(root, spot)):
            changed = _with(body, spot.pointer, idea.value)
            if _key(changed) not in seen:
                seen.add(_key(changed))
                what = f"{spot.pointer or 'the body'}: {idea.what}"
                member = spot.pointer if idea.member is None else join(spot.pointer, idea.member)
                yield Change(what, changed, spot.pointer, idea.plain, member, idea.full)


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _with(body: Any, pointer: str, value: Any) -> Any:
    if not pointer:
        return value
    changed = copy.deepcopy(body)
    put(changed, pointer, value)
    return changed


def _at(root: Mapping[str, Any], spot: Spot) -> Iterator[_Idea]:
    """Yield new values of a place."""
    by_type = _BY_TYPE.get(type(spot.value))
    if by_type is not None:
        yield from by_type(root, spot)
    for values in spot.told("enum"):
        yield from (_Idea(f"{value!r} of the enumeration", value, plain=True) for value in values)
    for value in _OTHER_TYPES.get(type(spot.value), _ODD_TYPES):
        yield _Idea(f"{_name(value)} instead of {_name(spot.value)}", value)


def _name(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")


def _text(_root: Mapping[str, Any], spot: Spot) -> Iterator[_Idea]:
    value = spot.value
    for longest in spot.told("maxLength"):
        if longest < _LONGEST:
            yield _Idea(f"{longest} characters", _long(value, longest), plain=True)
            yield _Idea(f"{longest + 1} characters", _long(value, longest + 1))
    for shortest in spot.told("minLength"):
        yield _Idea(f"{shortest} characters", value[:shortest], plain=True)
        yield _Idea(f"{shortest - 1} characters", value[: max(shortest - 1, 0)])
    if spot.told("enum") or spot.told("const"):
        yield _Idea("an unknown word", "unheard-of")
        yield _Idea("in other letter case", value.swapcase())
    if spot.told("pattern") or spot.told("format") or spot.told("minLength"):
        yield from (_Idea(f"the text {odd!r}", odd) for odd in _ODD_TEXTS)
        yield from (_Idea(f"{odd!r} at the end", f"{value}{odd}") for odd in ("\n", "!"))
        yield from (_Idea(f"{odd!r} in front", f"{odd}{value}") for odd in (" ", "-"))


def _long(value: str, length: int) -> str:
    """Return a text of a length that begins and ends like another one."""
    if len(value) >= length:
        return value[:length]
    middle = len(value) // 2
    return value[:middle] + "a" * (length - len(value)) + value[middle:]


def _number(_root: Mapping[str, Any], spot: Spot) -> Iterator[_Idea]:
    for keyword, step in (("minimum", -1), ("maximum", 1)):
        for bound in spot.told(keyword):
            yield _Idea(f"{bound}", bound, plain=True)
            yield _Idea(f"{bound + step}", bound + step)
    for keyword in ("exclusiveMinimum", "exclusiveMaximum"):
        yield from (_Idea(f"{bound}", bound) for bound in spot.told(keyword))
    yield _Idea("a text of digits", str(spot.value))
    yield _Idea("a fraction", spot.value + 0.5)
    yield _Idea("below zero", -2)
    yield _Idea("zero", 0)
    yield _Idea("a very large number", _LARGE)


def _list(_root: Mapping[str, Any], spot: Spot) -> Iterator[_Idea]:
    value = spot.value
    yield _Idea("without items", [], plain=True)
    if not value:
        return
    yield _Idea("the first item twice", [*value, copy.deepcopy(value[0])])
    yield _Idea("null as one more item", [*value, None])
    yield _Idea("a number as one more item", [*value, 7])
    for most in spot.told("maxItems"):
        if most < _LONGEST // 10:
            yield _Idea(f"{most + 1} items", [copy.deepcopy(value[0]) for _ in range(most + 1)])
            if isinstance(value[0], str):
                full = [f"{value[0]}{index}" for index in range(most)]
                yield _Idea(f"{most} items", full, plain=True, full=True)


def _object(root: Mapping[str, Any], spot: Spot) -> Iterator[_Idea]:
    value = spot.value
    for name in value:
        rest = {key: value[key] for key in value if key != name}
        yield _Idea(f"without `{name}`", rest, plain=True, member=name)
    yield _Idea("empty", {})
    yield _Idea("with an unknown member", {**value, "nobody_knows_this": 1})
    sample = next(iter(value.values()), "x")
    if spot.told("propertyNames") or spot.told("patternProperties"):
        for name in _ODD_NAMES:
            yield _Idea(f"with a member `{name[:10]}`", {**value, name: sample})
    for most in spot.told("maxProperties"):
        if most < _LONGEST // 10:
            many = {f"m{index}": sample for index in range(most + 1)}
            yield _Idea(f"{most + 1} members", many)
            if most > 1:
                full = {f"m{index}": sample for index in range(most)}
                yield _Idea(f"{most} members", full, plain=True, full=True)
    yield from _additions(root, spot)


def _additions(root: Mapping[str, Any], spot: Spot) -> Iterator[_Idea]:
    """Yield the object with one more of the members that its schemas know."""
    for name, schema in _absent(spot):
        for idea in _samples(root, schema):
            with_it = {**spot.value, name: idea.value}
            yield _Idea(f"with `{name}`, {idea.what}", with_it, idea.plain, name)


def _absent(spot: Spot) -> list[tuple[str, Any]]:
    """Return the members that the schemas of an object know and that are not there."""
    known: dict[str, Any] = {}
    for properties in spot.told("properties"):
        known |= properties
    return [(name, schema) for name, schema in known.items() if name not in spot.value]


def _inside_additions(root: Mapping[str, Any], spot: Spot) -> Iterator[_Idea]:
    """Yield an object with one more member, which is made up and changed somewhere inside."""
    if not isinstance(spot.value, dict):
        return
    for name, schema in _absent(spot):
        try:
            made_up = sample(root, schema)
        except NoSampleError:
            continue
        if not isinstance(made_up, dict | list):
            continue
        for inner in spots(root, schema, made_up):
            for idea in _at(root, inner):
                with_it = {**spot.value, name: _with(made_up, inner.pointer, idea.value)}
                what = f"with `{name}`, {inner.pointer or 'which'}: {idea.what}"
                yield _Idea(what, with_it, member=name)


def _samples(root: Mapping[str, Any], schema: Any) -> Iterator[_Idea]:
    """Yield values of a schema or near to one, that its own words give."""
    found = Spot("", None, tuple(parts(root, schema)))
    for values in (*found.told("enum"), *found.told("examples")):
        if isinstance(values, list):
            yield from (_Idea(f"{value!r}", value, plain=True) for value in values)
    for name in ("example", "default", "const", "minimum", "maximum"):
        yield from (_Idea(f"{value!r}", value, plain=True) for value in found.told(name))
    yield from (_Idea("too small", bound - 1) for bound in found.told("minimum"))
    yield from (_Idea("too large", bound + 1) for bound in found.told("maximum"))
    for longest in found.told("maxLength"):
        if longest < _LONGEST:
            yield _Idea(f"{longest + 1} characters", "a" * (longest + 1))
    if found.told("enum") or found.told("pattern") or found.told("format"):
        yield _Idea("an odd text", "no such thing!")
    yield from (_Idea(_name(value), value) for value in _ODD_TYPES)


_BY_TYPE: Final[dict[type, Callable[[Mapping[str, Any], Spot], Iterator[_Idea]]]] = {
    str: _text,
    int: _number,
    float: _number,
    list: _list,
    dict: _object,
}
