"""Can every text that becomes code or a header be written there safely?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.rules.context import Context, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.document.structure import Place

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, line separators, and what reverses the direction of text on a screen."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
"""A field name (RFC 9110, section 5.6.2)."""


def control_characters(context: Context) -> Iterator[Violation]:
    """No name, path, tag, title or enum value holds a character that hides or breaks a line."""
    for kind, places in context.by_kind.items():
        for place in places:
            for pointer, text in _names(kind, place):
                match = _CONTROL.search(text) if isinstance(text, str) else None
                if match:
                    code = f"U+{ord(match[0]):04X}"
                    yield Violation(pointer, f"The text holds the control character {code}.")


def _names(kind: str, place: Place) -> Iterator[tuple[str, Any]]:
    node, pointer = place.node, place.pointer
    for member in _SINGLE.get(kind, ()):
        if member in node:
            yield join(pointer, member), node[member]
    for member in _KEYS.get(kind, ()):
        for name in node[member] if isinstance(node.get(member), dict) else ():
            yield join(pointer, member, name), name
    for member in _LISTS.get(kind, ()):
        items = node.get(member)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            yield join(pointer, member, index), item


_SINGLE = {
    "info": ("title", "version"),
    "tag": ("name",),
    "operation": ("operationId",),
    "parameter": ("name",),
    "schema": ("format",),
    "discriminator": ("propertyName",),
    "server": ("url",),
}
_KEYS = {
    "openapi": ("paths", "webhooks"),
    "operation": ("responses",),
    "response": ("headers", "content", "links"),
    "requestBody": ("content",),
    "schema": ("properties",),
    "discriminator": ("mapping",),
}
_LISTS = {"operation": ("tags",), "schema": ("required",)}


def header_names(context: Context) -> Iterator[Violation]:
    """Every header's name can be sent (RFC 9110)."""
    for place in context.by_kind["response"]:
        headers = place.node.get("headers")
        for name in headers if isinstance(headers, dict) else ():
            if not _TOKEN.match(name):
                yield Violation(join(place.pointer, "headers", name), _no_header(name))
    for place in context.by_kind["parameter"]:
        name = place.node.get("name")
        if place.node.get("in") == "header" and isinstance(name, str) and not _TOKEN.match(name):
            yield Violation(join(place.pointer, "name"), _no_header(name))


def _no_header(name: str) -> str:
    return f"`{_CONTROL.sub('?', name)}` is no name of a header."
