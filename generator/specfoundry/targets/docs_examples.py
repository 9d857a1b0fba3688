"""Which examples does a media type have, and what does one look like when there is none?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from specfoundry.targets.docs_addresses import anchor
from specfoundry.targets.docs_facts import json_types
from specfoundry.targets.docs_highlight import highlighted
from specfoundry.targets.docs_merge import merge, unwrap
from specfoundry.targets.docs_nodes import Nodes, mapping, sequence, text
from specfoundry.targets.docs_views import ExampleView

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.targets.docs_text import Prose

_MAX_DEPTH = 8
_MAX_MEMBERS = 60
_ABSENT = object()
# One plain value for each JSON type; formats have their own (OpenAPI Format Registry).
_TYPE_VALUES: dict[str, object] = {
    "boolean": True,
    "integer": 1,
    "number": 1.5,
    "null": None,
    "string": "string",
}
_FORMAT_VALUES = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "user@example.com",
    "uri": "https://example.com",
    "url": "https://example.com",
    "uuid": "2c8f4a5e-3b1d-4f6a-9c7e-5d0b8a1e6f42",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "hostname": "example.com",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One example of a body."""

    name: str
    title: str
    value: object
    description: str = ""
    composed: bool = False


class Composer:
    """Puts together one value that fits a schema from its examples, defaults and types."""

    def __init__(self, nodes: Nodes) -> None:
        """Schemas are looked up in `nodes`; each component is composed once."""
        self._nodes = nodes
        self._components: dict[tuple[str, bool], object] = {}
        self._building: list[str] = []

    def value(self, schema: object, *, request: bool, depth: int = 0) -> object:
        """Return a value for `schema`: without read-only members for a request."""
        inner = unwrap(schema)
        shown = _shown_value(inner.node)
        if shown is not _ABSENT:
            return shown
        if inner.component is not None:
            return self._component(inner.component, request=request, depth=depth)
        return self._inline(inner.node, request=request, depth=depth)

    def property(self, schema: object, name: str) -> dict[str, Any]:
        """Return the schema of one member of an object, array items in the array's place."""
        node = self._nodes.resolve(merge(self._nodes, schema).properties.get(name))
        return self._nodes.resolve(node["items"]) if "items" in node else node

    def _component(self, name: str, *, request: bool, depth: int) -> object:
        key = (name, request)
        if key in self._components:
            return self._components[key]
        if name in self._building or depth > _MAX_DEPTH:
            return {}
        self._building.append(name)
        value = self.value(self._nodes.schemas.get(name), request=request, depth=depth)
        self._building.pop()
        # What was cut short inside itself is not the value that it has elsewhere.
        if not self._building:
            self._components[key] = value
        return value

    def _inline(self, node: Mapping[str, Any], *, request: bool, depth: int) -> object:
        merged = merge(self._nodes, node)
        shown = _shown_value(merged.keywords)
        if shown is not _ABSENT:
            return shown
        kinds = json_types({**merged.keywords, **({"properties": {}} if merged.properties else {})})
        choice = merged.choices[0][1][0] if merged.choices else None
        chosen = None if choice is None else self.value(choice, request=request, depth=depth + 1)
        if merged.properties or (kinds[:1] == ["object"] and choice is None):
            members = self._members(merged.properties, request=request, depth=depth)
            return {**members, **chosen} if isinstance(chosen, dict) else members
        if choice is not None:
            return chosen
        if kinds[:1] == ["array"]:
            items = merged.keywords.get("items")
            deep = items is None or depth > _MAX_DEPTH
            return [] if deep else [self.value(items, request=request, depth=depth + 1)]
        return _plain_value(merged.keywords, kinds[0] if kinds else "string")

    def _members(
        self, properties: Mapping[str, Any], *, request: bool, depth: int
    ) -> dict[str, object]:
        hidden = "readOnly" if request else "writeOnly"
        if depth > _MAX_DEPTH:
            return {}
        return {
            name: self.value(schema, request=request, depth=depth + 1)
            for name, schema in list(properties.items())[:_MAX_MEMBERS]
            if not mapping(schema).get(hidden) and not mapping(schema).get("deprecated")
        }


def _shown_value(schema: Mapping[str, Any]) -> object:
    """Return the value which a schema itself shows, `_ABSENT` when it shows none."""
    for keyword in ("example", "const", "default"):
        if keyword in schema:
            return schema[keyword]
    values = sequence(schema.get("examples")) or sequence(schema.get("enum"))
    return values[0] if values else _ABSENT


def _plain_value(schema: Mapping[str, Any], kind: str) -> object:
    if kind in ("integer", "number"):
        for keyword in ("minimum", "maximum"):
            if isinstance(schema.get(keyword), int | float):
                return schema[keyword]
    if kind == "string":
        return _FORMAT_VALUES.get(text(schema.get("format")), "string")
    return _TYPE_VALUES.get(kind, {})


class Examples:
    """Finds and prints the examples of one document."""

    def __init__(self, nodes: Nodes, prose: Prose) -> None:
        """Examples are looked up in `nodes`; `prose` renders their descriptions."""
        self._nodes = nodes
        self._prose = prose
        self.composer = Composer(nodes)

    def documented(self, media: Mapping[str, Any]) -> Iterator[Example]:
        """Yield the examples of a media type object (OpenAPI 3.1, 4.8.14), as documented."""
        for name, entry in mapping(media.get("examples")).items():
            node = self._nodes.resolve(entry)
            if "value" in node or "externalValue" in node:
                yield Example(
                    name=name,
                    title=text(node.get("summary")) or name,
                    value=node.get("value", node.get("externalValue")),
                    description=text(node.get("description")),
                )
        if "example" in media:
            yield Example(name="example", title="Example", value=media["example"])

    def of_media(
        self, media_type: str, media: Mapping[str, Any], *, request: bool
    ) -> list[Example]:
        """Return the documented examples; JSON without any shows its schema's, or a composed one."""
        found = list(self.documented(media))
        if found or not is_json(media_type) or not self._nodes.resolve(media.get("schema")):
            return found
        return self.of_schema(media["schema"], request=request)

    def of_schema(self, schema: object, *, request: bool) -> list[Example]:
        """Return the examples which a schema shows, else one composed from its members."""
        node = self._nodes.resolve(schema)
        values = [node["example"]] if "example" in node else []
        values += sequence(node.get("examples"))
        if values:
            return [
                Example(name=f"example-{index}", title="Example", value=value)
                for index, value in enumerate(values, start=1)
            ]
        value = self.composer.value(schema, request=request)
        return [
            Example(name="composed", title="Composed from the schema", value=value, composed=True)
        ]

    def view(self, example: Example, media_type: str, *place: str) -> ExampleView:
        """Return an example ready to be printed; `place` makes its id."""
        code, language = example_text(example.value, media_type)
        return ExampleView(
            identifier=anchor(*place, example.name),
            title=example.title,
            code=highlighted(code, language),
            description=self._prose.render(example.description, "../", heading=5)
            if example.description
            else Markup(),
            composed=example.composed,
        )


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON (RFC 6838, 4.2.8: a `+json` suffix counts)."""
    plain = media_type.partition(";")[0].strip().lower()
    return plain.endswith(("/json", "+json"))


def example_text(value: object, media_type: str) -> tuple[str, str]:
    """Return an example's text as it goes over the wire, and the language it is written in."""
    if isinstance(value, str) and not is_json(media_type):
        return value, "xml" if "xml" in media_type else "text"
    return json.dumps(value, indent=2, ensure_ascii=False, default=str), "json"
