"""What stands on the pages about the whole API: its start, its schemas, its errors?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from specfoundry.targets.docs_addresses import anchor, href
from specfoundry.targets.docs_extensions import error_identifier
from specfoundry.targets.docs_nodes import mapping, sequence, text
from specfoundry.targets.docs_operations import (
    Parts,
    operation_node,
    operation_row,
    outside,
)
from specfoundry.targets.docs_text import excerpt, safe_url
from specfoundry.targets.docs_usage import codes_of
from specfoundry.targets.docs_views import (
    ErrorRow,
    ErrorsPage,
    Fact,
    FieldView,
    Frame,
    IndexPage,
    Ref,
    SchemaRow,
    SchemasPage,
    SchemeView,
    ServerView,
    TagSection,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.ir.operation import Operation
    from specfoundry.targets.docs_schema import Schemas

_EXCERPT = 160


def index_page(parts: Parts, frame: Frame) -> IndexPage:
    """Return the first page: what the API is, where it is, who may call it, what it offers."""
    document = parts.nodes.document
    stated = {text(tag.get("name")): tag for tag in map(mapping, sequence(document.get("tags")))}
    return IndexPage(
        frame=frame,
        summary=parts.api.summary,
        description=parts.prose.render(parts.api.description, "", heading=2, prefix="about"),
        facts=tuple(_facts(document)),
        servers=tuple(_servers(parts)),
        schemes=tuple(_schemes(parts)),
        tags=tuple(
            TagSection(
                name=tag.name,
                identifier=anchor("tag", tag.name),
                description=parts.prose.render(tag.description, "", heading=4),
                operations=tuple(
                    operation_row(operation, parts.addresses, "") for operation in tag.operations
                ),
                outside=outside(stated.get(tag.name, {})),
            )
            for tag in parts.api.tags
        ),
        operation_count=len(parts.api.operations),
    )


def _facts(document: Mapping[str, Any]) -> Iterator[tuple[str, Ref]]:
    info = mapping(document.get("info"))
    contact, license_ = mapping(info.get("contact")), mapping(info.get("license"))
    mail = f"mailto:{contact['email']}" if text(contact.get("email")) else None
    reach = safe_url(contact.get("url")) or safe_url(mail)
    if contact:
        yield (
            "Contact",
            Ref(text(contact.get("name")) or text(contact.get("email")) or "contact", reach),
        )
    if license_:
        spdx = text(license_.get("identifier"))
        yield "License", Ref(text(license_.get("name")) or spdx, safe_url(license_.get("url")))
    terms = safe_url(info.get("termsOfService"))
    if terms is not None:
        yield "Terms of service", Ref(terms, terms)
    yield from _roles(mapping(document.get("x-roles")))
    status = document.get("x-unknown-method-status")
    if isinstance(status, int):
        yield (
            "Unknown methods",
            Ref(f"answered {status}", "extensions.html#x-unknown-method-status"),
        )
    more = outside(document)
    if more is not None:
        yield "More", more


def _roles(roles: Mapping[str, Any]) -> Iterator[tuple[str, Ref]]:
    reference = "extensions.html#x-roles"
    everywhere = ", ".join(map(text, sequence(roles.get("everywhere"))))
    if everywhere:
        yield "Roles that hold everywhere", Ref(everywhere, reference)
    if text(roles.get("nobody")):
        yield "Role of those who have none", Ref(text(roles["nobody"]), reference)


def _servers(parts: Parts) -> Iterator[ServerView]:
    for server in map(mapping, sequence(parts.nodes.document.get("servers"))):
        yield ServerView(
            url=text(server.get("url")),
            description=parts.prose.render(server.get("description"), "", heading=4),
            variables=tuple(
                _variable(parts, name, mapping(variable))
                for name, variable in mapping(server.get("variables")).items()
            ),
        )


def _variable(parts: Parts, name: str, variable: Mapping[str, Any]) -> FieldView:
    schema = {key: variable[key] for key in ("default", "enum", "description") if key in variable}
    return parts.fields.field(name, {"schema": {"type": "string", **schema}}, "server", name)


def _schemes(parts: Parts) -> Iterator[SchemeView]:
    stated = mapping(parts.nodes.components.get("securitySchemes"))
    for name, entry in stated.items():
        node = parts.nodes.resolve(entry)
        yield SchemeView(
            name=name,
            identifier=anchor("security", name),
            facts=tuple(_scheme_facts(node)),
            description=parts.prose.render(node.get("description"), "", heading=4),
        )


def _scheme_facts(node: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield the facts of a security scheme (OpenAPI 3.1, 4.8.27)."""
    words = {
        "type": "type",
        "scheme": "HTTP scheme",
        "bearerFormat": "token format",
        "in": "sent in",
        "name": "under the name",
        "openIdConnectUrl": "discovery",
    }
    yield from (
        Fact(term, text(node[key]), code=True) for key, term in words.items() if key in node
    )
    for flow, entry in mapping(node.get("flows")).items():
        details = mapping(entry)
        for key, term in (
            ("authorizationUrl", "authorization"),
            ("tokenUrl", "token"),
            ("refreshUrl", "refresh"),
        ):
            if key in details:
                yield Fact(f"{flow}, {term} address", text(details[key]), code=True)
        for scope, about in mapping(details.get("scopes")).items():
            yield Fact(f"{flow}, scope {scope}", text(about) or scope)


def schemas_page(parts: Parts, schemas: Schemas, frame: Frame) -> SchemasPage:
    """Return the list of all schema components."""
    rows = []
    for name in parts.nodes.schemas:
        component = schemas.component(name)
        view = None if component is None else component.view
        rows.append(
            SchemaRow(
                name=name,
                href=href(parts.addresses.schemas[name], ""),
                type="" if view is None else "".join(ref.text for ref in view.type),
                excerpt=excerpt(Markup() if view is None else view.description, _EXCERPT),
                deprecated=view is not None and "deprecated" in view.flags,
            )
        )
    return SchemasPage(frame=frame, rows=tuple(rows))


def has_error_codes(parts: Parts) -> bool:
    """Whether the document names any error code."""
    return any(
        True
        for operation in parts.api.operations
        for _ in codes_of(parts.nodes, operation_node(parts.nodes, operation))
    )


def errors_page(parts: Parts, frame: Frame) -> ErrorsPage:
    """Return all error codes in alphabetical order, each with the operations that answer it."""
    statuses: dict[str, set[str]] = {}
    descriptions: dict[str, str] = {}
    operations: dict[str, dict[str, Operation]] = {}
    for operation in parts.api.operations:
        for code, about, status in codes_of(parts.nodes, operation_node(parts.nodes, operation)):
            statuses.setdefault(code, set()).update(filter(None, [status]))
            descriptions[code] = descriptions.get(code) or about
            operations.setdefault(code, {})[operation.operation_id] = operation
    rows = tuple(
        ErrorRow(
            code=code,
            identifier=error_identifier(code),
            statuses=tuple(sorted(statuses[code])),
            description=descriptions[code],
            operations=tuple(
                operation_row(operation, parts.addresses, "")
                for operation in operations[code].values()
            ),
        )
        for code in sorted(operations)
    )
    return ErrorsPage(frame=frame, rows=rows, described=any(descriptions.values()))
