"""Is an answer one that the document allows?

The same judgement serves fuzzing, conformance runs and recorded traffic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import join
from specfoundry.fuzz.live.error_codes import ErrorCodes
from specfoundry.fuzz.live.trial import Complaint, Step, Taken
from specfoundry.fuzz.server.exchange import NO_ANSWER, is_json, parse_json
from specfoundry.runtime.codecs import CodecError, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Answer, Body, Contract, Operation
    from specfoundry.fuzz.server.exchange import Exchange
    from specfoundry.fuzz.server.session import Watcher

_CHARSET: Final = re.compile(r'charset="?([^";\s]+)', re.IGNORECASE)
_UTF8: Final = {"utf-8", "utf8", "us-ascii"}
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason why an answer is not what the document promises."""

    check: str
    """`no-answer`, `server-error`, `status`, `media-type`, `header`, `schema` or `error-code`."""
    message: str


class Judge:
    """Judges answers by one document."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    @cached_property
    def _error_codes(self) -> ErrorCodes:
        return ErrorCodes(self._contract)

    def objections(self, operation: Operation, exchange: Exchange) -> Iterator[Objection]:
        """Yield everything that is wrong with an answer; nothing for a right one."""
        if exchange.status == NO_ANSWER:
            yield Objection("no-answer", f"Nothing came back: {exchange.summary()}")
            return
        if exchange.call.is_odd:
            if exchange.status >= 500:
                yield Objection("server-error", f"The server failed: {exchange.summary()}")
            return
        if exchange.status >= 500 and not _is_foreseen(operation, exchange):
            yield Objection("server-error", f"The server failed: {exchange.summary()}")
        answer = operation.answer_for(exchange.status)
        if answer is None:
            known = ", ".join(operation.answers)
            text = f"Status {exchange.status} is not documented (only {known})."
            yield Objection("status", f"{text} It said: {exchange.summary()}")
            return
        yield from self._headers(answer, exchange)
        if exchange.method != "HEAD":
            yield from self._body(answer, exchange)
            for problem in self._error_codes.problems(operation, answer, exchange):
                yield Objection("error-code", problem)

    def watch(self, complaints: list[Complaint]) -> Watcher:
        """Return a session's watcher that adds a complaint to a list for every new objection."""
        known: set[tuple[str, Objection]] = set()

        def watcher(operation: Operation, exchange: Exchange) -> None:
            for objection in self.objections(operation, exchange):
                if (operation.id, objection) in known:
                    continue
                known.add((operation.id, objection))
                taken = Taken(Step(call=exchange.call), (exchange,))
                complaints.append(
                    Complaint(
                        check=objection.check,
                        operation=operation.id,
                        message=objection.message,
                        taken=(taken,),
                    )
                )

        return watcher

    def _headers(self, answer: Answer, exchange: Exchange) -> Iterator[Objection]:
        for name, (pointer, node) in answer.headers.items():
            value = exchange.headers.get(name)
            if name == "content-type":  # the media types say it (OpenAPI 3.1, 4.8.17)
                continue
            if value is None:
                if node.get("required", False):
                    yield Objection("header", f"The header `{name}` is missing.")
            elif isinstance(node.get("schema"), dict):
                for problem in self._header_problems(join(pointer, "schema"), value):
                    yield Objection("header", f"Header `{name}: {value}`: {problem}")

    def _header_problems(self, pointer: str, value: str) -> Iterator[str]:
        validators = self._contract.validators
        problem = next((text for _, text in validators.errors(pointer, value)), None)
        if problem is not None and not validators.allows(pointer, _number(value)):
            yield problem

    def _body(self, answer: Answer, exchange: Exchange) -> Iterator[Objection]:
        if not answer.bodies:
            if exchange.content:
                yield Objection("media-type", f"A body is not documented: {exchange.summary()}")
            return
        body = _matching(answer.bodies, exchange.media_type)
        if body is None:
            known = ", ".join(one.media_type for one in answer.bodies)
            sent = exchange.media_type or "none"
            yield Objection("media-type", f"Media type {sent} is not documented (only {known}).")
            return
        if is_json(exchange.media_type):
            yield from _of_charset(exchange)
            yield from self._json(body, exchange)

    def _json(self, body: Body, exchange: Exchange) -> Iterator[Objection]:
        if body.schema_pointer is None:  # nothing is promised, not even that it can be read
            return
        try:
            value = parse_json(exchange.content)
        except ValueError as error:
            yield Objection("schema", f"The body is no JSON: {error}")
            return
        problems = list(self._contract.validators.errors(body.schema_pointer, value))
        for pointer, text in problems[:_SHOWN]:
            yield Objection("schema", f"{pointer or '(body)'}: {text}")
        if len(problems) > _SHOWN:
            yield Objection("schema", f"and {len(problems) - _SHOWN} more in the same body")

    def problems(self, pointer: str, value: Any) -> list[str]:
        """Return what the schema at a pointer refuses about a value."""
        found = self._contract.validators.errors(pointer, value)
        return [f"{place}: {text}" for place, text in found]


def _is_foreseen(operation: Operation, exchange: Exchange) -> bool:
    """Return whether the document promises a failure, for reasons of state or for want of room."""
    told: Mapping[str, str] = operation.node.get("x-state-dependent", {})
    is_told = operation.answer_for(exchange.status) is not None
    return str(exchange.status) in told or (exchange.call.in_need and is_told)


def _matching(bodies: tuple[Body, ...], media_type: str) -> Body | None:
    by_range = (media_type, f"{media_type.split('/', maxsplit=1)[0]}/*", "*/*")
    named = {body.media_type.split(";")[0].strip().lower(): body for body in bodies}
    return next((named[name] for name in by_range if name in named), None)


def _of_charset(exchange: Exchange) -> Iterator[Objection]:
    """Object to JSON that is said to be written in anything but UTF-8 (RFC 8259, 8.1)."""
    told = _CHARSET.search(exchange.headers.get("content-type", ""))
    if told and told[1].lower() not in _UTF8:
        yield Objection("media-type", f"JSON is UTF-8, and this is said to be {told[1]}.")


def _number(text: str) -> object:
    from specfoundry.runtime.operations import Shape  # noqa: PLC0415 -- only for odd headers

    try:
        return scalar(text, Shape(("integer", "number", "boolean", "string")))
    except CodecError:
        return text
