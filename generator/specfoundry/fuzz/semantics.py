"""What do the document's extensions say that schemas cannot?

One class for each extension; all of them are described in the reference of extensions, and
`specfoundry validate` has checked their form before anything here reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from specfoundry.fuzz.contract import Contract, Operation, Parameter

FoundT = TypeVar("FoundT")


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


@dataclass(frozen=True, slots=True)
class Position:
    """The `position` of `x-creates`: the place of a resource among the others, without gaps."""

    at: str
    """JSON pointer into the answer: a whole number from 1 on."""
    sent: str | None = None
    """JSON pointer into the bodies that create and update."""
    within: tuple[str, ...] = ()
    """JSON pointers into the answer: those that have the same here are counted together."""

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> Position:
        """Read the member's value."""
        return cls(node["at"], node.get("sent"), tuple(node.get("within", ())))


@dataclass(frozen=True, slots=True)
class Creation:
    """`x-creates`: what a successful call leaves behind, and which operations know it."""

    id: str
    """JSON pointer into the answer: what the other operations' path parameter takes."""
    get: str | None
    lists: tuple[str, ...]
    update: str | None
    delete: str | None
    references: Mapping[str, str]
    """JSON pointer into the body, or `{name}` of a path parameter → operationId that reads it."""
    unique: tuple[str, ...]
    """JSON pointers into the body: texts that nobody else may have; or places of `references` that
    no two may share."""
    hides: tuple[str, ...]
    """JSON pointers into the body: what the answer does not repeat as it was sent."""
    self: str | None = None
    """JSON pointer into the answer: its own address."""
    moves: tuple[str, ...] = ()
    """JSON pointers into the answer: what goes on by itself, such as the state of a job."""
    unlisted: tuple[str, ...] = ()
    """JSON pointers into the answer: what lists show differently."""
    position: Position | None = None
    owners: tuple[str, ...] = ()
    """Which references it belongs to: it goes with what they name."""
    conditional: tuple[str, ...] = ()
    """Names of request examples that may be refused."""
    after: Mapping[str, str] = field(default_factory=dict)
    """Place of `references` → operationId of what is done to the resource before."""
    gone: tuple[int, ...] = ()
    """Statuses that say that it is gone, beside 404 and 410."""
    shows: str = ""
    """JSON pointer into the answers: where the members of the body come back."""
    case_sensitive: Mapping[str, bool] = field(default_factory=dict)
    """Of `unique`: whether texts that differ in upper and lower case only are two."""
    scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of `unique`: JSON pointers into the body; two that differ there may have the same."""
    optional: tuple[str, ...] = ()
    """Of `references`: where an id that nothing has is no error."""
    inferred: bool = False
    """Whether the document does not say it: much else is then unknown."""

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> Creation:
        """Read the extension's value."""
        return cls(
            id=node["id"],
            get=node.get("get"),
            lists=tuple(node.get("lists", ())),
            update=node.get("update"),
            delete=node.get("delete"),
            references=node.get("references", {}),
            unique=tuple(node.get("unique", ())),
            hides=tuple(node.get("hides", ())),
            self=node.get("self"),
            moves=tuple(node.get("moves", ())),
            unlisted=tuple(node.get("unlisted", ())),
            position=_read(node, "position", Position.of),
            owners=tuple(node.get("owners", ())),
            case_sensitive=node.get("case-sensitive", {}),
            scopes={place: tuple(them) for place, them in node.get("scopes", {}).items()},
            inferred=bool(node.get("inferred")),
            optional=tuple(node.get("optional", ())),
            conditional=tuple(node.get("conditional", ())),
            after=node.get("after", {}),
            gone=tuple(node.get("gone", ())),
            shows=node.get("shows", ""),
        )


@dataclass(frozen=True, slots=True)
class Merge:
    """`x-merge-patch`: how an update treats what it is not sent."""

    get: str
    maps: tuple[str, ...]
    """JSON pointers of objects that are merged key by key; null deletes a key."""
    keeps: tuple[str, ...]
    """JSON pointers of what no update changes."""
    bumps: tuple[str, ...]
    """JSON pointers of times that an update moves on."""
    unique: tuple[str, ...] = ()
    """JSON pointers into the body: texts that nobody else may have."""
    shows: str = ""
    """JSON pointer into the answers: where the members of the body come back."""
    hides: tuple[str, ...] = ()
    """JSON pointers into the body: what is not shown as it was sent."""
    ignores_null: tuple[str, ...] = ()
    """JSON pointers into the body: where null means the same as nothing."""
    moves: tuple[str, ...] = ()
    """JSON pointers of what an update may change without being asked to."""

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> Merge:
        """Read the extension's value."""
        return cls(
            node["get"],
            tuple(node.get("maps", ())),
            tuple(node.get("keeps", ())),
            tuple(node.get("bumps", ())),
            tuple(node.get("unique", ())),
            node.get("shows", ""),
            tuple(node.get("hides", ())),
            tuple(node.get("ignores-null", ())),
            tuple(node.get("moves", ())),
        )


@dataclass(frozen=True, slots=True)
class Job:
    """`x-async-job`: where the work behind an answer can be watched."""

    get: str
    state: str
    done: tuple[str, ...]
    failed: tuple[str, ...]
    location: str | None = None
    errors: str | None = None

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> Job:
        """Read the extension's value."""
        return cls(
            node["get"],
            node["state"],
            tuple(node["done"]),
            tuple(node.get("failed", ())),
            node.get("location"),
            node.get("errors"),
        )


@dataclass(frozen=True, slots=True)
class Blob:
    """`x-blob`: which part goes in, and which operation gives it back."""

    part: str
    download: str | None = None
    get: str | None = None
    state: str | None = None
    pending: tuple[str, ...] = ()
    ready: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    checksum: str | None = None
    keeps: str = "bytes"
    """`bytes`, or `entries` when an archive is packed again."""

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> Blob:
        """Read the extension's value."""
        return cls(
            node["part"],
            node.get("download"),
            node.get("get"),
            node.get("state"),
            pending=tuple(node.get("pending", ())),
            ready=tuple(node.get("ready", ())),
            failed=tuple(node.get("failed", ())),
            checksum=node.get("checksum"),
            keeps=node.get("keeps", "bytes"),
        )


@dataclass(frozen=True, slots=True)
class Rights:
    """`x-permitted-roles`: who may call, and what the others get."""

    roles: frozenset[str]
    refusals: Mapping[str, int]
    """Role → the status that it gets instead."""
    filtered: bool = False
    anyone: bool = False
    public: bool = False
    partly: frozenset[str] = frozenset()
    """Permitted roles that are denied some of what may be asked for."""

    @classmethod
    def of(cls, node: Mapping[str, Any]) -> Rights:
        """Read the extension's value."""
        refusals = {
            role: refusal["status"]
            for refusal in (node.get("denied"), node.get("hidden"))
            if refusal
            for role in refusal["roles"]
        }
        flags = {name: bool(node.get(name)) for name in ("filtered", "anyone", "public")}
        partly = frozenset(node.get("partly", ()))
        return cls(frozenset(node.get("roles", ())), refusals, **flags, partly=partly)


def filter_of(operation: Operation, parameter: Parameter) -> Filter | None:
    """Return what a parameter filters on, or None; the operation's own word counts more."""
    node = _filter_node(operation, parameter)
    return Filter.of(node) if "path" in node else None


def forms_of(operation: Operation, parameter: Parameter) -> Mapping[str, Filter]:
    """Return what a parameter filters on by the form of its text; `{}` stands for a value."""
    forms = _filter_node(operation, parameter).get("forms", {})
    return {text: Filter.of(node) for text, node in forms.items()}


def _filter_node(operation: Operation, parameter: Parameter) -> Mapping[str, Any]:
    own = operation.node.get("x-filters", {})
    node = own[parameter.name] if parameter.name in own else parameter.node.get("x-filter")
    return node if isinstance(node, dict) else {}


def inclusions_of(parameter: Parameter) -> Mapping[str, tuple[Inclusion, ...]]:
    """Return what each value of a parameter adds to an answer; nothing for most parameters."""
    node = parameter.node.get("x-include")
    return {
        value: tuple(_inclusion(at, one) for at, one in added.items())
        for value, added in (node.items() if isinstance(node, dict) else ())
    }


def _inclusion(at: str, node: Mapping[str, Any]) -> Inclusion:
    hops = tuple(Hop(hop["operation"], hop["path"]) for hop in node.get("through", ()))
    return Inclusion(at, node["path"], node["operation"], hops)


def ordering_of(operation: Operation) -> tuple[Parameter, Ordering] | None:
    """Return the parameter that a list is ordered by and its orders, or None."""
    for parameter in operation.at("query"):
        found = _read(parameter.node, "x-order", Ordering.of)
        if found:
            return parameter, found
    return None


def paging_of(operation: Operation) -> Paging | None:
    """Return how a list is paged, or None."""
    return _read(operation.node, "x-pagination", Paging.of)


def creation_of(operation: Operation) -> Creation | None:
    """Return what an operation creates, or None."""
    return _read(operation.node, "x-creates", Creation.of)


def merge_of(operation: Operation) -> Merge | None:
    """Return how an update merges, or None."""
    return _read(operation.node, "x-merge-patch", Merge.of)


def job_of(operation: Operation) -> Job | None:
    """Return the job behind an operation, or None."""
    return _read(operation.node, "x-async-job", Job.of)


def blob_of(operation: Operation) -> Blob | None:
    """Return what is uploaded, or None."""
    return _read(operation.node, "x-blob", Blob.of)


def rights_of(operation: Operation) -> Rights | None:
    """Return who may call an operation, or None when the document does not say."""
    return _read(operation.node, "x-permitted-roles", Rights.of)


def _read(
    node: Mapping[str, Any], name: str, of: Callable[[Mapping[str, Any]], FoundT]
) -> FoundT | None:
    value = node.get(name)
    return of(value) if isinstance(value, dict) else None


def creators(contract: Contract) -> Iterator[tuple[Operation, Creation]]:
    """Yield every operation that creates something the document can read again."""
    for operation in contract:
        creation = creation_of(operation)
        if creation is not None:
            yield operation, creation


def lists(contract: Contract) -> Iterator[tuple[Operation, Paging]]:
    """Yield every list."""
    for operation in contract:
        paging = paging_of(operation)
        if paging is not None and operation.reads:
            yield operation, paging
