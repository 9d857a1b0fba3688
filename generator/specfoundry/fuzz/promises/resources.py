"""What do the extensions say of resources: how they come, change and go, and who may do what?

One class for each extension; `semantics` finds them in a document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


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
            position=Position.of(node["position"]) if "position" in node else None,
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
