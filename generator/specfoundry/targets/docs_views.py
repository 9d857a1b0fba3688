"""What do the templates of the documentation receive?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from specfoundry.targets.docs_behaviour import CaseView

_NOTHING = Markup()


@dataclass(frozen=True, slots=True)
class Ref:
    """A text, and where it leads; no `href` for a thing that has no page."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One property of a thing in words: a term and its value."""

    term: str
    value: str
    code: bool = False
    """The value is shown as code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaView:
    """One line of a schema's tree and what hangs below it."""

    label: str
    """Property name, or what the line is: `each item`, `any other member`; may be empty."""
    code: bool = True
    """The label is a name of the document, not a word of ours."""
    identifier: str | None = None
    permalink: str | None = None
    type: tuple[Ref, ...] = ()
    flags: tuple[str, ...] = ()
    """Words such as `required`, `nullable`, `deprecated`; also names of style classes."""
    facts: tuple[Fact, ...] = ()
    values: tuple[str, ...] = ()
    """The enumeration, as JSON."""
    description: Markup = _NOTHING
    choice: str = ""
    """Heading of the variants: `One of`, `Any of`; empty when there are none."""
    children: tuple[SchemaView, ...] = ()
    variants: tuple[SchemaView, ...] = ()
    embedded: Markup = _NOTHING
    """The members of a shared schema, printed once for the whole site."""
    note: Ref | None = None
    """Says that the tree continues elsewhere."""

    @property
    def is_branch(self) -> bool:
        """Whether there is something to unfold."""
        return bool(self.children or self.variants or self.embedded)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleView:
    """One example with its text, ready to be copied."""

    identifier: str
    title: str
    code: Markup
    """Highlighted text."""
    description: Markup = _NOTHING
    composed: bool = False
    """Put together from the schema, because the document shows none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaView:
    """One media type of a body or a response."""

    media_type: str
    schema: SchemaView | None
    examples: tuple[ExampleView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A parameter or a header: a row of a table."""

    name: str
    identifier: str
    schema: SchemaView
    """Type, flags, facts and values; its description is the field's."""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterGroup:
    """The parameters of one location."""

    location: str
    title: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """An operation that can be called with what a response tells."""

    name: str
    target: Ref
    description: Markup = _NOTHING
    parameters: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseView:
    """One documented answer."""

    status: str
    reason: str
    """The status in words (RFC 9110, 15), empty for ranges."""
    identifier: str
    kind: str
    """Style class: `success`, `redirect`, `error` or `other`."""
    description: Markup
    headers: tuple[FieldView, ...] = ()
    media: tuple[MediaView, ...] = ()
    links: tuple[LinkView, ...] = ()
    error_codes: tuple[Ref, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to unfold."""
        return not (self.headers or self.media or self.links or self.error_codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyView:
    """The request body."""

    required: bool
    description: Markup
    media: tuple[MediaView, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """How a thing has to do with others: words, and where they lead."""

    words: str
    links: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What an extension says, in words: sentences, facts, relations and a table."""

    identifier: str
    title: str
    sentences: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    relations: tuple[Relation, ...] = ()
    links: tuple[Ref, ...] = ()
    extension: str = ""
    """Where it is described in the reference of extensions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleView:
    """A call in some language."""

    identifier: str
    title: str
    code: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page has around its content."""

    title: str
    """Title of the page; the API's own stands behind it."""
    root: str
    """From the page to the site's root: empty, or `../`."""
    address: str
    """The page's own address from the site's root."""
    api: str
    version: str
    has_schemas: bool
    has_errors: bool
    has_extensions: bool
    crumbs: tuple[Ref, ...] = ()
    previous: Ref | None = None
    next: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow:
    """An operation in a list."""

    method: str
    path: str
    name: str
    summary: str
    href: str
    deprecated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationPage:
    """Everything on the page of one operation."""

    frame: Frame
    operation_id: str
    method: str
    path: tuple[Ref, ...]
    """The path in pieces; a template variable leads to its parameter."""
    summary: str
    description: Markup
    deprecated: bool
    tag: Ref
    security: tuple[str, ...] = ()
    """The alternatives, in words; empty when nothing is asked for."""
    topics: tuple[Topic, ...] = ()
    parameters: tuple[ParameterGroup, ...] = ()
    body: BodyView | None = None
    responses: tuple[ResponseView, ...] = ()
    samples: tuple[SampleView, ...] = ()
    cases: tuple[CaseView, ...] = ()
    reached_from: tuple[LinkView, ...] = ()
    siblings: tuple[OperationRow, ...] = ()
    """The other operations of the same path."""
    outside: Ref | None = None
    """External documentation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagSection:
    """A tag and its operations on the first page."""

    name: str
    identifier: str
    description: Markup
    operations: tuple[OperationRow, ...]
    outside: Ref | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeView:
    """One way to authenticate."""

    name: str
    identifier: str
    facts: tuple[Fact, ...]
    description: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerView:
    """A base address."""

    url: str
    description: Markup
    variables: tuple[FieldView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPage:
    """Everything on the first page."""

    frame: Frame
    summary: str
    description: Markup
    facts: tuple[tuple[str, Ref], ...]
    servers: tuple[ServerView, ...]
    schemes: tuple[SchemeView, ...]
    tags: tuple[TagSection, ...]
    operation_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Where a schema is used, grouped by how."""

    title: str
    links: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaPage:
    """Everything on the page of one schema component."""

    frame: Frame
    name: str
    title: str
    schema: SchemaView
    examples: tuple[ExampleView, ...]
    uses: tuple[Use, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaRow:
    """A schema in the list of schemas."""

    name: str
    href: str
    type: str
    excerpt: str
    deprecated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemasPage:
    """The list of all schemas."""

    frame: Frame
    rows: tuple[SchemaRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRow:
    """One error code and the operations that may answer it."""

    code: str
    identifier: str
    statuses: tuple[str, ...]
    description: str
    operations: tuple[OperationRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsPage:
    """All documented error codes."""

    frame: Frame
    rows: tuple[ErrorRow, ...]
    described: bool = field(default=False)
    """Whether any code has a description."""
