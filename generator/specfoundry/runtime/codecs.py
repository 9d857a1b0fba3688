"""Which JSON value does a text on the wire stand for (OpenAPI 3.1, 4.8.12.2)?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from specfoundry.runtime.json_body import parse_json
from specfoundry.runtime.receiving import BodyRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from specfoundry.runtime.operations import Shape

_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})?")
_INTEGER: Final = re.compile(r"-?[0-9]{1,400}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,400}(?:\.[0-9]{1,400})?(?:[eE][-+]?[0-9]{1,4})?")
_LEADING_INTEGER: Final = re.compile(r"\s*([-+]?[0-9]{1,400})")
_DEEPEST: Final = 64
_QUERY_DELIMITERS: Final = {
    "form": re.compile(","),
    "spaceDelimited": re.compile(r"%20|\+| "),
    "pipeDelimited": re.compile(r"%7[Cc]|\|"),
}


class CodecError(ValueError):
    """A text cannot be what the document says it is."""

    def __init__(self, kind: str, message: str, value: object, pointer: str = "") -> None:
        self.kind = kind
        self.message = message
        self.value = value
        self.pointer = pointer
        super().__init__(message)


def percent_decoded(text: str, *, plus: bool = False) -> str:
    """Return `text` without percent-encoding; `plus` reads `+` as a space (query, forms).

    Raises CodecError for a stray percent sign and for bytes that are not UTF-8.
    """
    if plus:
        text = text.replace("+", " ")
    if "%" not in text and text.isascii():
        return text

    def byte(match: re.Match[bytes]) -> bytes:
        return bytes((int(match[1], 16),))

    raw = text.encode("utf-8", "surrogateescape")
    if any(match[1] is None for match in _ESCAPE.finditer(text)):
        raise CodecError("syntax", "is not percent-encoded correctly", text)
    try:
        return re.sub(rb"%([0-9A-Fa-f]{2})", byte, raw).decode()
    except UnicodeDecodeError:
        raise CodecError("syntax", "is not UTF-8", text) from None


def leading_integer(text: str) -> int:
    """Return the integer that `text` begins with, else 0 (as Ruby's `to_i`)."""
    match = _LEADING_INTEGER.match(text)
    return int(match[1]) if match else 0


def scalar(text: str, shape: Shape) -> object:
    """Return `text` as the first of the shape's types that it can be written as.

    Raises CodecError when it is none of them.
    """
    for kind in shape.kinds:
        reader = _SCALARS.get(kind)
        if reader is not None:
            found = reader(text)
            if found is not _NONE:
                return found
    raise CodecError("type", f"is not {_said(shape)}", text)


def _said(shape: Shape) -> str:
    return " or ".join(_NAMES[kind] for kind in shape.kinds)


_NONE: Final = object()
_NAMES: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "null": "empty",
    "any": "a value",
    "array": "a list",
    "object": "an object",
}


def _integer(text: str) -> object:
    return int(text) if _INTEGER.fullmatch(text) else _NONE


def _number(text: str) -> object:
    if _INTEGER.fullmatch(text):
        return int(text)
    found = float(text) if _NUMBER.fullmatch(text) else float("inf")
    return found if abs(found) != float("inf") else _NONE


_SCALARS: Final[Mapping[str, Callable[[str], object]]] = {
    "string": lambda text: text,
    "any": lambda text: text,
    "integer": _integer,
    "number": _number,
    "boolean": lambda text: {"true": True, "false": False}.get(text, _NONE),
    "null": lambda text: _NONE if text else None,
}


def is_list(shape: Shape) -> bool:
    """Return whether the wire form is that of a list."""
    return "array" in shape.kinds and "string" not in shape.kinds


def is_object(shape: Shape) -> bool:
    """Return whether the wire form is that of an object."""
    return "object" in shape.kinds and "string" not in shape.kinds and not is_list(shape)


def items_of(texts: Iterable[str], shape: Shape) -> list[object]:
    """Return the members of a list; raises CodecError with the pointer of the bad one."""
    if shape.items is None:
        return list(texts)
    found = []
    for index, text in enumerate(texts):
        try:
            found.append(scalar(text, shape.items))
        except CodecError as error:
            raise CodecError(error.kind, error.message, text, f"/{index}") from None
    return found


def members_of(pairs: Iterable[tuple[str, str]], shape: Shape) -> dict[str, object]:
    """Return an object's members; raises CodecError with the pointer of the bad one."""
    found: dict[str, object] = {}
    for name, text in pairs:
        member = shape.properties.get(name, shape.additional)
        try:
            found[name] = text if member is None else scalar(text, member)
        except CodecError as error:
            raise CodecError(error.kind, error.message, text, f"/{_token(name)}") from None
    return found


def pairs_of(pieces: Sequence[str]) -> list[tuple[str, str]]:
    """Return `a,1,b,2` as pairs; raises CodecError for an odd number of pieces."""
    if len(pieces) % 2:
        raise CodecError("syntax", "is not a list of names and values in turn", ",".join(pieces))
    return list(zip(pieces[::2], pieces[1::2], strict=True))


def split_query(raw: str, style: str, decode: str | None) -> list[str]:
    """Return the decoded pieces of one delimited query value that is still percent-encoded.

    A percent-encoded comma belongs to its member (RFC 6570, 3.2.1). With `decode`
    `split-decoded` the text is decoded before it is split at commas and the white space behind
    them, and each member once more.
    """
    if decode == "split-decoded":
        pieces = re.split(r",\s*", percent_decoded(raw, plus=True))
        return [_lenient(piece) for piece in pieces]
    delimiter = _QUERY_DELIMITERS.get(style, _QUERY_DELIMITERS["form"])
    return [percent_decoded(piece, plus=True) for piece in delimiter.split(raw)]


def _lenient(piece: str) -> str:
    try:
        return percent_decoded(piece)
    except CodecError:
        return piece


def simple(text: str, shape: Shape, *, explode: bool, encoded: bool) -> object:
    """Read style `simple`: paths (percent-encoded) and headers (not encoded)."""
    return _delimited(text, ",", shape, explode=explode, encoded=encoded)


def label(text: str, shape: Shape, *, explode: bool) -> object:
    """Read style `label`: `.blue.black` or `.blue,black`."""
    if not text.startswith("."):
        raise CodecError("syntax", "does not start with a dot", text)
    return _delimited(text[1:], "." if explode else ",", shape, explode=explode, encoded=True)


def matrix(text: str, shape: Shape, name: str, *, explode: bool) -> object:
    """Read style `matrix`: `;color=blue,black`, `;color=blue;color=black` or `;R=1;G=2`."""
    if not text.startswith(";"):
        raise CodecError("syntax", "does not start with a semicolon", text)
    pieces = [piece.partition("=") for piece in text[1:].split(";")]
    if is_object(shape) and explode:
        return members_of([(percent_decoded(k), percent_decoded(v)) for k, _, v in pieces], shape)
    if any(percent_decoded(key) != name for key, _, _ in pieces):
        raise CodecError("syntax", f"is not named {name}", text)
    if is_list(shape) and explode:
        return items_of([percent_decoded(value) for _, _, value in pieces], shape)
    return _delimited(pieces[0][2], ",", shape, explode=False, encoded=True)


def _delimited(text: str, delimiter: str, shape: Shape, *, explode: bool, encoded: bool) -> object:
    def piece(part: str) -> str:
        return percent_decoded(part) if encoded else part.strip()

    if is_list(shape):
        return items_of([piece(part) for part in text.split(delimiter)], shape)
    if not is_object(shape):
        return scalar(percent_decoded(text) if encoded else text, shape)
    if not explode:
        return members_of(pairs_of([piece(part) for part in text.split(delimiter)]), shape)
    pairs = [part.partition("=") for part in text.split(delimiter)]
    return members_of([(piece(key), piece(value)) for key, _, value in pairs], shape)


def deep_object(members: Iterable[tuple[list[str], str]], shape: Shape) -> object:
    """Read style `deepObject`: keys such as `[a][b]` with their values, nested and with lists."""
    tree: dict[str, Any] = {}
    for keys, text in members:
        if len(keys) > _DEEPEST:
            raise CodecError("syntax", "is nested too deeply", text)
        node = tree
        for key in keys[:-1]:
            inner = node.setdefault(key, {})
            if not isinstance(inner, dict):
                raise CodecError("syntax", "is a value and an object at once", text)
            node = inner
        values = node.setdefault(keys[-1], [])
        if not isinstance(values, list):
            raise CodecError("syntax", "is a value and an object at once", text)
        values.append(text)
    return _grown(tree, shape, "")


def _grown(node: dict[str, Any] | list[str], shape: Shape | None, pointer: str) -> object:
    """Return the tree of texts as JSON values; a leaf is the list of texts given for it."""
    if isinstance(node, dict):
        if shape is not None and is_list(shape) and all(key.isdigit() or not key for key in node):
            nodes = [node[key] for key in sorted(node, key=lambda key: (len(key), key))]
            if set(node) == {""}:
                return _grown(node[""], shape, pointer)
            return [_grown(n, shape.items, f"{pointer}/{i}") for i, n in enumerate(nodes)]
        properties = shape.properties if shape else {}
        other = shape.additional if shape else None
        return {
            key: _grown(inner, properties.get(key, other), f"{pointer}/{_token(key)}")
            for key, inner in node.items()
        }
    try:
        return _leaf(node, shape)
    except CodecError as error:
        raise CodecError(error.kind, error.message, error.value, pointer + error.pointer) from None


def _leaf(texts: list[str], shape: Shape | None) -> object:
    if shape is not None and is_list(shape):
        return items_of(texts, shape)
    if len(texts) > 1:
        raise CodecError("duplicate", "is given more than once", texts)
    return texts[0] if shape is None else scalar(texts[0], shape)


def json_content(text: str) -> object:
    """Read a parameter that is described by `content`: JSON text."""
    try:
        return parse_json(text)
    except BodyRefused:
        raise CodecError("syntax", "is not JSON", text) from None


def _token(key: str) -> str:
    """Return `key` as a reference token of a JSON pointer (RFC 6901, 3)."""
    return key.replace("~", "~0").replace("/", "~1")
