"""What do the client templates loop over?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a generated method; every text is Python source."""

    name: str
    annotation: str
    default: str | None = None
    keyword_only: bool = True

    @property
    def declaration(self) -> str:
        """The argument as it stands in the signature."""
        default = "" if self.default is None else f" = {self.default}"
        return f"{self.name}: {self.annotation}{default}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointView:
    """The constant that describes one operation to the runtime; every value is Python source."""

    name: str
    result: str
    members: tuple[tuple[str, str], ...]
    """Keyword arguments of `Endpoint`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodView:
    """One method of a group, in both kinds of client."""

    name: str
    docstring: str
    short_docstring: str
    endpoint: str
    verb: str
    """`call`, `download` or `pages`: what the runtime does."""
    arguments: tuple[Argument, ...]
    call: tuple[tuple[str, str], ...]
    """Keyword arguments of `Call`."""
    result: str
    async_result: str
    pagination: str | None = None
    """Arguments of `Pagination` for an iterator over all pages."""

    @property
    def call_arguments(self) -> str:
        """What stands between the parentheses of `Call`."""
        return ", ".join(f"{name}={code}" for name, code in self.call)

    @property
    def signature(self) -> str:
        """The arguments after `self`, with the star where only keywords follow."""
        positional = [a.declaration for a in self.arguments if not a.keyword_only]
        keyword = [a.declaration for a in self.arguments if a.keyword_only]
        return ", ".join(["self", *positional, *(["*", *keyword] if keyword else [])])


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldsView:
    """A typed dict for the fields of a form body that is given as one argument."""

    name: str
    fields: tuple[tuple[str, str], ...]
    """Python name and annotation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """The answers that lead to jobs of one type."""

    jobs: tuple[tuple[str, str], ...]
    """Answer class and its `AsyncJob`, as Python source."""
    result: str
    """Annotation of the finished job."""

    @property
    def answers(self) -> str:
        """Annotation of the answers that lead here."""
        return " | ".join(answer for answer, _ in self.jobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """One tag: a module with a synchronous and an asynchronous class."""

    banner: str
    module: str
    attribute: str
    title: str
    docstring: str
    sync_class: str
    async_class: str
    typing: tuple[str, ...]
    """Names that are imported from `typing`; the next two are from other modules."""
    collections: tuple[str, ...]
    runtime: tuple[str, ...]
    imports: tuple[str, ...]
    """Further import lines."""
    endpoints: tuple[EndpointView, ...]
    fields: tuple[FieldsView, ...]
    methods: tuple[MethodView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersView:
    """The shared error answers."""

    banner: str
    runtime: tuple[str, ...]
    imports: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    """Class name and the `Answer` expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientView:
    """The classes that hold all groups."""

    banner: str
    title: str
    docstring: str
    imports: tuple[str, ...]
    groups: tuple[GroupView, ...]
    jobs: tuple[JobView, ...]

    @property
    def answers(self) -> str:
        """Annotation of all answers that can be waited for."""
        return " | ".join(job.answers for job in self.jobs)

    @property
    def job_result(self) -> str:
        """Annotation of the finished job, `Any` where there are several types."""
        return self.jobs[0].result if len(self.jobs) == 1 else "Any"
