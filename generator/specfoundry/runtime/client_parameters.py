"""How is a value written into a path, query, header or cookie (OpenAPI 3.1, 4.8.12.2)?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import quote

from pydantic_core import to_json

Location: TypeAlias = Literal["path", "query", "header", "cookie"]

_RESERVED = ":/?#[]@!$&'()*+,;="
# These would end the member or the query even where `allowReserved` is set.
_RESERVED_IN_QUERY = "".join(c for c in _RESERVED if c not in "#&+[]")
_DELIMITERS = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WireParameter:
    """One parameter: its Python name and its form on the wire."""

    identifier: str
    name: str
    location: Location
    style: str = "form"
    explode: bool = False
    allow_reserved: bool = False
    content_type: str | None = None
    decode: str | None = None
    """`split-decoded`: the server decodes before it splits a list, and each item once more."""
    required: bool = False

    def path_text(self, value: object) -> str:
        """Return the percent-encoded text that replaces `{name}`.

        Raises `ValueError` for a text that would lead to another path: empty, `.` and `..`.
        """
        if self.content_type is not None:
            return _escape(to_json(value).decode())
        text = _PATH_STYLES[self.style](self, value)
        if text in {"", ".", ".."}:
            message = f"path parameter {self.name} must not be {text or 'empty'!r}"
            raise ValueError(message)
        return text

    def query_members(self, value: object) -> list[str]:
        """Return the percent-encoded `name=value` members; none for an empty exploded list."""
        if self.content_type is not None:
            return [f"{_escape(self.name)}={_escape(to_json(value).decode())}"]
        if self.style == "deepObject" and isinstance(value, dict):
            return [m for key, item in value.items() for m in self._deep(f"[{key}]", item)]
        name = _escape(self.name)
        if isinstance(value, dict):
            return self._object_members(name, value)
        if not isinstance(value, (list, tuple)):
            return [f"{name}={self._query_text(value)}"]
        texts = [self._query_text(self._item(item)) for item in value]
        if self.explode:
            return [f"{name}={text}" for text in texts]
        return [f"{name}={_DELIMITERS.get(self.style, ',').join(texts)}"]

    def header_text(self, value: object) -> str:
        """Return the header's value; raises `ValueError` for a line break or a control character."""
        text = to_json(value).decode() if self.content_type else _simple(self, value)
        if any((ord(c) < 32 and c != "\t") or ord(c) == 127 for c in text):
            message = f"header {self.name} must not contain control characters"
            raise ValueError(message)
        return text

    def cookie_text(self, value: object) -> str:
        """Return the members of the Cookie header."""
        return "; ".join(self.query_members(value))

    def _item(self, item: object) -> object:
        """Protect what would split or change an item that is decoded twice."""
        if self.decode != "split-decoded":
            return item
        text = scalar_text(item).replace("%", "%25").replace(",", "%2C")
        spaces = len(text) - len(text.lstrip())
        return quote(text[:spaces]) + text[spaces:]

    def _query_text(self, value: object) -> str:
        return _escape(scalar_text(value), _RESERVED_IN_QUERY if self.allow_reserved else "")

    def _object_members(self, name: str, value: dict[str, object]) -> list[str]:
        pairs = [(_escape(key), self._query_text(item)) for key, item in value.items()]
        if self.explode:
            return [f"{key}={text}" for key, text in pairs]
        flat = [text for pair in pairs for text in pair]
        return [f"{name}={_DELIMITERS.get(self.style, ',').join(flat)}"]

    def _deep(self, suffix: str, value: object) -> list[str]:
        if isinstance(value, dict):
            return [m for key, item in value.items() for m in self._deep(f"{suffix}[{key}]", item)]
        if isinstance(value, (list, tuple)):
            return [member for item in value for member in self._deep(suffix, item)]
        return [f"{_escape(self.name + suffix, '[]')}={self._query_text(value)}"]


def scalar_text(value: object) -> str:
    """Return a JSON scalar as it stands in a URL: true, 1.5, text; null is empty."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return to_json(value).decode()


def _escape(text: str, safe: str = "") -> str:
    return quote(text, safe=safe)


def _simple(parameter: WireParameter, value: object) -> str:
    return ",".join(_pieces(parameter, value, escape=parameter.location == "path"))


def _label(parameter: WireParameter, value: object) -> str:
    separator = "." if parameter.explode else ","
    return "." + separator.join(_pieces(parameter, value, escape=True))


def _matrix(parameter: WireParameter, value: object) -> str:
    name = _escape(parameter.name)
    pieces = _pieces(parameter, value, escape=True)
    if isinstance(value, dict) and parameter.explode:
        return "".join(f";{piece}" for piece in pieces)
    if parameter.explode:
        return "".join(f";{name}={piece}" for piece in pieces)
    return f";{name}={','.join(pieces)}"


def _pieces(parameter: WireParameter, value: object, *, escape: bool) -> list[str]:
    """Return the texts between the delimiters: items, `k=v` pairs, or keys and values in turn."""

    def text(scalar: object) -> str:
        return _escape(scalar_text(scalar)) if escape else scalar_text(scalar)

    if isinstance(value, dict):
        pairs = [(text(key), text(item)) for key, item in value.items()]
        if parameter.explode:
            return [f"{key}={item}" for key, item in pairs]
        return [piece for pair in pairs for piece in pair]
    if isinstance(value, (list, tuple)):
        return [text(item) for item in value]
    return [text(value)]


_PATH_STYLES = {"simple": _simple, "label": _label, "matrix": _matrix}
