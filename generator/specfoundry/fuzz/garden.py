"""How does a resource come to life, with everything that it refers to, and go away again?

Resources are grown from the document alone: the request example of the operation that creates them,
with live references and texts that nobody else has. Whatever was grown is removed at the end, the
youngest first.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import PointerError, follow, split
from specfoundry.fuzz.exchange import Call, Exchange
from specfoundry.fuzz.semantics import Creation, creators, job_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.contract import Contract, Operation
    from specfoundry.fuzz.session import Session

_POLLS = 400
_PAUSE = 0.02


class BarrenError(Exception):
    """A resource could not be made; the text says what the server answered."""


@dataclass(frozen=True, slots=True)
class Plant:
    """One live resource.

    Attributes:
        creator: The operation that made it.
        creation: What that operation promises.
        id: What the other operations' path parameter takes.
        sent: The body that made it.
        exchange: The exchange that made it.

    """

    creator: Operation
    creation: Creation
    id: Any
    sent: Any
    exchange: Exchange


@dataclass
class Garden:
    """Grows resources through a session, and clears up behind itself.

    Attributes:
        contract: The document.
        session: Where to grow them.
        prefix: Begins every text that must be unique, so that people know what it is.
        shared: Resources that others refer to, by the operation that reads them.
        living: Everything that was grown and not removed yet, oldest first.

    """

    contract: Contract
    session: Session
    prefix: str = "specfoundry"
    shared: dict[str, Plant] = field(default_factory=dict)
    living: list[Plant] = field(default_factory=list)
    _count: int = 0

    @property
    def creators(self) -> Mapping[str, tuple[Operation, Creation]]:
        """The first operation that creates what an operation reads, by the reading operation."""
        found: dict[str, tuple[Operation, Creation]] = {}
        for operation, creation in creators(self.contract):
            if creation.get is not None:
                found.setdefault(creation.get, (operation, creation))
        return found

    def reference(self, reader: str) -> Any:
        """Return the id of a resource that an operation reads; made when there is none yet.

        Raises:
            BarrenError: It cannot be made.

        """
        if reader not in self.shared:
            if reader not in self.creators:
                raise BarrenError(f"no operation creates what {reader} reads")
            operation, creation = self.creators[reader]
            self.shared[reader] = self.grow(operation, creation)
        return self.shared[reader].id

    def grow(
        self, operation: Operation, creation: Creation, example: Any = None, **changes: Any
    ) -> Plant:
        """Create a resource and return it.

        Args:
            operation: What creates it.
            creation: What that promises.
            example: The body to start from; by default the operation's first example.
            changes: Replaced members of the call.

        Raises:
            BarrenError: The server did not create it.

        """
        call = replace(self.call(operation, creation, example), **changes)
        exchange = self.session.send(call)
        if not exchange.ok:
            raise BarrenError(f"{operation.id}: {exchange.summary()}")
        plant = Plant(operation, creation, exchange.at(creation.id), call.body, exchange)
        self.living.append(plant)
        return plant

    def call(self, operation: Operation, creation: Creation, example: Any = None) -> Call:
        """Return the call that creates a resource, with live references and fresh texts."""
        media = next(iter(operation.bodies), None)
        if example is None and media is not None:
            example = next(iter(media.examples), {})
        body = copy.deepcopy(example)
        path = {}
        for place, reader in creation.references.items():
            if place.startswith("{"):
                path[place.strip("{}")] = self.reference(reader)
            elif _has(body, place):
                put(body, place, self.reference(reader))
        for place in creation.unique:
            if _has(body, place):
                put(body, place, self.fresh())
        return Call(
            operation=operation.id,
            path=path,
            media_type=media.media_type if media else None,
            body=body,
        )

    def fresh(self) -> str:
        """Return a text that nobody has had yet."""
        self._count += 1
        return f"{self.prefix}-{self._count}"

    def remove(self, plant: Plant) -> Exchange | None:
        """Delete a resource and wait until it is gone; None when the document cannot."""
        if plant in self.living:
            self.living.remove(plant)
        operation = self.contract.get(plant.creation.delete)
        if operation is None:
            return None
        exchange = self.session.send(by_id(operation, plant.id))
        if exchange.ok:
            self.settle(operation, exchange)
        return exchange

    def settle(self, operation: Operation, exchange: Exchange) -> Exchange | None:
        """Wait for the job behind an answer; return its last state, None when there is no job."""
        job = job_of(operation)
        address = exchange.headers.get((job.location or "location").lower()) if job else None
        if job is None or address is None:
            return None
        for _ in range(_POLLS):
            seen = self.session.get(address, operation=job.get)
            if seen.at(job.state) in {*job.done, *job.failed} or not seen.ok:
                return seen
            time.sleep(_PAUSE)  # between two looks at a job that goes on
        return seen

    def clear(self) -> Iterator[Plant]:
        """Remove everything that is left, the youngest first; yield what stayed."""
        for plant in reversed(list(self.living)):
            exchange = self.remove(plant)
            if exchange is not None and not exchange.ok and exchange.status != 404:
                yield plant
        self.shared.clear()


def by_id(operation: Operation, value: Any, **changes: Any) -> Call:
    """Return a call of an operation on one resource."""
    path = {parameter.name: value for parameter in operation.at("path")}
    return replace(Call(operation=operation.id, path=path), **changes)


def put(body: Any, pointer: str, value: Any) -> None:
    """Replace what stands at a place of a JSON value; the place must be there.

    Raises:
        PointerError: It is not.

    """
    *parents, last = split(pointer)
    holder = body
    for token in parents:
        holder = holder[int(token)] if isinstance(holder, list) else holder[token]
    holder[int(last) if isinstance(holder, list) else last] = value


def _has(body: Any, pointer: str) -> bool:
    try:
        follow(body, pointer)
    except PointerError:
        return False
    return True
