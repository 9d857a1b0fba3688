"""What is a live resource, and where does it stand in calls and bodies?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import PointerError, follow, split
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from specfoundry.fuzz.promises.contract import Operation, Parameter
    from specfoundry.fuzz.promises.resources import Creation
    from specfoundry.fuzz.server.exchange import Exchange

_WORD: Final = re.compile(r"[a-z]+(_[a-z]+)*")


class BarrenError(Exception):
    """A resource could not be made; the text says what the server answered."""

    def __init__(self, message: str, exchange: Exchange | None = None) -> None:
        """`exchange` is what the server answered, if it was asked."""
        super().__init__(message)
        self.exchange = exchange


@dataclass(frozen=True, slots=True, eq=False)
class Plant:
    """One live resource.

    Attributes:
        creator: The operation that made it.
        creation: What that operation promises.
        id: What the last path parameter of the other operations takes.
        sent: The body that made it.
        exchange: The exchange that made it.

    """

    creator: Operation
    creation: Creation
    id: Any
    sent: Any
    exchange: Exchange

    def path(self, operation: Operation) -> dict[str, Any]:
        """Return the path parameters of an operation on this resource."""
        names = [parameter.name for parameter in in_order(operation)]
        above = self.exchange.call.path
        found = {name: above[name] for name in names[:-1] if name in above}
        return {**found, names[-1]: self.id} if names else {}


def names_it(value: Any) -> bool:
    """Return whether a value can stand in a path for a resource: a text with letters, or a number."""
    return (isinstance(value, str) and bool(value)) or type(value) is int


def worded(operation: Operation) -> dict[str, Any]:
    """Return the path of what nobody creates and nobody lists: it can be there all the time.

    Raises:
        BarrenError: The document shows no such thing, or what looks like an id of another server.

    """
    for parameter in operation.at("path"):
        example = parameter.node.get("example")
        if isinstance(example, str) and _WORD.fullmatch(example) and operation.path.count("{") == 1:
            return {parameter.name: example}
    raise BarrenError(f"no operation creates what {operation.id} reads")


def by_id(operation: Operation, value: Any, **changes: Any) -> Call:
    """Return a call of an operation whose last path parameter names a resource."""
    names = [parameter.name for parameter in in_order(operation)]
    return replace(
        Call(operation=operation.id, path={names[-1]: value} if names else {}), **changes
    )


def in_order(operation: Operation) -> list[Parameter]:
    """Return the path parameters of an operation in the order of its path."""
    return sorted(operation.at("path"), key=lambda one: operation.path.find(f"{{{one.name}}}"))


def told(parameter: Parameter) -> Any:
    """Return a value that the document itself names: the only one that can be right."""
    schema = parameter.schema
    return next(iter(schema.get("enum", ())), schema.get("const"))


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


def has(body: Any, pointer: str) -> bool:
    """Return whether a pointer finds something in a JSON value."""
    try:
        follow(body, pointer)
    except PointerError:
        return False
    return True
