"""What does an extension hold at a member, when it holds what it must?

Rules read what another rule finds fault with: what has the wrong type counts as absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.rules.context import OperationPlace


def extension_of(operation: OperationPlace, name: str) -> dict[str, Any]:
    """Return an extension of an operation, an empty one when it is no object."""
    return mapping(operation.node.get(name))


def mapping(value: Any) -> dict[str, Any]:
    """Return a value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Return a value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def each(base: str, value: dict[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    """Yield (where it stands, pointer) of a member that holds one pointer or a list of them."""
    pointers = value.get(name)
    if isinstance(pointers, str):
        yield join(base, name), pointers
    for index, pointer in enumerate(sequence(pointers)):
        yield join(base, name, index), pointer
