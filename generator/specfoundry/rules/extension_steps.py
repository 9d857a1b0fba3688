"""Do the steps of `x-cases` call, send, name and show what the document has?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.rules.contents import example_names, json_schemas, responses, success_schemas
from specfoundry.rules.context import Context, OperationPlace, Violation
from specfoundry.rules.extension_parts import mapping, sequence
from specfoundry.rules.schema_path import schemas_at

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOLDING = (
    *("set", "shows", "hides", "until", "says", "lacks", "archive", "content", "holds"),
    "headers",
)
"""Members of a step with values that may stand for others."""
_NAMED = re.compile(r"\$([a-z][a-z0-9_]*)")
_GIVEN = frozenset({"fresh", "unknown"})
_UNKNOWN = frozenset({"address", "method"})
"""With one of them a step asks for what the document does not know."""


def extension_steps(context: Context) -> Iterator[Violation]:
    """Check that every step finds its parameters, example, status, places and named values."""
    for operation in context.operations:
        for index, case in enumerate(map(mapping, sequence(operation.node.get("x-cases")))):
            yield from _case(context, case, join(operation.pointer, "x-cases", index))


def _case(context: Context, case: dict[str, Any], pointer: str) -> Iterator[Violation]:
    known = set(_GIVEN)
    for part in ("steps", "finally"):
        for index, step in enumerate(map(mapping, sequence(case.get(part)))):
            where = join(pointer, part, index)
            known |= {name} if isinstance(name := step.get("name"), str) else set()
            yield from _unnamed(step, known, where)
            braced = [name for name in mapping(step.get("set")) if name.startswith("{")]
            path = {name.strip("{}"): None for name in braced}
            yield from _called(context, {**step, "path": path}, step.get("operation"), where)


def _called(context: Context, step: dict[str, Any], name: Any, pointer: str) -> Iterator[Violation]:
    called = context.operations_by_id.get(name) if isinstance(name, str) else None
    if called is not None:
        yield from _named(context, called, step, pointer)
        if not _UNKNOWN & step.keys():
            yield from _found(context, called, step, pointer)


def _unnamed(step: dict[str, Any], known: set[str], pointer: str) -> Iterator[Violation]:
    """Yield the values of a case that stand for what no step until here has named."""
    for member in _HOLDING:
        for inside, text in _texts(step.get(member), join(pointer, member)):
            match = _NAMED.match(text)
            if match is not None and match[1] not in known:
                yield Violation(inside, f"No step until here is named `{match[1]}`.")


def _texts(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    for name, inner in mapping(value).items():
        yield from _texts(inner, join(pointer, name))
    for index, inner in enumerate(sequence(value)):
        yield from _texts(inner, join(pointer, index))


def _named(
    context: Context, called: OperationPlace, step: dict[str, Any], pointer: str
) -> Iterator[Violation]:
    known = {node["name"] for _, node in called.parameters if node["in"] == "path"}
    for name in mapping(step.get("path")):
        if name not in known:
            message = f"`{called.label}` has no path parameter `{name}`."
            yield Violation(join(pointer, "set", f"{{{name}}}"), message)
    example = step.get("example")
    if isinstance(example, str) and example not in example_names(context, called):
        message = f"`{called.label}` has no request example `{example}`."
        yield Violation(join(pointer, "example"), message)


def _found(
    context: Context, called: OperationPlace, step: dict[str, Any], pointer: str
) -> Iterator[Violation]:
    status = step.get("status")
    schemas: list[Any] = success_schemas(context, called)
    if isinstance(status, int):
        answers = _answers(context, called, str(status))
        if not answers:
            yield Violation(join(pointer, "status"), f"`{called.label}` has no answer `{status}`.")
        schemas = [schema for one in answers for _, schema in json_schemas(context, one)]
        if schemas:
            schemas += _of_job(context, called)
    for at in mapping(step.get("shows")):
        if schemas and isinstance(at, str) and not schemas_at(context, schemas, at, wild=True):
            message = f"`{at}` leads nowhere in the answer of `{called.label}`."
            yield Violation(join(pointer, "shows", at), message)


def _of_job(context: Context, called: OperationPlace) -> list[Any]:
    """Return the schemas of the job that a call starts: the last answer of such a step is its."""
    name = mapping(called.node.get("x-async-job")).get("get")
    job = context.operations_by_id.get(name) if isinstance(name, str) else None
    return success_schemas(context, job) if job is not None else []


def _answers(context: Context, called: OperationPlace, status: str) -> list[dict[str, Any]]:
    """Return the documented answers of a status: its own, of its range, or any other."""
    known = {name.upper(): response for name, response in responses(context, called)}
    wanted = (status, f"{status[:1]}XX", "DEFAULT")
    return [known[name] for name in wanted if name in known]
