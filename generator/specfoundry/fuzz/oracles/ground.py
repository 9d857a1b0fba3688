"""What does an oracle stand on, and how does it say what is wrong?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from specfoundry.document.pointer import PointerError, split
from specfoundry.fuzz.exchange import Call, Exchange
from specfoundry.fuzz.garden import Garden, by_id

if TYPE_CHECKING:
    from specfoundry.fuzz.contract import Contract, Operation
    from specfoundry.fuzz.semantics import Paging
    from specfoundry.fuzz.session import Session

_PAGES = 200


@dataclass(frozen=True)
class Complaint:
    """One promise that the server broke.

    Attributes:
        check: Which oracle found it, such as `filter`.
        operation: operationId.
        message: What was expected and what came.
        exchanges: The requests that show it, in the order in which they were sent.

    """

    check: str
    operation: str
    message: str
    exchanges: tuple[Exchange, ...] = ()


@dataclass
class Ground:
    """A live server with a garden on it.

    Attributes:
        contract: The document.
        session: Sends and judges.
        garden: Grows what an oracle needs.
        read_only: Nothing may be changed.
        roles: Names of the identities of the session by role, for the rights.

    """

    contract: Contract
    session: Session
    garden: Garden
    read_only: bool = False
    roles: dict[str, str] = field(default_factory=dict)

    def parent(self, operation: Operation) -> dict[str, Any]:
        """Return live path parameters for an operation below other resources.

        Raises:
            BarrenError: One of them cannot be made.

        """
        found: dict[str, Any] = {}
        steps = operation.path.split("/")
        for index, step in enumerate(steps):
            if not (step.startswith("{") and step.endswith("}")):
                continue
            reader = self.contract.paths.get(("GET", "/".join(steps[: index + 1])))
            if reader is not None and reader.id != operation.id:
                found[step[1:-1]] = self.garden.reference(reader.id)
        return found

    def list(self, operation: Operation, paging: Paging, **query: Any) -> Listing:
        """Walk a list to its end along its own links."""
        path = self.parent(operation)
        exchange = self.session.send(Call(operation=operation.id, path=path, query=query))
        exchanges = [exchange]
        items: list[Any] = []
        while exchange.ok:
            items += exchange.at(paging.items) or []
            following = exchange.at(paging.next) if paging.next else None
            if not isinstance(following, str) or len(exchanges) >= _PAGES:
                break
            exchange = self.session.get(following, operation=operation.id)
            exchanges.append(exchange)
        return Listing(tuple(items), tuple(exchanges))

    def read(self, operation_id: str, value: Any, **changes: Any) -> Exchange:
        """Read one resource."""
        return self.session.send(by_id(self.contract[operation_id], value, **changes))


@dataclass(frozen=True)
class Listing:
    """All items of a list, and the exchanges that brought them."""

    items: tuple[Any, ...]
    exchanges: tuple[Exchange, ...]

    @property
    def ok(self) -> bool:
        """Whether every page was answered."""
        return all(exchange.ok for exchange in self.exchanges)


Oracle: TypeAlias = Callable[[Ground], Iterator[Complaint]]


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
        if token == "*":  # noqa: S105
            return list(value)
        return [value[int(token)]] if token.isdigit() and int(token) < len(value) else []
    return []
