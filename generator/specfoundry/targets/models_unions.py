"""Which discriminators can choose a class, and by which values?

A discriminator (OpenAPI 3.1, 4.8.25) is written out with all its values: those of its mapping, those
that a variant itself lists, else the variant's name. Where the document leaves open which variant a
value means, the discriminator is dropped: the variants are then tried, which means the same.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specfoundry.ir.schemas import iter_schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_SCHEMAS = "#/components/schemas/"
_DEPTH = 20


@dataclass(frozen=True, slots=True)
class _Union:
    node: dict[str, Any]
    member: str
    values: Mapping[str, tuple[str, ...]]
    """Variant → values of the member that mean it."""


def settle_discriminators(schemas: dict[str, Any], names: Mapping[str, str]) -> None:
    """Complete every discriminator that can choose, and drop all others.

    Args:
        schemas: by class name, references renamed already.
        names: class names by the names that the document uses.
    """
    settler = _Settler(schemas, names)
    unions = [union for union in settler.iter_unions() if union is not None]
    claims: defaultdict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
    for union in unions:
        for variant, values in union.values.items():
            claims[variant, union.member].add(values)
    for union in unions:
        # One class has one set of values, whatever union it stands in.
        if any(len(claims[variant, union.member]) > 1 for variant in union.values):
            del union.node["discriminator"]
        else:
            union.node["discriminator"]["mapping"] = {
                value: f"{_SCHEMAS}{variant}"
                for variant, values in union.values.items()
                for value in values
            }


class _Settler:
    def __init__(self, schemas: Mapping[str, Any], names: Mapping[str, str]) -> None:
        self.schemas = schemas
        self.names = names
        self.originals = {name: key for key, name in names.items()}
        self.children: defaultdict[str, list[str]] = defaultdict(list)
        for name, schema in schemas.items():
            for base in _references(schema.get("allOf") if isinstance(schema, dict) else None):
                self.children[base].append(name)

    def iter_unions(self) -> Iterator[_Union | None]:
        for name, schema in self.schemas.items():
            for node in iter_schemas(schema):
                if "discriminator" in node:
                    children = self.children[name] if node is schema else []
                    union = self.union(node, children)
                    if union is None:
                        del node["discriminator"]
                    yield union

    def union(self, node: dict[str, Any], children: list[str]) -> _Union | None:
        discriminator = node["discriminator"]
        member = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
        parts = [*(node.get("oneOf") or ()), *(node.get("anyOf") or ())]
        variants = [part for part in parts if part != {"type": "null"}]
        found = list(_references(variants)) if parts else children
        if not isinstance(member, str) or not found or len(found) < len(variants):
            return None
        mapping = self.mapping(discriminator.get("mapping"))
        values = {name: self.values(name, member, mapping) for name in found}
        spoken = [value for given in values.values() for value in given or ()]
        if not all(values.values()) or len(spoken) != len(set(spoken)):
            return None
        return _Union(node, member, {name: given for name, given in values.items() if given})

    def mapping(self, given: Any) -> dict[str, list[str]]:
        """Return variant → values; a mapping may name a schema instead of pointing to it."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for value, target in given.items() if isinstance(given, dict) else ():
            name = str(target).removeprefix(_SCHEMAS)
            found[name if name in self.schemas else self.names.get(name, name)].append(str(value))
        return found

    def values(
        self, variant: str, member: str, mapping: Mapping[str, list[str]]
    ) -> tuple[str, ...] | None:
        """Return the values that mean a variant, None when it cannot be told by values."""
        if not self.is_object({"$ref": f"{_SCHEMAS}{variant}"}):
            return None
        mapped = mapping.get(variant)
        declared = self.declared({"$ref": f"{_SCHEMAS}{variant}"}, member)
        if declared is None:
            return tuple(mapped or [self.originals[variant]])
        if mapped is not None and set(mapped) != set(declared):
            return None
        is_text = all(isinstance(value, str) for value in declared)
        return tuple(declared) if is_text else None

    def is_object(self, schema: Any, depth: int = _DEPTH) -> bool:
        node = self.followed(schema)
        if "oneOf" in node or "anyOf" in node or depth == 0:
            return False
        parts = node.get("allOf") or ()
        return (
            "properties" in node
            or node.get("type") == "object"
            or any(self.is_object(part, depth - 1) for part in parts)
        )

    def declared(self, schema: Any, member: str, depth: int = _DEPTH) -> list[Any] | None:
        """Return the values that a schema lists for one of its members."""
        node = self.followed(schema)
        inner = self.followed((node.get("properties") or {}).get(member))
        if "const" in inner:
            return [inner["const"]]
        if inner.get("enum"):
            return list(inner["enum"])
        for part in reversed(node.get("allOf") or ()) if depth else ():
            found = self.declared(part, member, depth - 1)
            if found is not None:
                return found
        return None

    def followed(self, node: Any) -> dict[str, Any]:
        for _ in range(_DEPTH):
            reference = node.get("$ref") if isinstance(node, dict) else None
            if not isinstance(reference, str):
                break
            node = self.schemas.get(reference.removeprefix(_SCHEMAS))
        return node if isinstance(node, dict) else {}


def _references(parts: Iterable[Any] | None) -> Iterator[str]:
    for part in parts or ():
        if isinstance(part, dict) and isinstance(part.get("$ref"), str):
            yield part["$ref"].removeprefix(_SCHEMAS)
