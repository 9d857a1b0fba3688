"""What stands on the page of one operation?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from specfoundry.document.structure import METHODS
from specfoundry.targets.docs_addresses import Addresses, href
from specfoundry.targets.docs_answers import Answers, first_media
from specfoundry.targets.docs_behaviour import case_views
from specfoundry.targets.docs_examples import Example, Examples, is_json
from specfoundry.targets.docs_highlight import highlighted
from specfoundry.targets.docs_nodes import Nodes, mapping, sequence, text
from specfoundry.targets.docs_python import python_sample
from specfoundry.targets.docs_samples import CallParts, curl_sample
from specfoundry.targets.docs_semantics import with_filters
from specfoundry.targets.docs_text import Prose, safe_url
from specfoundry.targets.docs_usage import path_pieces
from specfoundry.targets.docs_views import (
    Frame,
    LinkView,
    OperationPage,
    OperationRow,
    Ref,
    SampleView,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specfoundry.ir.api import Api
    from specfoundry.ir.operation import Operation
    from specfoundry.ir.security import Security
    from specfoundry.targets.docs_extensions import Extensions
    from specfoundry.targets.docs_fields import Fields

_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


@dataclass(frozen=True, slots=True)
class Parts:
    """What lays out the parts of pages."""

    api: Api
    package: str
    nodes: Nodes
    addresses: Addresses
    prose: Prose
    examples: Examples
    fields: Fields
    answers: Answers
    extensions: Extensions


def operation_node(nodes: Nodes, operation: Operation) -> dict[str, Any]:
    """Return the operation's object in the bundle."""
    return mapping(nodes.at(operation.pointer))


def operation_row(operation: Operation, addresses: Addresses, root: str) -> OperationRow:
    """Return the operation as a row of a list."""
    return OperationRow(
        method=operation.method,
        path=operation.path,
        name=operation.operation_id,
        summary=operation.summary,
        href=href(addresses.operations[operation.operation_id], root),
        deprecated=operation.deprecated,
    )


def outside(node: Mapping[str, Any]) -> Ref | None:
    """Return the external documentation of an operation, tag or document."""
    docs = mapping(node.get("externalDocs"))
    url = safe_url(docs.get("url"))
    return None if url is None else Ref(text(docs.get("description")) or url, url)


def security_words(security: Security) -> tuple[str, ...]:
    """Return the alternatives of a security requirement in words; nothing when none is asked for."""
    if security.none:
        return ()
    found = []
    for alternative in security.alternatives:
        uses = []
        for use in alternative:
            scopes = f" with {', '.join(use.scopes)}" if use.scopes else ""
            uses.append(f"{use.scheme}{scopes}")
        found.append(" and ".join(uses) or "nothing")
    return tuple(found)


def operation_page(
    parts: Parts,
    operation: Operation,
    frame: Frame,
    reached_from: Iterable[LinkView],
    siblings: Iterable[OperationRow],
) -> OperationPage:
    """Return the page of one operation."""
    node = operation_node(parts.nodes, operation)
    parameters = with_filters(node, parts.nodes.parameters(operation.path, node))
    return OperationPage(
        frame=frame,
        operation_id=operation.operation_id,
        method=operation.method,
        path=path_pieces(operation.path, parameters),
        summary=operation.summary,
        description=parts.prose.render(operation.description, "../", heading=2, prefix="about"),
        deprecated=operation.deprecated,
        tag=Ref(operation.tag, href(parts.addresses.tags[operation.tag], "../")),
        security=security_words(operation.security),
        topics=parts.extensions.topics(node, parameters),
        parameters=parts.fields.groups(parameters),
        body=parts.answers.body(node),
        responses=parts.answers.responses(node),
        samples=tuple(_samples(parts, operation, node, parameters)),
        cases=case_views(node, parts.addresses),
        reached_from=tuple(reached_from),
        siblings=tuple(siblings),
        outside=outside(node),
    )


def _samples(
    parts: Parts,
    operation: Operation,
    node: Mapping[str, Any],
    parameters: list[dict[str, Any]],
) -> Iterable[SampleView]:
    call = _call_parts(parts, operation, node, parameters)
    curl = curl_sample(call, parts.nodes, parts.examples.composer)
    yield SampleView(identifier="curl", title="curl", code=highlighted(curl, "bash"))
    group = next(tag.identifier for tag in parts.api.tags if tag.name == operation.tag)
    python = python_sample(parts.package, group, operation, call, parts.nodes)
    yield SampleView(identifier="python", title="Python", code=highlighted(python, "python"))
    documented = node.get("x-codeSamples", node.get("x-code-samples"))
    for index, entry in enumerate(map(mapping, sequence(documented)), start=1):
        language, source = text(entry.get("lang")), text(entry.get("source"))
        if source:
            yield SampleView(
                identifier=f"sample-{index}",
                title=text(entry.get("label")) or language or "Sample",
                code=highlighted(source.rstrip(), language or "text"),
            )


def _call_parts(
    parts: Parts,
    operation: Operation,
    node: Mapping[str, Any],
    parameters: list[dict[str, Any]],
) -> CallParts:
    nodes = parts.nodes
    asked = next((uses for uses in operation.security.alternatives if uses), ())
    known = mapping(nodes.components.get("securitySchemes"))
    call = CallParts(
        method=operation.method,
        path=operation.path,
        server=_server(parts, operation, node),
        parameters=parameters,
        schemes=[nodes.resolve(known.get(use.scheme)) for use in asked],
        downloads=_downloads(nodes, node),
    )
    media_type, media = first_media(nodes, mapping(node.get("requestBody")), is_json)
    if not media_type:
        return call
    example = _request_example(parts.examples, media_type, media)
    return replace(call, media_type=media_type, schema=media.get("schema"), example=example)


def _request_example(
    examples: Examples, media_type: str, media: Mapping[str, Any]
) -> Example | None:
    found = examples.of_media(media_type, media, request=True)
    if not found and media_type in _FORMS and "schema" in media:
        found = examples.of_schema(media["schema"], request=True)
    return found[0] if found else None


def _server(parts: Parts, operation: Operation, node: Mapping[str, Any]) -> str:
    """Return the base address: the operation's own, its path's, or the document's first."""
    item = mapping(mapping(parts.nodes.document.get("paths")).get(operation.path))
    for owner in (node, item):
        for server in map(mapping, sequence(owner.get("servers"))):
            return server_url(server).rstrip("/")
    return parts.api.servers[0].url.rstrip("/") if parts.api.servers else ""


def server_url(server: Mapping[str, Any]) -> str:
    """Return a server's address with the defaults of its variables (OpenAPI 3.1, 4.8.5)."""
    url = text(server.get("url"))
    for name, variable in mapping(server.get("variables")).items():
        url = url.replace(f"{{{name}}}", text(mapping(variable).get("default")))
    return url


def _downloads(nodes: Nodes, node: Mapping[str, Any]) -> bool:
    """Whether the successful answer is binary: a media type that is neither JSON nor text."""
    for status, response in mapping(node.get("responses")).items():
        if status[:1] != "2":
            continue
        content = mapping(nodes.resolve(response).get("content"))
        if content:
            return not any(is_json(name) or name.startswith("text/") for name in content)
    return False


def siblings_of(nodes: Nodes, operation: Operation, addresses: Addresses) -> Iterable[OperationRow]:
    """Yield the other operations of the same path, in OpenAPI's order of methods."""
    item = mapping(mapping(nodes.document.get("paths")).get(operation.path))
    for method in METHODS:
        operation_id = text(mapping(item.get(method)).get("operationId"))
        if method.upper() != operation.method and operation_id in addresses.operations:
            yield OperationRow(
                method=method.upper(),
                path=operation.path,
                name=operation_id,
                summary=text(mapping(item[method]).get("summary")),
                href=href(addresses.operations[operation_id], "../"),
                deprecated=mapping(item[method]).get("deprecated") is True,
            )
