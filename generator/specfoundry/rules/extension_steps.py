"""Do the steps of `x-behaviours` call, send, keep and show what the document has?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.rules.contents import example_names, json_schemas, responses, success_schemas
from specfoundry.rules.context import Context, OperationPlace, Violation
from specfoundry.rules.extension_parts import extension_of, mapping, sequence
from specfoundry.rules.schema_path import schemas_at

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEPT = re.compile(r"\{([A-Za-z_]\w*)\}")
_VALUES = ("path", "query", "body", "shows", "lacks", "ends")
"""Members of a step in which a text may stand for a value that was kept."""


def extension_steps(context: Context) -> Iterator[Violation]:
    """Check that every step finds its parameters, example, status, places and kept values."""
    for operation in context.operations:
        for sentence, steps in extension_of(operation, "x-behaviours").items():
            kept: set[str] = set()
            for index, step in enumerate(map(mapping, sequence(steps))):
                pointer = join(operation.pointer, "x-behaviours", sentence, index)
                yield from _unkept(step, kept, pointer)
                called = context.operations_by_id.get(str(step.get("call")))
                if called is not None:
                    yield from _named(context, called, step, pointer)
                    yield from _found(context, called, step, pointer)
                kept |= mapping(step.get("keep")).keys()


def _unkept(step: dict[str, Any], kept: set[str], pointer: str) -> Iterator[Violation]:
    for member in _VALUES:
        for inside, text in _texts(step.get(member), join(pointer, member)):
            match = _KEPT.fullmatch(text)
            if match is not None and match[1] not in kept:
                yield Violation(inside, f"No step before keeps `{match[1]}`.")


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
            yield Violation(join(pointer, "path", name), message)
    example = step.get("example")
    if isinstance(example, str) and example not in example_names(context, called):
        message = f"`{called.label}` has no request example `{example}`."
        yield Violation(join(pointer, "example"), message)
    status = step.get("status")
    if isinstance(status, int) and not _answers(context, called, str(status)):
        yield Violation(join(pointer, "status"), f"`{called.label}` has no answer `{status}`.")


def _found(
    context: Context, called: OperationPlace, step: dict[str, Any], pointer: str
) -> Iterator[Violation]:
    status = step.get("status")
    schemas: list[Any] = success_schemas(context, called)
    if isinstance(status, int):
        answers = _answers(context, called, str(status))
        schemas = [schema for one in answers for _, schema in json_schemas(context, one)]
    places = [
        *((join("", "keep", name), at) for name, at in mapping(step.get("keep")).items()),
        *((join("", "shows", at), at) for at in mapping(step.get("shows"))),
    ]
    for where, at in places:
        if schemas and isinstance(at, str) and not schemas_at(context, schemas, at, wild=True):
            message = f"`{at}` leads nowhere in the answer of `{called.label}`."
            yield Violation(pointer + where, message)


def _answers(context: Context, called: OperationPlace, status: str) -> list[dict[str, Any]]:
    """Return the documented answers of a status: its own, of its range, or any other."""
    known = {name.upper(): response for name, response in responses(context, called)}
    wanted = (status, f"{status[:1]}XX", "DEFAULT")
    return [known[name] for name in wanted if name in known]
