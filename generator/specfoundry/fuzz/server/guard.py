"""Which calls may be sent to a server that others use, so that nothing of theirs is changed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specfoundry.fuzz.promises.semantics import creation_of
from specfoundry.fuzz.server.belongings import first_name, texts_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specfoundry.fuzz.promises.contract import Contract, Operation
    from specfoundry.fuzz.server.belongings import Belongings
    from specfoundry.fuzz.server.exchange import Call

_SAFE: Final = ("GET", "HEAD", "OPTIONS")


def spared(
    references: Mapping[str, str], belongings: Belongings | None = None
) -> Callable[[Operation, Call], str | None]:
    """Return what withholds the deletion of resources that were given to be used and left alone.

    Args:
        references: Their ids, by the operation that reads them.
        belongings: Where others ask the same server meanwhile: tells what is there once for all,
            which is left alone as well.
    """
    given = frozenset(references.values())

    def reason(operation: Operation, call: Call) -> str | None:
        if belongings is not None and belongings.is_lasting(operation, call.path):
            return "it would change what is there once, for everybody"
        if (call.method or operation.method) != "DELETE" or not operation.path.endswith("}"):
            return None
        name = operation.path.rpartition("{")[2].rstrip("}")
        is_given = str(call.path.get(name, "")) in given
        return "it would delete what was given to be used and left alone" if is_given else None

    return reason


class Guard:
    """Lets through what reads, what creates and can be removed again, and what changes that.

    A call that changes something must name, first in its path, what this run created; an id that no
    answer has ever shown is nobody's, and may be named too.
    """

    def __init__(
        self, contract: Contract, belongings: Belongings, *, read_only: bool = False
    ) -> None:
        """Guard a server.

        Args:
            contract: The document.
            belongings: What is this run's.
            read_only: Nothing may be changed at all.
        """
        self._contract = contract
        self._read_only = read_only
        self._belongings = belongings

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
        first = first_name(operation)
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
        named = [value for place in creation.references for value in texts_at(call.body, place)]
        if any(self._belongings.has(value) for value in named):
            return None
        return "what it creates cannot be removed, and belongs to nothing that this run has created"
