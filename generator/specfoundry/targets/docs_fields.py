"""How are parameters and headers laid out as rows of tables?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from specfoundry.targets.docs_addresses import anchor
from specfoundry.targets.docs_facts import json_text
from specfoundry.targets.docs_nodes import Nodes, mapping, text
from specfoundry.targets.docs_semantics import parameter_facts
from specfoundry.targets.docs_views import Fact, FieldView, ParameterGroup, SchemaView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specfoundry.targets.docs_schema import Schemas

_LOCATIONS = (
    ("path", "Path parameters"),
    ("query", "Query parameters"),
    ("header", "Header parameters"),
    ("cookie", "Cookie parameters"),
)
# How a list or an object is written (OpenAPI 3.1, 4.8.12.3), by style and explode.
_LIST_STYLES = {
    ("form", True): "repeated for each value",
    ("form", False): "separated by commas",
    ("simple", True): "separated by commas",
    ("simple", False): "separated by commas",
    ("spaceDelimited", False): "separated by spaces",
    ("pipeDelimited", False): "separated by |",
    ("deepObject", True): "name[member]=value",
    ("label", True): "each after a dot",
    ("label", False): "separated by commas, after a dot",
    ("matrix", True): ";name=value for each value",
    ("matrix", False): ";name= and the values, separated by commas",
}
_DEFAULT_STYLES = {"query": "form", "cookie": "form"}


class Fields:
    """Lays out parameters and headers."""

    def __init__(self, nodes: Nodes, schemas: Schemas) -> None:
        """`schemas` lays out their types."""
        self._nodes = nodes
        self._schemas = schemas

    def groups(self, parameters: Iterable[Mapping[str, Any]]) -> tuple[ParameterGroup, ...]:
        """Return the parameters of an operation by location: path, query, header, cookie."""
        nodes = list(parameters)
        found = []
        for location, title in _LOCATIONS:
            fields = [self._parameter(node) for node in nodes if node.get("in") == location]
            if fields:
                found.append(ParameterGroup(location=location, title=title, fields=tuple(fields)))
        return tuple(found)

    def headers(self, entries: object, *place: str) -> tuple[FieldView, ...]:
        """Return the headers of a response; `place` makes their ids."""
        return tuple(
            self.field(name, self._nodes.resolve(entry), *place, name)
            for name, entry in mapping(entries).items()
        )

    def _parameter(self, node: Mapping[str, Any]) -> FieldView:
        location, name = text(node.get("in")), text(node.get("name"))
        row = self.field(name, node, location, name)
        style = text(node.get("style")) or _DEFAULT_STYLES.get(location, "simple")
        explode = node.get("explode", style in ("form", "deepObject"))
        merged = self._nodes.resolve(node.get("schema"))
        facts = [*row.schema.facts, *parameter_facts(node)]
        if merged.get("type") in ("array", "object") or style == "deepObject":
            facts.insert(0, Fact("written", _LIST_STYLES.get((style, bool(explode)), style)))
        return replace(row, schema=replace(row.schema, facts=tuple(facts)))

    def field(self, name: str, node: Mapping[str, Any], *place: str) -> FieldView:
        """Return the row of one parameter, header or server variable."""
        schema = node.get("schema")
        media = next(iter(mapping(node.get("content")).items()), None)
        if schema is None and media is not None:
            schema = mapping(media[1]).get("schema")
        view: SchemaView = self._schemas.line(schema)
        if media is not None:
            view = replace(view, facts=(Fact("written", f"as {media[0]}"), *view.facts))
        flags = [word for word in ("required", "deprecated") if node.get(word) is True]
        description = text(node.get("description"))
        view = replace(
            view,
            flags=tuple(dict.fromkeys((*flags, *view.flags))),
            description=self._schemas.prose.render(description, "../", heading=5)
            if description
            else view.description,
        )
        return FieldView(
            name=name,
            identifier=anchor(*place),
            schema=view,
            examples=tuple(self._examples(node)),
        )

    def _examples(self, node: Mapping[str, Any]) -> Iterable[str]:
        values = [node["example"]] if "example" in node else []
        for entry in mapping(node.get("examples")).values():
            example = self._nodes.resolve(entry)
            values += [example["value"]] if "value" in example else []
        return dict.fromkeys(
            value if isinstance(value, str) else json_text(value) for value in values
        )
