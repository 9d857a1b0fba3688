"""What do an operation's extensions say about lists, resources and refusals, in plain words?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import PointerError, split
from specfoundry.targets.docs_addresses import Addresses, anchor, fragment, href
from specfoundry.targets.docs_facts import json_text
from specfoundry.targets.docs_nodes import mapping, sequence, text
from specfoundry.targets.docs_views import Fact, Ref, Relation, Topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_ROOT = "../"
_COMPARISONS = {
    "in": "what is one of the values",
    "not-in": "what is none of the values",
    "contains": "what has one of the values in it",
    "lt": "what is less than the value",
    "lte": "what is at most the value",
    "gt": "what is more than the value",
    "gte": "what is at least the value",
    "labels": "what matches the selector",
}
_DECODINGS = {
    "leading-integer": "the digits at the beginning count",
    "split-decoded": "decoded before it is split, and each value once more",
}
_NEIGHBOURS = (
    ("get", "read by"),
    ("lists", "listed by"),
    ("update", "changed by"),
    ("delete", "removed by"),
)
_CREATION_WORDS = {
    "unique": "no two may share",
    "hides": "not shown again",
    "shows": "the body comes back in",
    "self": "its own address",
    "moves": "goes on by itself",
    "unlisted": "lists show differently",
    "position": "place in the list",
    "owners": "goes with what is named in",
    "conditional": "examples that may be refused",
    "gone": "status when it is gone",
}
_MERGE_WORDS = {
    "maps": "merged key by key, null deletes a key",
    "keeps": "stays as it is",
    "bumps": "moves on",
    "unique": "no two may share",
    "shows": "the body comes back in",
}
_RELATED = frozenset({"id", "references", "after", *(key for key, _ in _NEIGHBOURS)})
"""Members that are told in a sentence or by links."""


def member(pointer: object) -> str:
    """Return a JSON pointer as names with dots: `/owner/id` → `owner.id`."""
    try:
        tokens = split(pointer) if isinstance(pointer, str) else []
    except PointerError:
        tokens = []
    return ".".join(tokens) if tokens else text(pointer) or "the whole"


def with_filters(
    operation: Mapping[str, Any], parameters: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return an operation's parameters with the filters that it gives to them itself."""
    own = mapping(operation.get("x-filters"))
    return [
        {**node, "x-filter": own[node["name"]]} if node.get("name") in own else dict(node)
        for node in parameters
    ]


def parameter_facts(node: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield what a parameter filters by, orders by, and how it is read."""
    yield from _filter_facts(mapping(node.get("x-filter")))
    order, added = mapping(node.get("x-order")), mapping(node.get("x-include"))
    if order:
        yield Fact("orders by", ", ".join(mapping(order.get("values"))), code=True)
        yield Fact("turned round by", text(order.get("descending")) or "-", code=True)
    if "tie" in order:
        yield Fact("equals by", member(order["tie"]), code=True)
    if added:
        yield Fact("brings along", ", ".join(added), code=True)
    decoding = _DECODINGS.get(text(node.get("x-decode")))
    if decoding:
        yield Fact("read", decoding)


def _filter_facts(rule: Mapping[str, Any]) -> Iterator[Fact]:
    if "path" in rule:
        yield Fact("filters by", filtered_by(rule), code=True)
        yield Fact("lets through", _COMPARISONS.get(text(rule.get("op")), "what fits"))
    if rule.get("ignore-case") is True:
        yield Fact("case", "does not count")
    if "null" in rule:
        yield Fact("stands for nothing", json_text(rule["null"]), code=True)
    for form, inner in mapping(rule.get("forms")).items():
        yield Fact("as", form, code=True)
        yield from _filter_facts(mapping(inner))


def filtered_by(rule: Mapping[str, Any]) -> str:
    """Return the way from an entry to what is compared: `owner.id → getOwner → name`."""
    steps = [member(rule.get("path"))]
    for hop in map(mapping, sequence(rule.get("through"))):
        steps += [text(hop.get("operation")), member(hop.get("path"))]
    return " → ".join(steps)


class Semantics:
    """Turns extensions about lists, resources and refusals into topics of a page."""

    def __init__(self, addresses: Addresses) -> None:
        """`addresses` tells where the operations stand that an extension names."""
        self._addresses = addresses

    def topics(
        self, operation: Mapping[str, Any], parameters: Iterable[Mapping[str, Any]]
    ) -> Iterator[Topic]:
        """Yield the topics of one operation; `parameters` have their filters already."""
        known = list(parameters)
        yield from self._filters(known)
        yield from _order(operation.get("x-default-order"), known)
        yield from self._included(known)
        tell: tuple[tuple[str, Callable[[dict[str, Any]], Topic]], ...] = (
            ("x-creates", self._created),
            ("x-references", self._referred),
            ("x-merge-patch", self._merged),
        )
        for name, explain in tell:
            if mapping(operation.get(name)):
                yield explain(mapping(operation[name]))
        yield from _refusals(operation)

    def _filters(self, parameters: Iterable[Mapping[str, Any]]) -> Iterator[Topic]:
        rules = {
            text(node.get("name")): rule
            for node in parameters
            if (rule := mapping(node.get("x-filter")))
        }
        readers = [
            hop.get("operation")
            for rule in rules.values()
            for hop in map(mapping, sequence(rule.get("through")))
        ]
        if rules:
            yield Topic(
                identifier="filters",
                title="Filters",
                extension="x-filter",
                sentences=("The list shows the entries which all of these let through.",),
                relations=(Relation("parameters", tuple(map(_parameter, rules))),),
                links=self._links(readers),
            )

    def _included(self, parameters: Iterable[Mapping[str, Any]]) -> Iterator[Topic]:
        relations = [
            Relation(
                f"{value}: {member(place)} has what {filtered_by(mapping(source))} names",
                self._links([mapping(source).get("operation")]),
            )
            for node in parameters
            for value, added in mapping(node.get("x-include")).items()
            for place, source in mapping(added).items()
        ]
        if relations:
            yield Topic(
                identifier="included",
                title="What comes along",
                extension="x-include",
                sentences=("On request the answer holds what its entries refer to, each once.",),
                relations=tuple(relations),
            )

    def _created(self, creates: dict[str, Any]) -> Topic:
        relations = [
            Relation(words, links)
            for key, words in _NEIGHBOURS
            if (links := self._links(_listed(creates.get(key))))
        ]
        relations += [
            Relation(f"{_place(place)} {words}", self._links([name]))
            for key, words in (("references", "names what is read by"), ("after", "needs before"))
            for place, name in mapping(creates.get(key)).items()
        ]
        return Topic(
            identifier="creates",
            title="What is created",
            extension="x-creates",
            sentences=(
                f"{member(creates.get('id'))} of the answer names what was created to the other operations.",
            ),
            facts=tuple(_facts(creates, _CREATION_WORDS)),
            relations=tuple(relations),
        )

    def _referred(self, references: dict[str, Any]) -> Topic:
        relations = []
        for place, source in references.items():
            path = mapping(source).get("path")
            found = f"{member(path)} of" if path else "known to"
            links = self._links([mapping(source).get("operation")])
            relations.append(Relation(f"{_place(place)} is {found}", links))
        return Topic(
            identifier="references",
            title="What must exist before",
            extension="x-references",
            relations=tuple(relations),
        )

    def _merged(self, merge: dict[str, Any]) -> Topic:
        links = self._links(_listed(merge.get("get")))
        return Topic(
            identifier="merge",
            title="How changes are merged",
            extension="x-merge-patch",
            sentences=("What the body leaves out stays as it is.",),
            facts=tuple(_facts(merge, _MERGE_WORDS)),
            relations=(Relation("read by", links),) if links else (),
        )

    def _links(self, names: Iterable[object]) -> tuple[Ref, ...]:
        known = self._addresses.operations
        found = dict.fromkeys(name for name in names if isinstance(name, str))
        return tuple(
            Ref(name, href(known[name], _ROOT) if name in known else None) for name in found
        )


def _order(default: object, parameters: Iterable[Mapping[str, Any]]) -> Iterator[Topic]:
    orders = {
        text(node.get("name")): order
        for node in parameters
        if (order := mapping(node.get("x-order")))
    }
    sentences = []
    for name, order in orders.items():
        values = ", ".join(mapping(order.get("values")))
        sentences.append(f"{name} orders the entries by {values}.")
        for other, value in mapping(order.get("direction")).items():
            sentences.append(f"{other}={value} turns the order round.")
        coarse = ", ".join(map(str, sequence(order.get("coarse"))))
        if coarse:
            sentences.append(
                f"Entries that look equal in {coarse} may stand in any order: they are ordered more exactly than they are shown."
            )
    if default == "created":
        sentences.append(
            "Without asking, the entries stand in the order in which they were created."
        )
    elif sequence(default):
        keys = ", then ".join(map(member, sequence(default)))
        sentences.append(f"Without asking, the entries are ordered by {keys}.")
    if sentences:
        extension = "x-order" if orders else "x-default-order"
        yield Topic(
            identifier="order", title="Order", extension=extension, sentences=tuple(sentences)
        )


def _refusals(operation: Mapping[str, Any]) -> Iterator[Topic]:
    reasons = mapping(operation.get("x-state-dependent"))
    looked_at = ", ".join(map(member, sequence(operation.get("x-state-dependent-members"))))
    facts = [Fact(status, text(reason)) for status, reason in reasons.items()]
    if looked_at:
        facts.append(Fact("depends on", looked_at, code=True))
    if facts:
        yield Topic(
            identifier="state",
            title="Refusals for reasons of state",
            extension="x-state-dependent",
            sentences=("A request that its schemas allow may be refused all the same.",),
            facts=tuple(facts),
        )


def _parameter(name: str) -> Ref:
    """Return a link to a query parameter on the same page."""
    return Ref(name, fragment(anchor("query", name)))


def _facts(value: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[Fact]:
    """Yield the members of an extension that lead to no operation; unknown ones by their names."""
    for key, inner in value.items():
        term = words.get(key, key)
        if key in _RELATED:
            continue
        if isinstance(inner, dict):
            yield from _facts(inner, {name: f"{term}, {name}" for name in inner})
        else:
            yield Fact(term, ", ".join(map(_place, _listed(inner))), code=True)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _place(place: object) -> str:
    """Return a pointer as names with dots; a path parameter and any other text as it is."""
    return member(place) if isinstance(place, str) and place.startswith("/") else str(place)
