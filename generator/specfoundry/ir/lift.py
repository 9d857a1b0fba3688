"""Which inline schemas need a name of their own, and which name?

Works on a copy: the published bundle stays as its author wrote it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from specfoundry.document.structure import METHODS, path_items, status_responses
from specfoundry.ir.lift_targets import TargetLifter
from specfoundry.ir.naming import media_suffix, pascal
from specfoundry.ir.nodes import Nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FORMS = ("application/x-www-form-urlencoded", "multipart/")


def lift(root: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a bundled document whose nameless object and union schemas are components.

    Names come from the place: `CreatePackageBody`, `GetThing200Body`, `ListThingsFilterParam`.
    """
    lifted = copy.deepcopy(dict(root))
    schemas = lifted.setdefault("components", {}).setdefault("schemas", {})
    lifter = _Lifter(Nodes(lifted), schemas, {pascal(name) for name in schemas})
    lifter.run()
    TargetLifter(lifted, lifter.add).run()
    return lifted


@dataclass(slots=True)
class _Lifter:
    nodes: Nodes
    schemas: dict[str, Any]
    taken: set[str]
    seen: set[int] = field(default_factory=set)

    def run(self) -> None:
        for name, operation, shared in iter_operations(self.nodes.root):
            for parameter in (*shared, *(operation.get("parameters") or ())):
                self.parameter(parameter, name)
            self.body(operation.get("requestBody"), name)
            for status, response in status_responses(operation):
                self.response(response, f"{name}{pascal(str(status)).removeprefix('Model')}")

    def parameter(self, node: Any, name: str) -> None:
        component = self.nodes.component(node, "parameters")
        found = self.nodes.resolve(node)
        if self.is_seen(found):
            return
        base = pascal(component) if component else f"{name}{pascal(str(found.get('name', '')))}"
        self.lift_member(found, "schema", f"{base}Param")
        for media in (found.get("content") or {}).values():
            self.lift_member(media, "schema", f"{base}Param")

    def body(self, node: Any, name: str) -> None:
        component = self.nodes.component(node, "requestBodies")
        found = self.nodes.resolve(node)
        if not found or self.is_seen(found):
            return
        self.content(found.get("content"), pascal(component) if component else name, "Body")

    def response(self, node: Any, name: str) -> None:
        component = self.nodes.component(node, "responses")
        found = self.nodes.resolve(node)
        if not found or self.is_seen(found):
            return
        base = pascal(component) if component else name
        self.content(found.get("content"), base, "Body")
        for header, value in (found.get("headers") or {}).items():
            target = self.nodes.resolve(value)
            if not self.is_seen(target):
                self.lift_member(target, "schema", f"{base}{pascal(header)}Header")

    def content(self, content: Any, base: str, suffix: str) -> None:
        if not isinstance(content, dict):
            return
        for media_type, media in content.items():
            if not isinstance(media, dict):
                continue
            name = f"{base}{suffix}"
            if len(content) > 1:
                name = f"{base}{media_suffix(media_type)}{suffix}"
            if media_type.startswith(_FORMS) and self.is_plain_object(media.get("schema")):
                self.parts(media["schema"], base)
            else:
                self.lift_member(media, "schema", name)

    def is_plain_object(self, schema: Any) -> bool:
        found = self.nodes.resolve(schema)
        return "properties" in found and not {"allOf", "anyOf", "oneOf"} & found.keys()

    def parts(self, schema: Any, base: str) -> None:
        found = self.nodes.resolve(schema)
        if self.is_seen(found):
            return
        for name, part in (found.get("properties") or {}).items():
            holder = found["properties"]
            if isinstance(part, dict) and "contentSchema" in part:
                self.lift_member(part, "contentSchema", f"{base}{pascal(name)}")
            else:
                self.lift_member(holder, name, f"{base}{pascal(name)}")

    def lift_member(self, holder: dict[str, Any], key: str, name: str) -> None:
        schema = holder.get(key)
        if not isinstance(schema, dict) or "$ref" in schema:
            return
        if _is_array(schema):
            self.lift_member(schema, "items", f"{name}Item")
        elif _is_nullable_reference(schema):
            return
        elif _needs_name(schema):
            holder[key] = {"$ref": f"#/components/schemas/{self.add(name, schema)}"}

    def add(self, name: str, schema: dict[str, Any]) -> str:
        free, number = name, 2
        while free in self.taken:
            free, number = f"{name}{number}", number + 1
        self.taken.add(free)
        self.schemas[free] = schema
        return free

    def is_seen(self, node: dict[str, Any]) -> bool:
        if id(node) in self.seen:
            return True
        self.seen.add(id(node))
        return False


def iter_operations(root: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], list[Any]]]:
    """Yield (class prefix, operation, parameters of its path) in the document's order."""
    nodes = Nodes(root)
    for path, entry in path_items(root):
        item = nodes.resolve(entry)
        for method in METHODS:
            operation = item.get(method)
            if isinstance(operation, dict):
                name = operation.get("operationId") or f"{method} {path}"
                yield pascal(str(name)), operation, item.get("parameters") or []


def _is_array(schema: dict[str, Any]) -> bool:
    kind = schema.get("type")
    return (
        kind == "array"
        or (kind is None and "items" in schema)
        or (isinstance(kind, list) and "array" in kind and set(kind) <= {"array", "null"})
    )


def _is_nullable_reference(schema: dict[str, Any]) -> bool:
    parts = schema.get("anyOf") or schema.get("oneOf") or ()
    others = [part for part in parts if part != {"type": "null"}]
    return len(others) == 1 and isinstance(others[0], dict) and "$ref" in others[0]


def _needs_name(schema: dict[str, Any]) -> bool:
    if len(schema.get("allOf") or ()) > 1 or "discriminator" in schema:
        return True
    if schema.get("properties") or "patternProperties" in schema or "propertyNames" in schema:
        return True
    if isinstance(schema.get("additionalProperties"), dict):
        return True
    parts = [*(schema.get("anyOf") or ()), *(schema.get("oneOf") or ())]
    return any(isinstance(part, dict) and _is_complex(part) for part in parts)


def _is_complex(part: dict[str, Any]) -> bool:
    return _needs_name(part) or _is_array(part) or part.get("type") == "object"
