"""What does an oracle stand on: a live server, a garden on it, and what may be done there?"""

from __future__ import annotations

import random
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from specfoundry.document.pointer import PointerError, split
from specfoundry.fuzz.live.pages import following_pages
from specfoundry.fuzz.live.plants import by_id
from specfoundry.fuzz.live.trial import Complaint, Follow, Step, Taken
from specfoundry.fuzz.server.exchange import Call, Exchange

if TYPE_CHECKING:
    from specfoundry.fuzz.live.garden import Garden
    from specfoundry.fuzz.promises.contract import Contract, Operation
    from specfoundry.fuzz.promises.resources import Creation
    from specfoundry.fuzz.server.session import Session

_T = TypeVar("_T")

_REMEMBERED: Final = 2000
_LOOKS: Final = 500
_PAUSE: Final = 0.02

Oracle: TypeAlias = Callable[["Ground"], Iterator[Complaint]]


@dataclass
class Ground:
    """A live server with a garden on it.

    Attributes:
        contract: The document.
        session: Sends; the ground watches it.
        garden: Grows what an oracle needs.
        seed: Of every choice that the document leaves open.
        read_only: Nothing may be changed.
        roles: Name of the session's identity by role, for those who may be asked.
        restart: Stops the server and starts it again on what it stored; None: that cannot be done.
        hamper: Takes away the server's room to store anything, or gives it back; None: that cannot
            be done.
        operations: operationIds to judge; None: all. The others may still be called.
        thrift: Of so many variations of a question one is sent, another one for each seed; 1: all.
        is_alone: Nobody else judges the other operations of the same server meanwhile.
        has_others: Others may change what is on the server meanwhile.
        past: The last exchanges, oldest first: from them come the steps that lead to a complaint.
        memory: What oracles keep for each other, by name.

    """

    contract: Contract
    session: Session
    garden: Garden
    seed: int = 1
    read_only: bool = False
    roles: Mapping[str, str] = field(default_factory=dict)
    restart: Callable[[], None] | None = None
    hamper: Callable[[bool], None] | None = None
    operations: frozenset[str] | None = None
    thrift: int = 1
    is_alone: bool = False
    has_others: bool = False
    past: deque[Exchange] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    memory: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin to remember what is sent."""
        self.session.watchers.append(lambda _operation, exchange: self.past.append(exchange))

    def judges(self, operation: Operation | str) -> bool:
        """Return whether an operation is to be judged."""
        name = operation if isinstance(operation, str) else operation.id
        return self.operations is None or name in self.operations

    def concerns(self, operation: Operation | str, *others: str | None) -> bool:
        """Return whether to judge what is an operation's but shows faults of others as well.

        Where several share the work, it is left to whoever judges the operation.

        Args:
            operation: The one that it is told of.
            others: operationIds of those that have a part in it; None is nobody.

        """
        return self.judges(operation) or (
            self.is_alone and any(self.judges(name) for name in others if name is not None)
        )

    def moves(self, creation: Creation) -> list[str]:
        """Return pointers to what may change in a resource that nobody changes."""
        shifted = [creation.position.at] if creation.position and self.has_others else []
        return [*creation.moves, *shifted]

    def random(self, *names: str) -> random.Random:
        """Return a source of choices that depends on the seed and the names alone."""
        return random.Random("/".join((str(self.seed), *names)))  # noqa: S311 -- repeatable

    def some(self, variations: Sequence[_T], *names: str) -> Sequence[_T]:
        """Return what is to be sent of the variations of a question: all, or a share but one at least.

        As many seeds in a row as `thrift` says send everything between them.

        Args:
            variations: In an order that does not depend on the seed.
            names: Of the question, so that not all questions begin with the same variation.

        """
        share = min(self.thrift, len(variations))
        if share <= 1:
            return variations
        first = (self.seed + zlib.crc32("/".join(names).encode())) % share
        return variations[first::share]

    def take(self, call: Call, follow: Follow = "") -> Taken:
        """Send a call, and follow its pages or its job to the end."""
        step = Step(call=call, follow=follow)
        operation = self.contract[call.operation]
        first = self._hampered(call) if call.in_need else self.session.send(call)
        if follow == "pages":
            return Taken(step, (first, *following_pages(self.session, operation, call, first)))
        if follow == "job" and first.ok:
            return Taken(step, (first, *self.garden.settle(operation, first)))
        return Taken(step, (first,))

    def _hampered(self, call: Call) -> Exchange:
        if self.hamper is None:
            return self.session.send(call)
        self.hamper(True)
        try:
            return self.session.send(call)
        finally:
            self.hamper(False)

    def looks(
        self, call: Call, is_over: Callable[[Exchange], bool], follow: Follow = ""
    ) -> Iterator[Taken]:
        """Take a call again and again, once at least, and yield what came of it each time.

        Args:
            call: Sees how far something is.
            is_over: Whether an answer is the one that is waited for; it may never come.
            follow: As in `take`.

        """
        for _ in range(_LOOKS):
            taken = self.take(call, follow)
            yield taken
            if is_over(taken.last):
                return
            time.sleep(_PAUSE)  # between two looks at what goes on

    def together(self, calls: Sequence[Call]) -> list[Taken]:
        """Send several calls at the same time; the answers come in the order of the calls."""
        begin = Barrier(len(calls))  # threads start one after the other

        def send(call: Call) -> Exchange:
            begin.wait()
            return self.session.send(call)

        with ThreadPoolExecutor(max_workers=len(calls)) as threads:
            exchanges = list(threads.map(send, calls))
        steps = (Step(call=call, together=1) for call in calls)
        return [Taken(step, (one,)) for step, one in zip(steps, exchanges, strict=True)]

    def restarted(self) -> Taken:
        """Restart the server; only where `restart` is given."""
        if self.restart is not None:
            self.restart()
        return Taken(Step(call=None), ())

    def walk(self, operation: Operation, /, **query: Any) -> Taken:
        """Walk a list to its end along its own links.

        Raises:
            BarrenError: What it belongs to cannot be made.

        """
        call = Call(operation=operation.id, path=self.garden.parents(operation), query=query)
        return self.take(call, "pages")

    def read(self, operation_id: str, value: Any, **changes: Any) -> Taken:
        """Read one resource by what its last path parameter takes."""
        return self.take(by_id(self.contract[operation_id], value, **changes))

    def run(self, steps: Iterable[Step]) -> Iterator[Taken]:
        """Take steps again, in order."""
        group: list[Step] = []
        for step in [*steps, None]:
            if group and (step is None or step.together != group[0].together):
                yield from self.together([one.call for one in group if one.call is not None])
                group = []
            if step is None:
                return
            if step.together:
                group.append(step)
            else:
                yield self.restarted() if step.call is None else self.take(step.call, step.follow)


def values_at(node: Any, pointer: str) -> list[Any]:
    """Return everything that a pointer finds; `*` stands for every member or item of one step."""
    try:
        tokens = split(pointer)
    except PointerError:
        return []
    found = [node]
    for token in tokens:
        found = [inner for value in found for inner in _step(value, token)]
    return found


def _step(value: Any, token: str) -> list[Any]:
    if isinstance(value, dict):
        if token == "*":  # noqa: S105 -- a step of a pointer
            return list(value.values())
        return [value[token]] if token in value else []
    if isinstance(value, list):
        if token == "*":  # noqa: S105 -- a step of a pointer
            return list(value)
        return [value[int(token)]] if token.isdigit() and int(token) < len(value) else []
    return []
