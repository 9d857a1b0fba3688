"""How is a place inside a JSON document written, split and followed? (RFC 6901)"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable


class PointerError(LookupError):
    """A pointer leads nowhere; the text says at which step."""


def escape(token: object) -> str:
    """Write one step of a pointer."""
    return str(token).replace("~", "~0").replace("/", "~1")


def join(pointer: str, *tokens: object) -> str:
    """Append steps to a pointer."""
    return pointer + "".join(f"/{escape(token)}" for token in tokens)


def split(pointer: str) -> list[str]:
    """Return the steps of a pointer.

    Raises:
        PointerError: The text is no JSON pointer.
    """
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise PointerError(f"`{pointer}` is no JSON pointer, it must start with `/`")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]


def from_tokens(tokens: Iterable[object]) -> str:
    """Return the pointer that these steps make."""
    return join("", *tokens)


def from_fragment(fragment: str) -> str:
    """Return the pointer that a URI fragment holds (percent-decoding, RFC 6901 section 6)."""
    return unquote(fragment) if "%" in fragment else fragment


def follow(node: Any, pointer: str) -> Any:
    """Return what a pointer leads to.

    Raises:
        PointerError: A step does not exist.
    """
    for token in split(pointer):
        node = step(node, token)
    return node


def step(node: Any, token: str) -> Any:
    """Return one member or item.

    Raises:
        PointerError: It does not exist.
    """
    if isinstance(node, dict):
        if token in node:
            return node[token]
        raise PointerError(f"there is no `{token}`")
    if isinstance(node, list):
        if token.isascii() and token.isdigit() and int(token) < len(node):
            return node[int(token)]
        raise PointerError(f"there is no item `{token}`")
    raise PointerError(f"`{token}` is looked for in a value that has no members")
