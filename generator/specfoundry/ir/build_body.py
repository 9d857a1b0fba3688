"""How does the content of a request or response become typed media?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from specfoundry.ir.body import Body, Media, MediaKind, Part, PartKind
from specfoundry.ir.naming import media_suffix, parameter_names
from specfoundry.ir.schema_shapes import shape_of
from specfoundry.ir.schema_types import ANY, default_code
from specfoundry.ir.types import TypeRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from specfoundry.ir.scope import Scope

_RUNTIME = "from specfoundry.runtime.requests import UploadedFile"
_FILE = TypeRef("UploadedFile", (_RUNTIME,))
_BINARY = TypeRef("Binary", ("from specfoundry.runtime.responses import Binary",))
_TEXT_TYPES = ("application/xml", "application/x-yaml", "application/yaml", "application/graphql")
_FILE_TYPES = ("image/", "audio/", "video/", "application/pdf", "application/zip", "*/*")
_UNIONS = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True, slots=True)
class ContentBuilder:
    """Builds the media of one body."""

    scope: Scope
    class_prefix: str
    """Prefix of the classes made for forms: `UploadPackage` of `UploadPackageBody`."""
    is_request: bool

    def build(self, content: Any) -> tuple[Media, ...]:
        """Return one entry for each media type, in the document's order."""
        if not isinstance(content, dict):
            return ()
        several = sum(_kind(name) in {"form", "multipart"} for name in content) > 1
        return tuple(
            self._media(name.lower(), media if isinstance(media, dict) else {}, several)
            for name, media in content.items()
        )

    def _media(self, media_type: str, node: Mapping[str, Any], several: bool) -> Media:
        kind = _kind(media_type)
        schema = node.get("schema")
        if kind in {"form", "multipart"} and self.is_request:
            return self._form(media_type, kind, node, several)
        if kind in {"json", "form"}:
            return Media(media_type=media_type, kind=kind, type=self.scope.types.type_of(schema))
        if kind == "text":
            return Media(media_type=media_type, kind=kind, type=TypeRef("str"))
        if kind == "binary" or not self.is_request:
            kind_of_body = _FILE if self.is_request else _BINARY
            return Media(media_type=media_type, kind="binary", type=kind_of_body)
        return Media(media_type=media_type, kind="raw", type=TypeRef("bytes"))

    def _form(
        self, media_type: str, kind: MediaKind, node: Mapping[str, Any], several: bool
    ) -> Media:
        schema = self.scope.nodes.resolve(node.get("schema"))
        if not schema.get("properties") or any(key in schema for key in _UNIONS):
            typed = self.scope.types.type_of(node.get("schema"))
            if kind == "multipart" and typed == ANY:
                return Media(media_type=media_type, kind="raw", type=TypeRef("bytes"))
            return Media(media_type=media_type, kind=kind, type=typed)
        suffix = media_suffix(media_type) if several else ""
        class_name = f"{self.class_prefix}{suffix}Body"
        return Media(
            media_type=media_type,
            kind=kind,
            type=TypeRef(class_name),
            class_name=class_name,
            parts=self._parts(schema, node.get("encoding") or {}, kind),
            closed=schema.get("additionalProperties") is False,
        )

    def _parts(
        self, schema: Mapping[str, Any], encoding: Mapping[str, Any], kind: MediaKind
    ) -> tuple[Part, ...]:
        properties: dict[str, Any] = schema.get("properties") or {}
        required = frozenset(schema.get("required") or ())
        names = parameter_names(("part", name) for name in properties)
        return tuple(
            self._part(
                name, names["part", name], node, name in required, encoding.get(name) or {}, kind
            )
            for name, node in properties.items()
        )

    def _part(
        self,
        name: str,
        identifier: str,
        node: Any,
        required: bool,
        encoding: Mapping[str, Any],
        kind: MediaKind,
    ) -> Part:
        schema = self.scope.nodes.resolve(node)
        many = _is_array(schema) and kind == "multipart"
        inner = self.scope.nodes.resolve(schema.get("items")) if many else schema
        part_kind = _part_kind(inner, encoding, kind)
        typed = self._part_type(part_kind, node, inner, many)
        content_type = encoding.get("contentType") or inner.get("contentMediaType")
        return Part(
            name=name,
            identifier=identifier,
            kind=part_kind,
            type=typed,
            shape=shape_of(self.scope.nodes, node),
            required=required,
            many=many,
            style=str(encoding.get("style") or "form"),
            explode=bool(encoding.get("explode", True)),
            default=None if required else default_code(schema, typed),
            content_types=tuple(part.strip() for part in str(content_type).split(","))
            if content_type
            else (),
            deprecated=bool(schema.get("deprecated")),
            description=str(schema.get("description") or ""),
        )

    def _part_type(
        self, kind: PartKind, node: Any, inner: Mapping[str, Any], many: bool
    ) -> TypeRef:
        if kind == "file":
            return TypeRef(f"list[{_FILE.code}]", _FILE.imports) if many else _FILE
        if kind == "json" and "contentSchema" in inner:
            return self.scope.types.type_of(inner["contentSchema"])
        return self.scope.types.type_of(node)


def build_body(scope: Scope, node: Mapping[str, Any], class_prefix: str) -> Body | None:
    """Return the request body of an operation, None when it has none."""
    media = ContentBuilder(scope, class_prefix, is_request=True).build(node.get("content"))
    if not media:
        return None
    return Body(
        required=bool(node.get("required")),
        media=media,
        ignore_media_type=bool(node.get("x-ignore-media-type")),
        description=str(node.get("description") or ""),
    )


def _kind(media_type: str) -> MediaKind:
    name = media_type.partition(";")[0].strip().lower()
    if name.endswith(("/json", "+json")):
        return "json"
    if name == "application/x-www-form-urlencoded":
        return "form"
    if name.startswith("multipart/"):
        return "multipart"
    if name.startswith("text/") or name.endswith("+xml") or name in _TEXT_TYPES:
        return "text"
    return "binary"


def _part_kind(schema: Mapping[str, Any], encoding: Mapping[str, Any], kind: MediaKind) -> PartKind:
    if kind != "multipart":
        return "text"
    media_type = str(encoding.get("contentType") or schema.get("contentMediaType") or "")
    if schema.get("format") == "binary" or media_type == "application/octet-stream":
        return "file"
    if media_type.startswith(_FILE_TYPES) and "contentEncoding" not in schema:
        return "file"
    if (
        "contentMediaType" in schema
        and not media_type.endswith("json")
        and "contentEncoding" not in schema
    ):
        return "text" if media_type.startswith("text/") else "file"
    is_object = (
        schema.get("type") == "object"
        or "properties" in schema
        or any(k in schema for k in _UNIONS)
    )
    return "json" if media_type.endswith("json") or is_object else "text"


def _is_array(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "array" or (schema.get("type") is None and "items" in schema)
