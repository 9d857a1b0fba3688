"""What was asked of a server to judge one promise, and does it keep it?

A trial is a few steps and a verdict on their answers. Verdicts are plain functions with a name and
arguments that are JSON values, so that a trial can be written to a file, run again with fresh
resources, and made smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.fuzz.server.exchange import Call, Exchange

Follow: TypeAlias = Literal["", "pages", "job"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that is done to a server."""

    call: Call | None
    """What is sent; None: the server is restarted."""
    follow: Follow = ""
    """`pages`: the links to the next page are followed; `job`: the job is watched to its end."""
    together: int = 0
    """Steps in a row with the same number other than 0 are sent at the same time."""


@dataclass(frozen=True)
class Taken:
    """A step that was taken.

    Attributes:
        step: What was meant.
        exchanges: Everything that went over the wire for it, in order; none for a restart.

    """

    step: Step
    exchanges: tuple[Exchange, ...]

    @property
    def first(self) -> Exchange:
        """The first exchange."""
        return self.exchanges[0]

    @property
    def last(self) -> Exchange:
        """The last exchange: the last page, the last look at a job."""
        return self.exchanges[-1]

    @property
    def ok(self) -> bool:
        """Whether every exchange was answered with a 2xx."""
        return all(exchange.ok for exchange in self.exchanges)

    def items(self, pointer: str) -> list[Any]:
        """Return the items that all pages hold at a pointer."""
        found: list[Any] = []
        for exchange in self.exchanges:
            page = exchange.at(pointer)
            found += page if isinstance(page, list) else []
        return found


Verdict: TypeAlias = Callable[[Sequence[Taken], Mapping[str, Any]], str | None]
"""Takes the shown steps and the arguments; returns what is wrong, or None."""

VERDICTS: Final[dict[str, Verdict]] = {}


def verdict(function: Verdict) -> Verdict:
    """Register a verdict under its module's and function's names, by which scripts call it."""
    name = name_of(function)
    if name in VERDICTS:
        raise ValueError(f"there are two verdicts {name!r}")
    VERDICTS[name] = function
    return function


def name_of(rule: Verdict) -> str:
    """Return the name of a verdict, such as `ordering.in_order`."""
    module = rule.__module__.rpartition(".")[2]
    return f"{module}.{getattr(rule, '__name__', '')}"


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """One promise that the server broke.

    Attributes:
        check: Which check found it, such as `filter`.
        operation: operationId of what is to be mended.
        message: What was expected and what came.
        taken: The steps that show it, in the order in which they were taken.
        verdict: Name of the verdict that found it; None when the document's own judge did.
        arguments: Of the verdict, JSON values.

    """

    check: str
    operation: str
    message: str
    taken: tuple[Taken, ...] = ()
    verdict: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Everything that went over the wire."""
        return tuple(exchange for taken in self.taken for exchange in taken.exchanges)


def judged(
    check: str,
    operation: str,
    rule: Verdict,
    taken: Sequence[Taken],
    **arguments: Any,
) -> Complaint | None:
    """Return the complaint of a verdict on some steps, or None when they are as promised.

    A verdict on steps of which one was never answered is no verdict: the session has complained.

    Args:
        check: Name of the check.
        operation: operationId of what is judged.
        rule: A registered verdict.
        taken: The steps, in order.
        arguments: JSON values for the verdict.
    """
    if any(exchange.status == 0 for one in taken for exchange in one.exchanges):
        return None
    message = rule(taken, arguments)
    if message is None:
        return None
    return Complaint(
        check=check,
        operation=operation,
        message=message,
        taken=tuple(taken),
        verdict=name_of(rule),
        arguments=arguments,
    )


def raised(*judgements: Complaint | None) -> Iterator[Complaint]:
    """Yield those judgements that are complaints."""
    return (one for one in judgements if one is not None)
