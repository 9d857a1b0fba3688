"""How is a schema laid out as a tree that can be unfolded?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from specfoundry.targets.docs_addresses import Addresses, fragment, href
from specfoundry.targets.docs_facts import json_text, json_types, schema_facts, schema_flags
from specfoundry.targets.docs_merge import Merged, merge, unwrap
from specfoundry.targets.docs_nodes import Nodes, mapping, schema_name, sequence, text
from specfoundry.targets.docs_views import Fact, Ref, SchemaView

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from specfoundry.targets.docs_text import Prose

_MAX_EMBEDDED = 80
"""Lines of a shared schema up to which it is shown inside another one, not only linked."""
_MAX_LINES = 300
"""Lines of shared schemas which one tree shows."""
_MAX_DEPTH = 16
"""Levels which are written into one another by hand; nobody reads further."""
_MAX_NESTED_COMPONENTS = 8
_MEMBERS = ("properties",)
"""Ids on the page of a component begin so, clear of the ids that every page has."""
_ROOT = "../"
"""Trees stand on pages one folder below the site's root."""


@dataclass(frozen=True, slots=True)
class Component:
    """A shared schema, laid out once."""

    view: SchemaView
    members: Markup
    lines: int


class Schemas:
    """Lays out the schemas of one document; every component is printed once and reused."""

    def __init__(
        self,
        nodes: Nodes,
        addresses: Addresses,
        prose: Prose,
        print_members: Callable[[SchemaView], Markup],
    ) -> None:
        """`print_members` is the template that prints what hangs below a line."""
        self.nodes = nodes
        self.prose = prose
        self._addresses = addresses
        self._print_members = print_members
        self._components: dict[str, Component] = {}
        self._building: list[str] = []

    def address(self, name: str) -> str | None:
        """Return the link to a component's page, None when there is no such component."""
        address = self._addresses.schemas.get(name)
        return None if address is None else href(address, _ROOT)

    def component(self, name: str) -> Component | None:
        """Return a component; None inside itself, too deep inside others, or when unknown."""
        known = self._components.get(name)
        if known is not None or name not in self.nodes.schemas:
            return known
        if name in self._building or len(self._building) >= _MAX_NESTED_COMPONENTS:
            return None
        self._building.append(name)
        tree = _Tree(self, page=self.address(name) or "", prefix=_MEMBERS, identify=False)
        view = tree.inline(self.nodes.schemas[name])
        self._building.pop()
        built = Component(view, self._print_members(view), tree.lines)
        self._components[name] = built
        return built

    def page_tree(self, name: str) -> SchemaView:
        """Return the tree of a component for its own page, where every line has an id."""
        self._building.append(name)
        view = _Tree(self, page="", prefix=_MEMBERS, identify=True).inline(self.nodes.schemas[name])
        self._building.pop()
        return view

    def tree(self, node: object, *prefix: str) -> SchemaView:
        """Return the tree of a schema that stands in an operation; ids begin with `prefix`."""
        return _Tree(self, page="", prefix=prefix, identify=True).view(node, "", top=True)

    def line(self, node: object) -> SchemaView:
        """Return one line without a tree below it: a parameter or a header."""
        return _Tree(self, page="", prefix=("_",), identify=False).view(node, "")

    def type_label(self, node: object, depth: int = 0) -> tuple[Ref, ...]:
        """Return a schema's type in words, components as links."""
        inner = unwrap(node)
        if inner.component is not None:
            return (Ref(inner.component, self.address(inner.component)),)
        if depth > _MAX_DEPTH:
            return (Ref("any"),)
        merged = merge(self.nodes, inner.node)
        if merged.bases:
            return self._combination(merged)
        return self._plain_label(merged, depth)

    def _combination(self, merged: Merged) -> tuple[Ref, ...]:
        parts: list[Ref] = []
        for name in merged.bases:
            parts += [Ref(name, self.address(name)), Ref(" & ")]
        return (*parts, Ref("more")) if merged.own else tuple(parts[:-1])

    def _plain_label(self, merged: Merged, depth: int) -> tuple[Ref, ...]:
        keywords = merged.keywords
        kinds = json_types({**keywords, **({"properties": {}} if merged.properties else {})})
        kinds = [kind for kind in kinds if kind != "null"] or kinds
        if kinds == ["array"]:
            items = keywords.get("items")
            inner = () if items is None else self.type_label(items, depth + 1)
            return (Ref("array of "), *inner) if inner else (Ref("array"),)
        words = " or ".join(kinds)
        if not words:
            if merged.choices:
                return (Ref(merged.choices[0][0].lower()),)
            words = "nothing" if keywords.get("not") is True else "any"
        format_name = text(keywords.get("format"))
        return (Ref(f"{words} ({format_name})" if format_name else words),)


class _Tree:
    """Lays out one tree."""

    def __init__(
        self, schemas: Schemas, *, page: str, prefix: Sequence[str], identify: bool
    ) -> None:
        self._schemas = schemas
        self._page = page
        self._prefix = "-".join(prefix)
        self._identify = identify
        self._taken: dict[str, int] = {}
        self._budget = _MAX_LINES
        self.lines = 0

    def view(
        self,
        node: object,
        label: str,
        path: str = "",
        *,
        required: bool = False,
        code: bool = True,
        top: bool = False,
        depth: int = 0,
    ) -> SchemaView:
        """Return the line of one schema, and its tree."""
        self.lines += 1
        inner = unwrap(node)
        identifier = self._name(path)
        if inner.component is None:
            view = self.inline(inner.node, path, depth)
        else:
            view = self._reference(inner.component, inner.node, top=top)
        described = inner.node.get("description")
        return replace(
            view,
            label=label,
            code=code,
            identifier=identifier if self._identify and path else None,
            permalink=f"{self._page}{fragment(identifier)}" if path else None,
            flags=_flags(view.flags, inner.node, required=required, nullable=inner.nullable),
            description=self._prose(described) if described else view.description,
        )

    def _prose(self, source: object) -> Markup:
        return self._schemas.prose.render(source, _ROOT, heading=5)

    def _name(self, path: str) -> str:
        name = ".".join(part for part in (self._prefix, path) if part).replace(" ", "_")
        self._taken[name] = self._taken.get(name, 0) + 1
        return name if self._taken[name] == 1 else f"{name}~{self._taken[name]}"

    def _reference(self, name: str, beside: Mapping[str, Any], *, top: bool) -> SchemaView:
        label = Ref(name, self._schemas.address(name))
        component = self._schemas.component(name)
        if component is None:
            return SchemaView(label="", type=(label,))
        shared = component.view
        facts = (*schema_facts(beside), *(fact for fact in shared.facts if fact.term not in beside))
        base = replace(shared, facts=facts, children=(), variants=(), choice="", note=None)
        if not shared.is_branch:
            return replace(base, type=(label, Ref(" ("), *shared.type, Ref(")")))
        if top or (component.lines <= min(_MAX_EMBEDDED, self._budget)):
            self._budget -= component.lines
            self.lines += component.lines
            return replace(base, type=(label,), embedded=component.members)
        return replace(base, type=(label,), values=(), embedded=Markup(), facts=())

    def inline(self, node: object, path: str = "", depth: int = 0) -> SchemaView:
        """Return the line of a schema that stands here, without label and id."""
        merged = merge(self._schemas.nodes, node)
        keywords = merged.keywords
        values = tuple(json_text(value) for value in sequence(keywords.get("enum")))
        view = SchemaView(
            label="",
            type=self._schemas.type_label(node),
            flags=_flags((), keywords, required=False, nullable=unwrap(node).nullable),
            facts=schema_facts(keywords),
            values=values,
            description=self._prose(keywords.get("description")),
        )
        if depth >= _MAX_DEPTH:
            return view
        children = [*self._properties(merged, path, depth), *self._others(merged, path, depth)]
        view = self._items(replace(view, children=tuple(children)), keywords, path, depth)
        return self._variants(view, merged, path, depth)

    def _child(self, node: object, label: str, path: str, depth: int) -> SchemaView:
        return self.view(node, label, path, code=False, depth=depth + 1)

    def _properties(self, merged: Merged, path: str, depth: int) -> list[SchemaView]:
        return [
            self.view(
                node,
                name,
                f"{path}.{name}" if path else name,
                required=name in merged.required,
                depth=depth + 1,
            )
            for name, node in merged.properties.items()
        ]

    def _others(self, merged: Merged, path: str, depth: int) -> list[SchemaView]:
        """Return lines for what JSON Schema describes beside named members."""
        keywords = merged.keywords
        found = [
            self.view(node, f"/{pattern}/", f"{path}/{pattern}/", depth=depth + 1)
            for pattern, node in mapping(keywords.get("patternProperties")).items()
        ]
        other = keywords.get("additionalProperties")
        if isinstance(other, dict) and other:
            word = "any other member" if merged.properties else "each member"
            found.append(self._child(other, word, f"{path}{{}}", depth))
        found += [
            self._child(node, f"item {index + 1}", f"{path}[{index}]", depth)
            for index, node in enumerate(sequence(keywords.get("prefixItems")))
        ]
        for keyword in ("not", "if", "then", "else", "contains"):
            if isinstance(keywords.get(keyword), dict) and keywords[keyword]:
                found.append(self._child(keywords[keyword], keyword, f"{path}({keyword})", depth))
        return found

    def _items(
        self, view: SchemaView, keywords: Mapping[str, Any], path: str, depth: int
    ) -> SchemaView:
        """Show the members of an array's items directly below the array."""
        if "items" not in keywords:
            return view
        item = self._child(keywords["items"], "each item", f"{path}[]", depth)
        if item.embedded and not item.facts:
            return replace(view, embedded=item.embedded)
        if unwrap(keywords["items"]).component is not None and not item.is_branch:
            return view
        says_more = item.facts or item.values or item.description or item.is_branch or item.flags
        return replace(view, children=(*view.children, item)) if says_more else view

    def _variants(self, view: SchemaView, merged: Merged, path: str, depth: int) -> SchemaView:
        discriminator = mapping(merged.keywords.get("discriminator"))
        chosen_by = text(discriminator.get("propertyName"))
        values = _discriminator_values(discriminator)
        choices = merged.choices
        if chosen_by and not choices:
            choices = [("One of", [{"$ref": reference} for reference in values])]
        variants: list[SchemaView] = []
        for _, members in choices:
            variants += [
                self._variant(member, index, path, chosen_by, values, depth)
                for index, member in enumerate(members, start=1)
            ]
        return replace(
            view, variants=tuple(variants), choice=choices[0][0] if choices and variants else ""
        )

    def _variant(
        self,
        member: object,
        index: int,
        path: str,
        chosen_by: str,
        values: Mapping[str, list[str]],
        depth: int,
    ) -> SchemaView:
        inner = unwrap(member)
        label = text(inner.node.get("title")) if inner.component is None else ""
        view = self._child(member, label, f"{path}({inner.component or label or index})", depth)
        if not chosen_by or inner.component is None:
            return view
        reference = text(mapping(member).get("$ref"))
        chosen = values.get(reference) or values.get(inner.component) or [inner.component]
        when = Fact(f"when {chosen_by} is", " or ".join(map(json_text, chosen)), code=True)
        return replace(view, facts=(when, *view.facts))


def _flags(
    known: tuple[str, ...], node: Mapping[str, Any], *, required: bool, nullable: bool
) -> tuple[str, ...]:
    words = schema_flags(node, required=required, nullable=nullable)
    return tuple(dict.fromkeys((*words, *known)))


def _discriminator_values(discriminator: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return, for each schema that the mapping names, the values that choose it."""
    found: dict[str, list[str]] = {}
    for value, target in mapping(discriminator.get("mapping")).items():
        reference = text(target)
        if schema_name(reference) is None:
            reference = f"#/components/schemas/{reference}"
        found.setdefault(reference, []).append(value)
    return found
