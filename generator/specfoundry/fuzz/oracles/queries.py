"""Are query parameters refused that a strict operation does not know, and bad values of known ones?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.fuzz.exchange import Call
from specfoundry.fuzz.garden import BarrenError
from specfoundry.fuzz.oracles.ground import Complaint, Ground

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.fuzz.contract import Operation, Parameter

CHECK = "strict-query"


def strict_queries(ground: Ground) -> Iterator[Complaint]:
    """Send every reading operation a parameter that it lacks, and bad values of those it has."""
    for operation in ground.contract:
        if operation.method != "GET":
            continue
        try:
            path = ground.parent(operation)
        except BarrenError:
            continue
        if len(path) < len(list(operation.at("path"))):
            continue
        yield from _unknown(ground, operation, path)
        for parameter in operation.at("query"):
            for value in bad_values(parameter):
                call = Call(operation=operation.id, path=path, query={parameter.name: value})
                answer = ground.session.send(call)
                if answer.ok:
                    text = f"{parameter.name}={value} breaks its schema, and was accepted"
                    yield Complaint("bad-query", operation.id, text, (answer,))


def _unknown(ground: Ground, operation: Operation, path: dict[str, Any]) -> Iterator[Complaint]:
    if not operation.node.get("x-strict-query"):
        return
    call = Call(operation=operation.id, path=path, query={"nobody_knows_this": "1"})
    answer = ground.session.send(call)
    if answer.ok:
        text = "a query parameter that nobody knows was accepted"
        yield Complaint(CHECK, operation.id, text, (answer,))


def bad_values(parameter: Parameter) -> Iterator[Any]:
    """Yield values that a parameter's schema refuses, whatever the server reads into a text."""
    schema = parameter.schema
    lenient = parameter.node.get("x-decode") == "leading-integer"
    if schema.get("type") in {"integer", "number"}:
        yield "abc"
        if not lenient:
            yield "1.5" if schema.get("type") == "integer" else "1e"
        if "minimum" in schema:
            yield schema["minimum"] - 1
        if "maximum" in schema:
            yield schema["maximum"] + 1
    values = schema.get("enum")
    if isinstance(values, list) and values:
        yield "nobody-knows-this-value"
