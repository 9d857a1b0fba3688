"""How are request bodies and responses laid out?"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from specfoundry.targets.docs_addresses import Addresses, anchor, fragment, href
from specfoundry.targets.docs_extensions import error_codes, error_identifier
from specfoundry.targets.docs_facts import json_text
from specfoundry.targets.docs_nodes import Nodes, mapping, text
from specfoundry.targets.docs_views import BodyView, Fact, LinkView, MediaView, Ref, ResponseView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from specfoundry.targets.docs_examples import Examples
    from specfoundry.targets.docs_fields import Fields
    from specfoundry.targets.docs_schema import Schemas

_KINDS = {"1": "other", "2": "success", "3": "redirect", "4": "error", "5": "error"}

# RFC 9110 renamed these; which name http knows depends on Python's version.
_REASONS = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


class Answers:
    """Lays out the bodies and responses of one document."""

    def __init__(
        self,
        nodes: Nodes,
        addresses: Addresses,
        schemas: Schemas,
        examples: Examples,
        fields: Fields,
    ) -> None:
        """Everything is looked up in `nodes`; the others lay out the parts."""
        self._nodes = nodes
        self._addresses = addresses
        self._schemas = schemas
        self._examples = examples
        self._fields = fields

    def body(self, operation: Mapping[str, Any]) -> BodyView | None:
        """Return the request body of an operation, None when it takes none."""
        node = self._nodes.resolve(operation.get("requestBody"))
        if not node:
            return None
        notes = []
        if node.get("x-ignore-media-type") is True:
            notes.append("The body is read in this way whatever its Content-Type says.")
        return BodyView(
            required=node.get("required") is True,
            description=self._schemas.prose.render(node.get("description"), "../", heading=4),
            media=self._media(node, "request", request=True),
            notes=tuple(notes),
        )

    def responses(self, operation: Mapping[str, Any]) -> tuple[ResponseView, ...]:
        """Return the responses in ascending order of status, ranges and `default` last."""
        entries = mapping(operation.get("responses")).items()
        ordered = sorted(entries, key=lambda entry: (not entry[0].isdigit(), entry[0].lower()))
        return tuple(
            self._response(status, self._nodes.resolve(entry))
            for status, entry in ordered
            if not status.startswith("x-")
        )

    def _response(self, status: str, node: Mapping[str, Any]) -> ResponseView:
        place = ("response", status)
        codes = (code for code, _ in error_codes(node.get("x-error-codes")))
        return ResponseView(
            status=status,
            reason=_reason(status),
            identifier=anchor(*place),
            kind=_KINDS.get(status[:1], "other"),
            description=self._schemas.prose.render(node.get("description"), "../", heading=4),
            headers=self._fields.headers(node.get("headers"), *place, "header"),
            media=self._media(node, *place, request=False),
            links=tuple(self.links(node)),
            error_codes=tuple(
                Ref(code, f"../errors.html{fragment(error_identifier(code))}") for code in codes
            ),
        )

    def _media(self, node: Mapping[str, Any], *place: str, request: bool) -> tuple[MediaView, ...]:
        content = mapping(node.get("content"))
        found = []
        for media_type, entry in content.items():
            media = mapping(entry)
            where = place if len(content) == 1 else (*place, media_type)
            schema = media.get("schema")
            examples = self._examples.of_media(media_type, media, request=request)
            found.append(
                MediaView(
                    media_type=media_type,
                    schema=None if schema is None else self._schemas.tree(schema, *where),
                    examples=tuple(
                        self._examples.view(example, media_type, *where, "example")
                        for example in examples
                    ),
                )
            )
        return tuple(found)

    def links(self, response: Mapping[str, Any]) -> Iterator[LinkView]:
        """Yield the links of a response (OpenAPI 3.1, 4.8.20)."""
        yield from (view for view, _ in self.outgoing(response))

    def outgoing(self, response: Mapping[str, Any]) -> Iterator[tuple[LinkView, str]]:
        """Yield the links of a response, each with the operationId that it leads to."""
        for name, entry in mapping(response.get("links")).items():
            node = self._nodes.resolve(entry)
            operation_id = self._link_target(node)
            address = self._addresses.operations.get(operation_id)
            view = LinkView(
                name=name,
                target=Ref(
                    operation_id or text(node.get("operationRef")),
                    None if address is None else href(address, "../"),
                ),
                description=self._schemas.prose.render(node.get("description"), "../", heading=5),
                parameters=tuple(
                    Fact(
                        parameter, value if isinstance(value, str) else json_text(value), code=True
                    )
                    for parameter, value in mapping(node.get("parameters")).items()
                ),
            )
            yield view, operation_id

    def _link_target(self, link: Mapping[str, Any]) -> str:
        """Return the operationId that a link leads to, empty for one outside the document."""
        if "operationId" in link:
            return text(link["operationId"])
        reference = text(link.get("operationRef"))
        target = mapping(self._nodes.at(reference)) if reference.startswith("#/") else {}
        return text(target.get("operationId"))


def _reason(status: str) -> str:
    if not status.isdigit() or int(status) not in set(HTTPStatus):
        return ""
    return _REASONS.get(int(status), HTTPStatus(int(status)).phrase)


def first_media(
    nodes: Nodes, node: Mapping[str, Any], wanted: Callable[[str], bool]
) -> tuple[str, dict[str, Any]]:
    """Return the first media type of a body that is `wanted`, else the first, else nothing."""
    content = mapping(nodes.resolve(node).get("content"))
    chosen = next(filter(wanted, content), next(iter(content), ""))
    return chosen, mapping(content.get(chosen))
