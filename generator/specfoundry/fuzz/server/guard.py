"""Which calls may be sent to a server that others use, so that nothing of theirs is changed?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import PointerError, follow
from specfoundry.fuzz.promises.semantics import creation_of, creators, paging_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Contract, Operation
    from specfoundry.fuzz.server.exchange import Call, Exchange

_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_UUID: Final = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def spared(references: Mapping[str, str]) -> Callable[[Operation, Call], str | None]:
    """Return what withholds the deletion of resources that were given to be used and left alone.

    Args:
        references: Their ids, by the operation that reads them.
    """
    given = frozenset(references.values())

    def reason(operation: Operation, call: Call) -> str | None:
        if (call.method or operation.method) != "DELETE" or not operation.path.endswith("}"):
            return None
        name = operation.path.rpartition("{")[2].rstrip("}")
        is_given = str(call.path.get(name, "")) in given
        return "it would delete what was given to be used and left alone" if is_given else None

    return reason


class Belongings:
    """Tells what a run has created from what was there before, by what answers have shown."""

    def __init__(self, contract: Contract) -> None:
        """Begin without anything that is ours.

        Args:
            contract: The document.
        """
        self._contract = contract
        self._creators = list(creators(contract))
        self._growing = frozenset(creation.get for _, creation in self._creators)
        self._ours: set[str] = set()
        self._shown: set[str] = set()

    def watch(self, operation: Operation, exchange: Exchange) -> None:
        """Learn what was created, and which ids there are; a watcher of a session."""
        creation = creation_of(operation)
        found = exchange.at(creation.id) if creation and exchange.ok else None
        if found is not None:
            self._ours.add(str(found))
        ids = _UUID.findall(exchange.content)
        self._shown.update(one.decode("ascii").lower() for one in ids)
        if exchange.ok and operation.reads:
            read = [*exchange.call.path.values(), *self._listed(operation, exchange)]
            self._shown.update(str(value).lower() for value in read)

    def _listed(self, operation: Operation, exchange: Exchange) -> Iterator[Any]:
        """Yield the ids of what a list shows."""
        paging = paging_of(operation)
        found = exchange.at(paging.items) if paging else None
        rows = found if isinstance(found, list) else ()
        for _, creation in self._creators:
            if operation.id in creation.lists:
                yield from (one for row in rows for one in _at(row, creation.id))

    def has(self, value: str) -> bool:
        """Return whether this run has created what a value names."""
        return value in self._ours

    def is_nobodys(self, value: str) -> bool:
        """Return whether a value is an id that no answer has ever shown."""
        return bool(_UUID.fullmatch(value.encode())) and value.lower() not in self._shown

    def spare(self, operation: Operation, path: Mapping[str, Any]) -> str:
        """Return the path parameter by which a call would change what was there before, or "".

        That is known of what an answer has shown, and of what the document cannot create: of a
        setting, say.
        """
        name = _first(operation)
        value = str(path.get(name, ""))
        if not name or operation.reads or self.has(value):
            return ""
        end = operation.path.index(f"{{{name}}}") + len(name) + 2
        reader = self._contract.paths.get(("GET", operation.path[:end]))
        is_lasting = reader is not None and reader.id not in self._growing
        return name if is_lasting or value.lower() in self._shown else ""


class Guard:
    """Lets through what reads, what creates and can be removed again, and what changes that.

    A call that changes something must name, first in its path, what this run created; an id that no
    answer has ever shown is nobody's, and may be named too.
    """

    def __init__(self, contract: Contract, *, read_only: bool = False) -> None:
        """Begin without anything that is ours.

        Args:
            contract: The document.
            read_only: Nothing may be changed at all.
        """
        self._contract = contract
        self._read_only = read_only
        self._belongings = Belongings(contract)
        self.watch = self._belongings.watch

    def reason(self, operation: Operation, call: Call) -> str | None:
        """Return why a call must not be sent, or None."""
        if call.method not in {"", *_SAFE}:
            return "nobody knows what this method would do there"
        if operation.reads:
            return None
        if self._read_only:
            return "it may change something, and the run is read-only"
        return self.unsafe(operation) or self._foreign(operation, call)

    def unsafe(self, operation: Operation) -> str | None:
        """Return why an operation can never be called here, or None."""
        if operation.reads or list(operation.at("path")):
            return None
        creation = creation_of(operation)
        if creation is None:
            return "the document does not say what it leaves behind (x-creates)"
        if self._contract.get(creation.delete) is None and not creation.references:
            return "what it creates cannot be removed (x-creates has no `delete`)"
        return None

    def _foreign(self, operation: Operation, call: Call) -> str | None:
        first = _first(operation)
        if not first:
            return self._lasting(operation, call)
        value = str(call.path.get(first, ""))
        if self._belongings.has(value) or self._belongings.is_nobodys(value):
            return None
        return "it would change what this run has not created"

    def _lasting(self, operation: Operation, call: Call) -> str | None:
        """Say that something would stay: it cannot be deleted, and hangs on nothing of ours."""
        creation = creation_of(operation)
        if creation is None or self._contract.get(creation.delete) is not None:
            return None
        named = [value for place in creation.references for value in _at(call.body, place)]
        if any(self._belongings.has(value) for value in named):
            return None
        return "what it creates cannot be removed, and belongs to nothing that this run has created"


def _first(operation: Operation) -> str:
    """Return the path parameter that comes first, which names what the others belong to."""
    names = [one.name for one in operation.at("path")]
    return min(names, key=lambda name: operation.path.find(f"{{{name}}}"), default="")


def _at(body: Any, place: str) -> list[str]:
    try:
        return [str(follow(body, place))]
    except PointerError:
        return []
