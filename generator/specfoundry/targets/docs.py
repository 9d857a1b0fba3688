"""How does an API become a static site?

Everything is relative and every asset is part of the site, so it works from a folder (`file://`)
and below any path of a server, also under a Content-Security-Policy without inline scripts and
styles.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from jinja2 import Environment, TemplateNotFound
from markupsafe import Markup

from specfoundry.targets.docs_addresses import build_addresses, href
from specfoundry.targets.docs_answers import Answers
from specfoundry.targets.docs_examples import Examples
from specfoundry.targets.docs_extensions import Extensions
from specfoundry.targets.docs_fields import Fields
from specfoundry.targets.docs_nodes import Nodes, mapping, text
from specfoundry.targets.docs_operations import (
    Parts,
    operation_node,
    operation_page,
    siblings_of,
)
from specfoundry.targets.docs_overview import errors_page, has_error_codes, index_page, schemas_page
from specfoundry.targets.docs_reference import PAGE, extensions_page, used_extensions
from specfoundry.targets.docs_schema import Schemas
from specfoundry.targets.docs_search import navigation, search_index
from specfoundry.targets.docs_text import Prose
from specfoundry.targets.docs_usage import Usage
from specfoundry.targets.docs_views import ErrorsPage, Frame, LinkView, Ref, SchemaPage, SchemaView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.ir.api import Api
    from specfoundry.ir.operation import Operation

ASSETS = ("style.css", "theme.js", "page.js", "search.js")


class BundleText(Protocol):
    """The bundled document: its members, and its bytes as text."""

    @property
    def node(self) -> dict[str, Any]:
        """The document."""

    def text(self) -> str:
        """Return the document as JSON."""


class DocsContext(Protocol):
    """What the site is made from."""

    @property
    def api(self) -> Api:
        """The API in Python terms: operations in order, names of the client."""

    @property
    def bundle(self) -> BundleText:
        """The document itself: schemas, examples, descriptions."""

    @property
    def package(self) -> str:
        """Import name of the generated package, for samples."""

    @property
    def environment(self) -> Environment:
        """Where the templates are found."""


def build(context: DocsContext) -> dict[str, str]:
    """Return the site: path below `docs/` → text. Equal input gives equal bytes."""
    return dict(_Site(context).files())


class _Site:
    """One site while it is made."""

    def __init__(self, context: DocsContext) -> None:
        self._context = context
        self._environment = context.environment.overlay(autoescape=True)
        nodes, api = Nodes(context.bundle.node), context.api
        addresses = build_addresses(
            (operation.operation_id for operation in api.operations),
            nodes.schemas,
            (tag.name for tag in api.tags),
        )
        prose = Prose(addresses)
        self._schemas = Schemas(nodes, addresses, prose, self._print_members)
        examples, fields = Examples(nodes, prose), Fields(nodes, self._schemas)
        answers = Answers(nodes, addresses, self._schemas, examples, fields)
        self._parts = Parts(
            api, context.package, nodes, addresses, prose, examples, fields, answers,
            Extensions(addresses),
        )  # fmt: skip
        self._usage = Usage(nodes, addresses)
        self._has_errors = has_error_codes(self._parts)
        self._extensions = used_extensions(self._parts)

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield every file of the site."""
        for operation in self._parts.api.operations:
            node = operation_node(self._parts.nodes, operation)
            self._usage.add_operation(operation.operation_id, node, operation.path)
        errors = self._errors_page() if self._has_errors else None
        yield "index.html", self._print("index", self._index_page())
        yield from self._operations()
        if self._parts.nodes.schemas:
            frame = self._frame("Schemas", "schemas.html")
            yield (
                "schemas.html",
                self._print("schemas", schemas_page(self._parts, self._schemas, frame)),
            )
            yield from self._schema_pages()
        if errors is not None:
            yield "errors.html", self._print("errors", errors)
        if self._extensions:
            page = extensions_page(self._parts, self._extensions, self._frame("Extensions", PAGE))
            yield PAGE, self._print("extensions", page)
        yield "navigation.js", navigation(self._parts)
        yield "search-index.js", search_index(self._parts, self._usage, errors, self._extensions)
        yield "openapi.json", self._context.bundle.text()
        for name in ASSETS:
            yield f"assets/{name}", self._source(f"docs/assets/{name}")

    def _source(self, name: str) -> str:
        loader = self._environment.loader
        if loader is None:  # an environment of ours always has one
            raise TemplateNotFound(name)
        return loader.get_source(self._environment, name)[0]

    def _print(self, template: str, page: object) -> str:
        return self._environment.get_template(f"docs/{template}.html.jinja").render(page=page)

    def _print_members(self, view: SchemaView) -> Markup:
        if not view.is_branch:
            return Markup()
        template = self._environment.get_template("docs/members.html.jinja")
        return Markup(template.render(schema=view))  # noqa: S704 - printed by a template that escapes

    def _frame(self, title: str, address: str, *crumbs: Ref) -> Frame:
        return Frame(
            title=title,
            root="../" * address.count("/"),
            address=address,
            api=self._parts.api.title,
            version=self._parts.api.version,
            has_schemas=bool(self._parts.nodes.schemas),
            has_errors=self._has_errors,
            has_extensions=bool(self._extensions),
            crumbs=crumbs,
        )

    def _index_page(self) -> object:
        return index_page(self._parts, self._frame(self._parts.api.title, "index.html"))

    def _errors_page(self) -> ErrorsPage:
        return errors_page(self._parts, self._frame("Errors", "errors.html"))

    def _operations(self) -> Iterator[tuple[str, str]]:
        reached = _incoming_links(self._parts)
        operations = self._parts.api.operations
        for index, operation in enumerate(operations):
            address = self._parts.addresses.operations[operation.operation_id]
            tag = Ref(operation.tag, href(self._parts.addresses.tags[operation.tag], "../"))
            frame = self._frame(operation.summary or operation.operation_id, address, tag)
            frame = replace(
                frame,
                previous=self._neighbour(operations[index - 1]) if index else None,
                next=self._neighbour(operations[index + 1])
                if index + 1 < len(operations)
                else None,
            )
            page = operation_page(
                self._parts,
                operation,
                frame,
                reached.get(operation.operation_id, ()),
                siblings_of(self._parts.nodes, operation, self._parts.addresses),
            )
            yield address, self._print("operation", page)

    def _neighbour(self, operation: Operation) -> Ref:
        address = self._parts.addresses.operations[operation.operation_id]
        return Ref(operation.summary or operation.operation_id, href(address, "../"))

    def _schema_pages(self) -> Iterator[tuple[str, str]]:
        for name, node in self._parts.nodes.schemas.items():
            address = self._parts.addresses.schemas[name]
            examples = self._parts.examples.of_schema(node, request=False)
            page = SchemaPage(
                frame=self._frame(name, address, Ref("Schemas", "../schemas.html")),
                name=name,
                title=text(mapping(node).get("title")),
                schema=self._schemas.page_tree(name),
                examples=tuple(
                    self._parts.examples.view(example, "application/json", "example")
                    for example in examples
                ),
                uses=self._usage.uses(name),
            )
            yield address, self._print("schema", page)


def _incoming_links(parts: Parts) -> dict[str, list[LinkView]]:
    """Return, for each operation, the operations whose responses link to it."""
    found: dict[str, list[LinkView]] = {}
    for operation in parts.api.operations:
        node = operation_node(parts.nodes, operation)
        source = Ref(
            operation.summary or operation.operation_id,
            href(parts.addresses.operations[operation.operation_id], "../"),
        )
        for entry in mapping(node.get("responses")).values():
            response = parts.nodes.resolve(entry)
            for view, target in parts.answers.outgoing(response):
                known = found.setdefault(target, [])
                if all(link.target != source for link in known):
                    known.append(replace(view, target=source))
    return found
