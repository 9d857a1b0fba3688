"""Which values show best whether a list's filters do what they say?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.ground import values_at
from specfoundry.runtime.client_parameters import scalar_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.contract import Parameter
    from specfoundry.fuzz.oracles.listing import Listing
    from specfoundry.fuzz.semantics import Filter

_NOBODY: Final = "nothing-has-this-value"
_SHORT: Final = 4


@dataclass(frozen=True, slots=True)
class Question:
    """One filtered list.

    Attributes:
        name: What is asked, without values that another run would not have.
        query: As it is sent.
        means: The values by filter, as they are meant.

    """

    name: str
    query: Mapping[str, Any]
    means: Mapping[str, Any]

    def beside(
        self, listing: Listing, values: Mapping[str, Sequence[Sequence[Any]]]
    ) -> Iterator[Question]:
        """Yield the same question beside another filter that names every item."""
        for parameter, rule in listing.filters:
            name = parameter.name
            if parameter.is_list and rule.op == "in" and name not in {*self.query, *listing.base}:
                members = sorted(
                    {one for has in values[name] for one in has if isinstance(one, str)}
                )
                more = {name: members}
                title = f"{self.name} and {name}=(all values)"
                yield Question(title, {**self.query, **more}, {**self.means, **more})


def questions(
    listing: Listing, values: Mapping[str, Sequence[Sequence[Any]]]
) -> Iterator[Question]:
    """Yield what to ask a list, given what each filter finds in its items."""
    chosen: dict[str, Any] = {}
    times: dict[str, dict[str, str]] = {}
    for parameter, rule in listing.filters:
        texts = sorted(
            {
                scalar_text(one)
                for has in values[parameter.name]
                for one in has
                if one is not None and not isinstance(one, dict | list)
            }
        )
        if rule.op in {"in", "not-in", "contains"}:
            yield from _memberships(parameter, rule, texts)
            if texts and rule.op == "in":
                chosen[parameter.name] = [texts[0]] if parameter.is_list else texts[0]
        elif rule.op == "labels":
            yield from _selectors(parameter, rule, listing)
        elif len(texts) > 0:
            times.setdefault(rule.path, {})[rule.op] = parameter.name
    for path, names in times.items():
        texts = sorted(
            {one for item in listing.items for one in values_at(item, path) if isinstance(one, str)}
        )
        if texts:
            yield from _bounds(names, texts)


def _one(name: str, text: str, value: Any) -> Question:
    return Question(f"{name}={text}", {name: value}, {name: value})


def _memberships(parameter: Parameter, rule: Filter, texts: list[str]) -> Iterator[Question]:
    name = parameter.name
    enum = parameter.schema.get("enum")
    if isinstance(enum, list):
        yield from (_one(name, scalar_text(member), member) for member in enum)
    elif parameter.is_list:
        for title, members in _members(rule, texts):
            yield _one(name, title, members)
    else:
        yield from (_one(name, "(a value)", text) for text in dict.fromkeys(texts[:1] + texts[-1:]))
        yield _one(name, "(nobody's value)", _NOBODY)


def _members(rule: Filter, texts: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield lists of values: one; the first nobody's; those that only look like an item's."""
    if rule.op == "contains":
        texts = [text[1:-1] for text in texts if len(text) > _SHORT]
    if texts:
        yield "(a value)", texts[:1]
        yield "(nobody's and two values)", list(dict.fromkeys([_NOBODY, texts[0], texts[-1]]))
        yield "(a value in another case)", [texts[-1].swapcase(), f"{texts[0]},{_NOBODY}"]
    yield "(nobody's value)", [_NOBODY]
    if rule.null is not None:
        yield "(null)", [rule.null]


def _bounds(names: Mapping[str, str], texts: list[str]) -> Iterator[Question]:
    low, middle, high = texts[0], texts[len(texts) // 2], texts[-1]
    for pairs in (
        {"gt": low, "lt": high},
        {"gte": middle, "lte": middle},
        {"gt": high},
        {"lt": low},
        {"gt": low},
        {"lt": high},
    ):
        query = {names[op]: bound for op, bound in pairs.items() if op in names}
        if query:
            yield Question(" and ".join(f"{one}=(an item's)" for one in query), query, query)


def _selectors(parameter: Parameter, rule: Filter, listing: Listing) -> Iterator[Question]:
    pairs = sorted(
        {
            (key, value)
            for item in listing.items
            for labels in values_at(item, rule.path)
            if isinstance(labels, dict)
            for key, value in labels.items()
            if isinstance(value, str) and value
        }
    )
    if not pairs:
        return
    key, value = pairs[0]
    last, other = pairs[-1]
    for text in (
        f"{key}={value}",
        f"{key}!={value}",
        f"{key} in ({value},{other})",
        f"{key} notin ({value})",
        f"!{key}",
        f"{key},{last}",
        f"{key}=={value.swapcase()}",
    ):
        yield _one(parameter.name, text, text)
