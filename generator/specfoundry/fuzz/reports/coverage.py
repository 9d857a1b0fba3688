"""How much of a contract have requests and answers touched?

Numbers only are kept, no exchange: an hour of fuzzing needs no more room than a minute.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import join
from specfoundry.fuzz.reports.coverage_schemas import SchemaCoverage
from specfoundry.runtime.codecs import CodecError, scalar
from specfoundry.runtime.operations import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Answer, Contract, Operation, Parameter
    from specfoundry.fuzz.server.exchange import Exchange

VALID: Final = "valid"
INVALID: Final = "invalid"
BODY: Final = "body"
_SHAPE: Final = Shape(("integer", "number", "boolean", "string"))


@dataclass(slots=True)
class Coverage:
    """What has been sent and answered so far.

    Attributes:
        contract: The document.
        statuses: Per operationId, how often each status was answered.
        inputs: Per operationId, how often each parameter (`query:name`) and the `body` was sent
            `valid` and `invalid`.
        schemas: What was seen of the answers' schemas.

    """

    contract: Contract
    statuses: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    inputs: defaultdict[str, defaultdict[str, Counter[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Counter))
    )
    schemas: SchemaCoverage = field(init=False)

    def __post_init__(self) -> None:
        """Prepare to judge what is sent."""
        self.schemas = SchemaCoverage(self.contract)

    def watch(self, operation: Operation, exchange: Exchange) -> None:
        """Take an exchange; a session's watcher."""
        if exchange.call.is_odd:
            return
        self.statuses[operation.id][str(exchange.status)] += 1
        for name, verdict in self._sent(operation, exchange):
            self.inputs[operation.id][name][verdict] += 1
        answer = operation.answer_for(exchange.status)
        if answer is not None and "json" in exchange.media_type:
            self._answered(answer, exchange)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "statuses": {name: dict(found) for name, found in self.statuses.items()},
            "inputs": {
                name: {one: dict(counts) for one, counts in found.items()}
                for name, found in self.inputs.items()
            },
            "schemas": sorted(self.schemas.seen),
        }

    def add(self, other: Mapping[str, Any]) -> None:
        """Add what another process saw, as `to_json` gave it."""
        for name, found in other["statuses"].items():
            self.statuses[name].update(found)
        for name, inputs in other["inputs"].items():
            for one, counts in inputs.items():
                self.inputs[name][one].update(counts)
        self.schemas.seen.update(other["schemas"])

    def clear(self) -> None:
        """Forget everything, once it has been added elsewhere."""
        self.statuses.clear()
        self.inputs.clear()
        self.schemas.seen.clear()

    def _answered(self, answer: Answer, exchange: Exchange) -> None:
        for body in answer.bodies:
            if body.media_type.startswith(exchange.media_type) and body.schema_pointer:
                self.schemas.observe(body.schema_pointer, exchange.json)

    def _sent(self, operation: Operation, exchange: Exchange) -> Iterator[tuple[str, str]]:
        call = exchange.call
        given = {"path": call.path, "query": call.query, "header": call.headers}
        for parameter in operation.parameters:
            values = given.get(parameter.location, {})
            if parameter.name in values:
                fits = self._fits(parameter, values[parameter.name])
                yield f"{parameter.location}:{parameter.name}", VALID if fits else INVALID
            elif parameter.node.get("required"):
                yield f"{parameter.location}:{parameter.name}", INVALID
        if operation.bodies:
            yield BODY, VALID if self._body_fits(operation, exchange) else INVALID

    def _fits(self, parameter: Parameter, value: Any) -> bool:
        if "schema" not in parameter.node:
            return True
        pointer = join(parameter.pointer, "schema")
        return any(self._accepts(pointer, one) for one in _readings(value, parameter))

    def _accepts(self, pointer: str, value: Any) -> bool:
        return self.contract.validators.allows(pointer, value)

    def _body_fits(self, operation: Operation, exchange: Exchange) -> bool:
        call = exchange.call
        if call.media_type is None:
            return not operation.is_body_required
        sent = call.media_type.split(";")[0].strip().lower()
        for body in operation.bodies:
            if body.media_type.split(";")[0].strip().lower() == sent:
                judged = "json" in sent and body.schema_pointer is not None
                return not judged or self._json_fits(str(body.schema_pointer), call.body)
        return False

    def _json_fits(self, pointer: str, body: Any) -> bool:
        if not isinstance(body, bytes):
            return self._accepts(pointer, body)
        try:
            return self._accepts(pointer, json.loads(body))
        except (ValueError, RecursionError):  # what is nested too deeply is no JSON of ours
            return False


def _readings(value: Any, parameter: Parameter) -> Iterator[Any]:
    """Yield what a server may take a value for; texts stand for numbers on the wire."""
    yield value
    if parameter.is_list:
        texts = value.split(",") if isinstance(value, str) else value
        if isinstance(texts, list | tuple):
            yield list(texts)
            yield [_scalar(text) for text in texts]
    elif isinstance(value, str):
        yield _scalar(value)


def _scalar(text: Any) -> Any:
    try:
        return scalar(str(text), _SHAPE)
    except CodecError:
        return text
