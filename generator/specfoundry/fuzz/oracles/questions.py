"""Which values show best whether a list's filters do what they say?"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.oracles.label_questions import selectors
from specfoundry.fuzz.oracles.taking import takes
from specfoundry.fuzz.promises.semantics import forms_of
from specfoundry.runtime.client_parameters import scalar_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.oracles.listing import Listing
    from specfoundry.fuzz.promises.contract import Parameter
    from specfoundry.fuzz.promises.lists import Filter

_NOBODY: Final = "nothing-has-this-value"
_SHORT: Final = 4
_FEW: Final = 6


@dataclass(frozen=True, slots=True)
class Question:
    """One filtered list.

    Attributes:
        name: What is asked, without values that another run would not have.
        query: As it is sent.
        means: The values by filter, as they are meant.
        forms: What is filtered by, where it is not the same for all values of a parameter.

    """

    name: str
    query: Mapping[str, Any]
    means: Mapping[str, Any]
    forms: Mapping[str, Filter] = field(default_factory=dict)

    def beside(
        self, listing: Listing, values: Mapping[str, Sequence[Sequence[Any]]]
    ) -> Iterator[Question]:
        """Yield the same question beside another filter that names every item."""
        for parameter, rule in listing.filters:
            name = parameter.name
            if parameter.is_list and rule.op == "in" and name not in {*self.query, *listing.base}:
                yield self.and_also(f"{name}=(all values)", {name: _texts(values[name])})

    def and_also(self, name: str, means: Mapping[str, Any]) -> Question:
        """Return this question and another one at once."""
        return Question(f"{self.name} and {name}", {**self.query, **means}, {**self.means, **means})


def questions(
    listing: Listing, values: Mapping[str, Sequence[Sequence[Any]]]
) -> Iterator[Question]:
    """Yield what to ask a list, given what each filter finds in its items."""
    bounds: dict[str, dict[str, str]] = {}
    for parameter, rule in listing.filters:
        if rule.op in {"in", "not-in", "contains"}:
            yield from _memberships(listing, parameter, rule, _texts(values[parameter.name]))
        elif rule.op == "labels":
            for text in _chosen(listing, parameter, list(selectors(rule, listing.items))):
                yield _one(parameter.name, text, text)
        else:
            bounds.setdefault(rule.path, {})[rule.op] = parameter.name
    for path, names in bounds.items():
        texts = _texts([values_at(item, path) for item in listing.items])
        yield from _bounds(names, texts) if texts else _unset(listing, names)
    yield from _pairs(listing, values)
    yield from _formed(listing)


def _chosen(listing: Listing, parameter: Parameter, texts: list[str]) -> list[str]:
    """Return all selectors where the parameter is met first, else a few, others each time."""
    met = listing.ground.memory.setdefault("selectors asked", set())
    if not isinstance(met, set) or len(texts) <= _FEW:
        return texts
    if parameter.pointer not in met:
        met.add(parameter.pointer)
        return texts
    return listing.ground.random("labels", listing.operation.id).sample(texts, _FEW)


def _texts(values: Sequence[Sequence[Any]]) -> list[str]:
    """Return the different single values as texts, sorted."""
    found = {
        scalar_text(one)
        for has in values
        for one in has
        if one is not None and not isinstance(one, dict | list)
    }
    return sorted(found)


def _one(name: str, text: str, value: Any) -> Question:
    return Question(f"{name}={text}", {name: value}, {name: value})


def _memberships(
    listing: Listing, parameter: Parameter, rule: Filter, texts: list[str]
) -> Iterator[Question]:
    name = parameter.name
    enum = parameter.schema.get("enum")
    nobody = _nobody(listing, parameter, texts)
    if isinstance(enum, list):
        yield from (_one(name, scalar_text(member), member) for member in enum)
    elif parameter.is_list:
        for title, members in _members(rule, texts, nobody):
            yield _one(name, title, members)
        if texts and parameter.wire.decode == "split-decoded":
            # Elsewhere servers differ in whether an encoded comma belongs to its member.
            yield _one(name, "(a value and more behind a comma)", [f"{texts[0]},{_NOBODY}"])
    else:
        yield from (_one(name, "(a value)", text) for text in dict.fromkeys(texts[:1] + texts[-1:]))
        yield from (_one(name, "(nobody's value)", text) for text in nobody)


def _nobody(listing: Listing, parameter: Parameter, texts: list[str]) -> list[str]:
    """Return a value that no item has, in a list; none where the schema allows no such thing."""
    example = parameter.node.get("example")
    shown = example if isinstance(example, list) else [example]
    likely = [_NOBODY, *(f"{digit}{text[1:]}" for text in texts[:1] for digit in "197")]
    likely += [text for text in shown if isinstance(text, str)]
    return [
        text
        for text in likely
        if text not in texts
        and takes(listing.ground, parameter, [text] if parameter.is_list else text)
    ][:1]


def _members(rule: Filter, texts: list[str], nobody: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield lists of values: one; the first nobody's; those that only look like an item's."""
    if rule.op == "contains":
        texts = [text[1:-1] for text in texts if len(text) > _SHORT]
    if texts:
        yield "(a value)", texts[:1]
        yield "(nobody's and two values)", list(dict.fromkeys([*nobody, texts[0], texts[-1]]))
        yield "(a value in another case)", [texts[-1].swapcase()]
    if nobody:
        yield "(nobody's value)", nobody
    if rule.null is not None:
        yield "(null)", [rule.null]


def _bounds(names: Mapping[str, str], texts: list[str]) -> Iterator[Question]:
    """Yield bounds that are exactly the value of an item: alone, and two at once."""
    low, middle, high = texts[0], texts[len(texts) // 2], texts[-1]
    for pairs in (
        {"gt": low, "lt": high},
        {"gte": middle, "lte": middle},
        {"gt": high},
        {"lt": low},
    ):
        query = {names[op]: bound for op, bound in pairs.items() if op in names}
        if query:
            yield Question(" and ".join(f"{one}=(an item's)" for one in query), query, query)


def _unset(listing: Listing, names: Mapping[str, str]) -> Iterator[Question]:
    """Yield bounds where no item has a value: it is neither before nor behind any."""
    for name in names.values():
        parameter = listing.operation.parameter(name)
        if parameter is not None and "example" in parameter.node:
            yield _one(name, "(any value)", parameter.node["example"])


def _pairs(listing: Listing, values: Mapping[str, Sequence[Sequence[Any]]]) -> Iterator[Question]:
    """Yield pairs of filters, each of which lets through what the other one does not."""
    known = [
        (parameter.name, texts)
        for parameter, rule in listing.filters
        if rule.op == "in" and parameter.is_list and rule.null is None
        if len(texts := _texts(values[parameter.name])) > 1 and parameter.name not in listing.base
    ]
    for (name, texts), (other, others) in itertools.pairwise(known):
        yield _one(name, "(a value)", texts[:1]).and_also(f"{other}=(a value)", {other: others[:1]})


def _formed(listing: Listing) -> Iterator[Question]:
    """Yield texts of every form that a parameter knows."""
    for parameter in listing.operation.at("query"):
        for form, rule in forms_of(listing.operation, parameter).items():
            texts = _texts([values_at(item, rule.path) for item in listing.items])
            for title, members in _slots(rule, texts, form.count("{}")):
                text = form
                for member in members:
                    text = text.replace("{}", member, 1)
                name = parameter.name
                query = {name: [text] if parameter.is_list else text}
                asked = f"{name}={form.replace('{}', title)}"
                yield Question(asked, query, {name: members}, {name: rule})


def _slots(rule: Filter, texts: list[str], count: int) -> Iterator[tuple[str, list[str]]]:
    """Yield as many values as a form has places for."""
    if not texts:
        return
    if rule.op not in {"in", "not-in", "contains"}:
        yield "(an item's)", [texts[len(texts) // 2]] * count
    elif count == 1:
        yield "(a value)", [texts[0]]
        yield "(a value in another case)", [texts[-1].swapcase()]
        yield "(nobody's value)", [_NOBODY]
    else:
        yield "(a value)", [texts[0], *texts[-1:] * (count - 1)]
        yield "(nobody's or a value)", [_NOBODY, *texts[-1:] * (count - 1)]
