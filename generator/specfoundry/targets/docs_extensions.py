"""What do an operation's `x-` members say, in plain words?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from specfoundry.extensions import extensions
from specfoundry.targets.docs_addresses import Addresses, anchor, fragment, href
from specfoundry.targets.docs_facts import json_text
from specfoundry.targets.docs_nodes import mapping, sequence
from specfoundry.targets.docs_semantics import Semantics
from specfoundry.targets.docs_views import Fact, Ref, Relation, Topic

# Shown elsewhere on the page, or about how the document was made.
_SHOWN_ELSEWHERE = frozenset({"x-codeSamples", "x-code-samples"})
_PAGE_WORDS = (
    ("items", "the entries"),
    ("total", "the number of all entries"),
    ("pages", "the number of pages"),
    ("first", "the address of the first page"),
    ("previous", "the address of the page before"),
    ("next", "the address of the next page"),
    ("last", "the address of the last page"),
)
_JOB_WORDS = (
    ("state", "state of the job"),
    ("done", "done when the state is"),
    ("failed", "failed when the state is"),
    ("errors", "what went wrong"),
)
_BLOB_WORDS = (
    ("part", "form field of the upload"),
    ("state", "state of the content"),
    ("ready", "can be downloaded when the state is"),
)


def _words(value: object) -> str:
    """Return a value of an extension as words: lists with commas, text as it is."""
    if isinstance(value, list):
        return ", ".join(_words(entry) for entry in value)
    return value if isinstance(value, str) else json_text(value)


def _described(value: Mapping[str, Any], words: tuple[tuple[str, str], ...]) -> tuple[Fact, ...]:
    """Return facts for the members that have words, then for those that have none."""
    known = dict(words)
    facts = [Fact(term, _words(value[key]), code=True) for key, term in words if key in value]
    facts += [
        Fact(key, _words(member), code=True) for key, member in value.items() if key not in known
    ]
    return tuple(facts)


class Extensions:
    """Turns the extensions of operations into topics; links lead to operations of the site."""

    def __init__(self, addresses: Addresses) -> None:
        """`addresses` tells where the operations stand that an extension names."""
        self._addresses = addresses
        self._semantics = Semantics(addresses)
        self._known: dict[str, Callable[[object], Topic]] = {
            "x-permitted-roles": _permitted_roles,
            "x-pagination": _pagination,
            "x-async-job": self._async_job,
            "x-blob": self._blob,
            "x-strict-query": _strict_query,
        }

    def topics(
        self, operation: Mapping[str, Any], parameters: Iterable[Mapping[str, Any]]
    ) -> tuple[Topic, ...]:
        """Return what the extensions of one operation say: the known ones first.

        `parameters` are the operation's, with the filters that it gives to them itself.
        """
        known = [
            replace(explain(operation[name]), extension=name)
            for name, explain in self._known.items()
            if operation.get(name) not in (None, False)
        ]
        told = self._semantics.topics(operation, parameters)
        return (*known, *told, *_errors(operation), *self._unknown(operation))

    def _unknown(self, operation: Mapping[str, Any]) -> Iterator[Topic]:
        names = [
            name
            for name in operation
            if name.startswith("x-") and name not in extensions() and name not in _SHOWN_ELSEWHERE
        ]
        facts = tuple(Fact(name, _short_json(operation[name]), code=True) for name in names)
        if facts:
            yield Topic(identifier="extensions", title="Extensions", facts=facts)

    def _operation_links(self, value: Mapping[str, Any], *members: str) -> tuple[Ref, ...]:
        names = [value[member] for member in members if isinstance(value.get(member), str)]
        return tuple(
            Ref(name, href(self._addresses.operations[name], "../"))
            for name in names
            if name in self._addresses.operations
        )

    def _async_job(self, value: object) -> Topic:
        job = mapping(value)
        location = _words(job.get("location", "Location"))
        place = (
            f"member {location} of the answer" if location.startswith("/") else f"header {location}"
        )
        rest = {key: job[key] for key in job if key not in ("location", "get")}
        return Topic(
            identifier="job",
            title="Asynchronous job",
            sentences=(
                f"The work goes on after the answer. The {place} tells where the job can be read; ask there until it is done or has failed.",
            ),
            facts=_described(rest, _JOB_WORDS),
            links=self._operation_links(job, "get"),
        )

    def _blob(self, value: object) -> Topic:
        blob = mapping(value)
        links = self._operation_links(blob, "upload", "download", "get")
        rest = {key: blob[key] for key in blob if key not in ("upload", "download", "get")}
        return Topic(
            identifier="blob",
            title="Binary content",
            sentences=("The operation moves binary content, which is streamed.",),
            facts=_described(rest, _BLOB_WORDS),
            links=links,
        )


def _short_json(value: object) -> str:
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 500 else f"{shown[:500]} …"


def _permitted_roles(value: object) -> Topic:
    roles = mapping(value) or {"roles": sequence(value)}
    sentences = []
    if roles.get("anyone") is True:
        sentences.append("Every authenticated caller may call this operation.")
    if roles.get("filtered") is True:
        sentences.append("The answer holds only what the caller's roles allow to see.")
    note = roles.get("note") or roles.get("description")
    if isinstance(note, str):
        sentences.append(note)
    rows = [(_words(role), "permitted") for role in sequence(roles.get("roles"))]
    for outcome, words in (("denied", "refused"), ("hidden", "hidden")):
        group = mapping(roles.get(outcome))
        status = f"{words}: {group['status']}" if "status" in group else words
        rows += [(_words(role), status) for role in sequence(group.get("roles"))]
    return Topic(
        identifier="roles",
        title="Permitted roles",
        sentences=tuple(sentences),
        columns=("Role", "Outcome") if rows else (),
        rows=tuple(rows),
    )


def _pagination(value: object) -> Topic:
    paging = mapping(value)
    page = paging.get("page")
    size = paging.get("per-page", paging.get("per_page"))
    asked = [f"{_words(page)} chooses the page"] if page else []
    asked += [f"{_words(size)} the number of entries on it"] if size else []
    sentences = ["The answer comes in pages."]
    if asked:
        sentences.append(f"The parameter {', '.join(asked)}.")
    rest = {key: paging[key] for key in paging if key not in ("page", "per-page", "per_page")}
    return Topic(
        identifier="pagination",
        title="Pages",
        sentences=tuple(sentences),
        facts=_described(rest, _PAGE_WORDS),
    )


def _strict_query(value: object) -> Topic:
    status = f" with status {value}" if isinstance(value, int) and value is not True else ""
    return Topic(
        identifier="strict-query",
        title="Unknown query parameters",
        sentences=(f"A query parameter that is not listed here is refused{status}.",),
    )


def _errors(operation: Mapping[str, Any]) -> Iterator[Topic]:
    """Yield the errors that an operation names beside those of its answers."""
    links = tuple(
        Ref(code, f"../errors.html{fragment(error_identifier(code))}")
        for code, _ in error_codes(operation.get("x-error-codes"))
    )
    if links:
        yield Topic(
            identifier="errors",
            title="Errors",
            relations=(Relation("any answer may have", links),),
            extension="x-error-codes",
        )


def error_codes(value: object) -> Iterator[tuple[str, str]]:
    """Yield the codes of one `x-error-codes` with their descriptions, which may be empty.

    A list of codes, a list of objects with `code` (or `title`) and `description` (or `detail`), or
    an object from code to description.
    """
    if isinstance(value, Mapping):
        for code, about in value.items():
            yield str(code), about if isinstance(about, str) else ""
        return
    for entry in sequence(value):
        if isinstance(entry, Mapping):
            code = entry.get("title", entry.get("code", entry.get("name")))
            about = entry.get("description", entry.get("detail", ""))
            yield str(code), about if isinstance(about, str) else ""
        else:
            yield str(entry), ""


def error_identifier(code: str) -> str:
    """Return the id of a code on the page of errors."""
    return anchor(code)
