"""How does a resource come to life, with everything that it refers to, and go away again?

Resources are grown from the document alone: the request example of the operation that creates them,
with live references and texts that nobody else has. Whatever a session created is known here, by
whom ever it was asked for, and is removed at the end, the youngest first.
"""

from __future__ import annotations

import copy
import itertools
import re
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import follow
from specfoundry.fuzz.live.discovery import discovered
from specfoundry.fuzz.live.plants import BarrenError, Plant, has, names_it, put, told
from specfoundry.fuzz.live.readiness import is_ready, preparation, settled
from specfoundry.fuzz.promises.semantics import creation_of, creators, job_of
from specfoundry.fuzz.server.exchange import Call, Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Contract, Operation
    from specfoundry.fuzz.promises.resources import Creation
    from specfoundry.fuzz.server.session import Session

_PAUSE: Final = 0.01
_LONGEST_PAUSE: Final = 0.2
_IMPATIENCE: Final = 1.0
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass
class Garden:
    """Grows resources through a session, and clears up behind itself.

    Attributes:
        contract: The document.
        session: Where to grow them; the garden watches it.
        prefix: Begins every text that must be unique, so that people know what it is.
        seed: Of everything that is not told by the document.
        shared: Path parameters of a live resource by the operation that reads it; what stands here
            from the beginning is used and left alone.
        living: Everything that was created and not removed yet, oldest first.
        patience: Seconds until a job that goes on counts as stuck.
        stuck: operationIds whose jobs did not end in time: the next ones are given less.
        invented: Ids that this garden made up, and no server.
        discovered: operationIds that read what nobody has created.
        prepared: Resources to which something was done, by who reads them and what was done.

    """

    contract: Contract
    session: Session
    prefix: str = "specfoundry"
    seed: int = 1
    shared: dict[str, dict[str, Any]] = field(default_factory=dict)
    living: list[Plant] = field(default_factory=list)
    prepared: dict[tuple[str, str], Plant] = field(default_factory=dict)
    patience: float = 30.0
    stuck: set[str] = field(default_factory=set)
    invented: set[str] = field(default_factory=set)
    discovered: set[str] = field(default_factory=set)
    _count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        """Begin to watch what is created and removed."""
        self.session.watchers.append(self._watch)

    @cached_property
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
        return next(reversed(self.path(reader).values()), None)

    def path(self, reader: str) -> dict[str, Any]:
        """Return the path parameters of a live resource that an operation reads.

        Raises:
            BarrenError: There is none and none can be made.

        """
        if reader not in self.shared or not self._is_there(reader):
            operation = self.contract[reader]
            if reader in self.creators:
                self.shared[reader] = self.grow(*self.creators[reader]).path(operation)
            else:
                self.shared[reader] = self._discovered(operation)
                self.discovered.add(reader)
        return self.shared[reader]

    def grow(
        self, operation: Operation, creation: Creation, example: Any = None, **changes: Any
    ) -> Plant:
        """Create a resource and return it.

        Args:
            operation: What creates it.
            creation: What that promises.
            example: The body to start from; by default the first example that the server takes.
            changes: Replaced members of the call.

        Raises:
            BarrenError: The server did not create it.

        """
        media = next(iter(operation.bodies), None)
        examples = [example] if example is not None or media is None else list(media.examples)
        said: Exchange | None = None
        for body in examples or [None]:
            call = replace(self.call(operation, creation, body), **changes)
            exchange = self.session.send(call)
            if exchange.ok and names_it(exchange.at(creation.id)):
                self.settle(operation, exchange)
                return self._plant(operation, creation, exchange)
            said = said or exchange
        raise BarrenError(f"{operation.id}: {said.summary() if said else 'no example'}", said)

    def call(self, operation: Operation, creation: Creation, example: Any = None) -> Call:
        """Return the call that creates a resource, with live references and fresh texts.

        Raises:
            BarrenError: Something that it refers to cannot be made.

        """
        media = next(iter(operation.bodies), None)
        if example is None and media is not None:
            example = next(iter(media.examples), {})
        body = copy.deepcopy(example)
        path = dict(self.parents(operation))
        for place in creation.references:
            if place.startswith("{"):
                path[place.strip("{}")] = self._referred(creation, place)
            elif has(body, place):
                put(body, place, self._referred(creation, place))
        for place in creation.unique:
            if place not in creation.references and has(body, place):
                put(body, place, self.fresh(follow(body, place)))
        return Call(
            operation=operation.id,
            path=path,
            media_type=media.media_type if media else None,
            body=body,
        )

    def _referred(self, creation: Creation, place: str) -> Any:
        """Return the id of what is referred to at a place, prepared as it must be."""
        reader, action = creation.references[place], creation.after.get(place, "")
        if place not in creation.unique:
            if not action:
                return self.reference(reader)
            if (reader, action) in self.prepared:
                return self.prepared[reader, action].id
        if reader not in self.creators:
            raise BarrenError(f"no operation creates what {reader} reads")
        plant = self.grow(*self.creators[reader])
        if action:
            self.prepare(plant, self.contract[action])
            if place not in creation.unique:
                self.prepared[reader, action] = plant
        return plant.id

    def prepare(self, plant: Plant, operation: Operation) -> None:
        """Do to a resource what others need before they can refer to it.

        Raises:
            BarrenError: The server refused it, or it came to nothing.

        """
        call = preparation(operation, plant.path(operation))
        exchange = self.session.send(call)
        if exchange.ok:
            self.settle(operation, exchange)
            with suppress(KeyError):  # there is nothing to wait for
                exchange = settled(self.session, self.contract, operation, call)
        if not exchange.ok or not is_ready(operation, exchange):
            raise BarrenError(f"{operation.id}: {exchange.summary()}", exchange)

    def parents(self, operation: Operation) -> dict[str, Any]:
        """Return live values for an operation's path parameters, as far as they can be had.

        Raises:
            BarrenError: The resource that one of them names cannot be made.

        """
        found: dict[str, Any] = {}
        steps = operation.path.split("/")
        for index, step in enumerate(steps):
            if not (step.startswith("{") and step.endswith("}")):
                continue
            reader = self.contract.paths.get(("GET", "/".join(steps[: index + 1])))
            parameter = operation.parameter(step[1:-1], "path")
            if reader is not None and (reader.id in self.creators or reader.id in self.shared):
                found |= self.path(reader.id)
            elif parameter is not None and (known := told(parameter)) is not None:
                found[step[1:-1]] = known
            elif reader is not None:
                found |= self.path(reader.id)
        return found

    def _discovered(self, operation: Operation) -> dict[str, Any]:
        """Find a resource that nobody creates; it may have come with one of ours."""
        above = self.contract.paths.get(("GET", operation.path.rpartition("/")[0]))
        path = self.parents(above) if above else {}
        ours = {str(plant.id) for plant in self.living}
        return discovered(self.session, self.contract, operation, path, ours)

    def _is_there(self, reader: str) -> bool:
        """Return whether a resource is still there that nobody has created, and nobody looks after."""
        call = Call(operation=reader, path=self.shared[reader])
        return reader not in self.discovered or self.session.send(call).ok

    def fresh(self, like: Any = None) -> Any:
        """Return a text that nobody has had yet, of the same kind as an example."""
        number = next(self._count)
        if isinstance(like, str) and _UUID.fullmatch(like):
            made = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.prefix}/{self.seed}/{number}"))
            self.invented.add(made)
            return made
        mark = f"{self.prefix}-{number}"
        if isinstance(like, str) and "@" in like:
            return f"{mark}@{like.rpartition('@')[2]}"
        if isinstance(like, str) and "." in like:
            return f"{mark}.{like.partition('.')[2]}"
        if isinstance(like, str) and like.startswith("/"):
            return f"/{mark}"
        return number + 1024 if isinstance(like, int) else mark

    def remove(self, plant: Plant) -> Exchange | None:
        """Delete a resource and wait until it is gone; None when the document cannot."""
        operation = self.contract.get(plant.creation.delete)
        if operation is None:
            self._forget(plant)
            return None
        call = Call(operation=operation.id, path=plant.path(operation))
        exchange = self.session.send(call)
        self._forget(plant)
        if exchange.ok:
            self.settle(operation, exchange)
        return exchange

    def settle(self, operation: Operation, exchange: Exchange) -> tuple[Exchange, ...]:
        """Watch the job behind an answer to its end; return every look at it, none without a job."""
        job = job_of(operation)
        place = (job.location if job else None) or "location"
        address = (
            exchange.at(place) if place.startswith("/") else exchange.headers.get(place.lower())
        )
        looks: list[Exchange] = []
        if job is None or job.get not in self.contract.operations or not isinstance(address, str):
            return ()
        pause = _PAUSE
        end = time.monotonic() + (_IMPATIENCE if operation.id in self.stuck else self.patience)
        while time.monotonic() < end:
            looks.append(self.session.get(address, Call(operation=job.get)))
            if looks[-1].at(job.state) in {*job.done, *job.failed} or not looks[-1].ok:
                break
            time.sleep(pause)  # between two looks at a job that goes on
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        else:
            self.stuck.add(operation.id)
        return (*looks[:1], looks[-1]) if len(looks) > 1 else tuple(looks)

    def clear(self) -> Iterator[tuple[Plant, Exchange]]:
        """Remove everything that is left, the youngest first; yield what stayed, and why.

        What cannot be removed because another one needs it is tried again when that has gone.
        """
        kept = [one for one in reversed(list(self.living)) if not _is_gone(self.remove(one))]
        for plant in kept:
            exchange = self.remove(plant)
            if exchange is not None and not _is_gone(exchange):
                yield plant, exchange
        self.living.clear()
        self.prepared.clear()

    def _watch(self, operation: Operation, exchange: Exchange) -> None:
        if not exchange.ok or exchange.call.is_odd:
            return
        creation = creation_of(operation)
        if creation is not None and names_it(exchange.at(creation.id)):
            self._plant(operation, creation, exchange)
        elif operation.method == "DELETE":
            for plant in [one for one in self.living if one.creation.delete == operation.id]:
                if plant.path(operation) == dict(exchange.call.path):
                    self._forget(plant)

    def plant_of(self, exchange: Exchange) -> Plant | None:
        """Return the living resource that an exchange created, or None."""
        return next((one for one in reversed(self.living) if one.exchange is exchange), None)

    def _plant(self, operation: Operation, creation: Creation, exchange: Exchange) -> Plant:
        for plant in reversed(self.living):
            if plant.exchange is exchange:
                return plant
        found = exchange.at(creation.id)
        plant = Plant(operation, creation, found, exchange.call.body, exchange)
        self.living.append(plant)
        return plant

    def _forget(self, plant: Plant) -> None:
        if plant in self.living:
            self.living.remove(plant)
        for key in [key for key, one in self.prepared.items() if one is plant]:
            del self.prepared[key]
        reader = self.contract.get(plant.creation.get)
        if reader is not None and self.shared.get(reader.id) == plant.path(reader):
            del self.shared[reader.id]


def _is_gone(answer: Exchange | None) -> bool:
    return answer is None or answer.ok or answer.status in {404, 410}
