"""What do the extensions say of lists: what is let through, in which order, in which pages?

One class for each extension; `semantics` finds them in a document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Hop:
    """One step from a value in an item to a value in the resource that it names."""

    operation: str
    """operationId that reads the resource; its one path parameter takes the value."""
    path: str
    """JSON pointer into its answer."""


@dataclass(frozen=True, slots=True)
class Filter:
    """`x-filter`: which items of a list a query parameter lets through."""

    path: str
    """JSON pointer into an item; `*` as a step stands for every member or item."""
    op: str
    """`in`, `not-in`, `contains`, `lt`, `lte`, `gt`, `gte` or `labels`."""
    null: str | None = None
    """The member that stands for null."""
    through: tuple[Hop, ...] = ()
    ignore_case: bool = False
    """Upper and lower case are the same."""
    most: int | None = None
    """How many values, or requirements of a selector, are taken."""

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> Filter:
        """Read the extension's value."""
        hops = tuple(Hop(hop["operation"], hop["path"]) for hop in node.get("through", ()))
        folds = bool(node.get("ignore-case"))
        return cls(
            node["path"],
            node["op"],
            node.get("null"),
            hops,
            ignore_case=folds,
            most=node.get("most"),
        )


@dataclass(frozen=True, slots=True)
class Inclusion:
    """One list of related resources that a value of an `x-include` parameter adds."""

    at: str
    """JSON pointer into the answer: the list."""
    path: str
    """JSON pointer into an item, or into an answer that is no list: what names the resource."""
    operation: str
    """operationId that reads the resource."""
    through: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Ordering:
    """`x-order`: what a list can be sorted by."""

    values: Mapping[str, str]
    """Value of the parameter → JSON pointer into an item."""
    descending: str = "-"
    """Prefix that turns the order round."""
    tie: str | None = None
    """JSON pointer of what decides between equals, in the same direction."""
    coarse: frozenset[str] = frozenset()
    """Values that are shown less exactly than they are sorted: equals may stand in any order."""
    direction: Mapping[str, str] = field(default_factory=dict)
    """Instead of the prefix: the query that turns the order round."""

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> Ordering:
        """Read the extension's value."""
        return cls(
            node["values"],
            node.get("descending", "-"),
            node.get("tie"),
            frozenset(node.get("coarse", ())),
            node.get("direction", {}),
        )

    def query(self, name: str, value: str, *, descending: bool) -> dict[str, str]:
        """Return the query that asks for an order.

        Args:
            name: Of the parameter.
            value: One of `values`.
            descending: Whether the order is turned round.
        """
        if not descending:
            return {name: value}
        if self.direction:
            return {name: value, **self.direction}
        return {name: f"{self.descending}{value}"}


@dataclass(frozen=True, slots=True)
class Paging:
    """`x-pagination`: which members of a list say where its pages are."""

    items: str
    total: str | None = None
    pages: str | None = None
    first: str | None = None
    last: str | None = None
    next: str | None = None
    previous: str | None = None
    page: str | None = None
    per_page: str | None = None

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> Paging:
        """Read the extension's value."""
        return cls(**{name.replace("-", "_"): value for name, value in node.items()})
