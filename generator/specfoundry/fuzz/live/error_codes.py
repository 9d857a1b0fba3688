"""Does a refusal carry one of the codes that the document lists, with the number that goes with it?"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from specfoundry.fuzz.promises.contract import Answer, Contract, Operation
    from specfoundry.fuzz.server.exchange import Exchange


class ErrorCodes:
    """Knows the codes that a document lists (`x-error-codes`), and their numbers in its examples."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    def problems(self, operation: Operation, answer: Answer, exchange: Exchange) -> Iterator[str]:
        """Yield what is wrong with the code of an answer; nothing when none is listed for it."""
        own = answer.node.get("x-error-codes")
        if not own or exchange.json is None:
            return
        known = {str(code) for code in (*own, *operation.node.get("x-error-codes", ()))}
        holders = [one for one in _objects(exchange.json) if _codes(one, known)]
        if not holders:
            words = ", ".join(sorted(known))
            yield f"None of the codes {words} is in the answer: {exchange.summary()}"
        for holder in holders:
            for code in _codes(holder, known):
                yield from self._numbers(code, holder)

    def _numbers(self, code: str, holder: Mapping[str, Any]) -> Iterator[str]:
        for name, number in self._known_numbers.get(code, {}).items():
            if name in holder and holder[name] != number:
                yield f"With {code} `{name}` is {number}, and {holder[name]!r} came."

    @cached_property
    def _known_numbers(self) -> Mapping[str, Mapping[str, int]]:
        """Return, by code, the numbers that stand beside it in every example of the document."""
        found: dict[str, dict[str, set[int]]] = {}
        for answer in _answers(self._contract):
            listed = {str(code) for code in answer.node.get("x-error-codes", ())}
            for body in answer.bodies:
                for holder in (one for example in body.examples for one in _objects(example)):
                    for code in _codes(holder, listed):
                        for name, number in _integers(holder):
                            found.setdefault(code, {}).setdefault(name, set()).add(number)
        return {
            code: {name: numbers.pop() for name, numbers in members.items() if len(numbers) == 1}
            for code, members in found.items()
        }


def _answers(contract: Contract) -> Iterator[Answer]:
    for operation in contract:
        yield from operation.answers.values()


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object in a JSON value, outer ones first."""
    if isinstance(value, dict):
        yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in inner:
        yield from _objects(member)


def _codes(holder: Mapping[str, Any], known: set[str]) -> list[str]:
    """Return which known codes stand in an object itself; a number counts as its digits."""
    return [
        str(value)
        for value in holder.values()
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value) in known
    ]


def _integers(holder: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for name, value in holder.items():
        if isinstance(value, int) and not isinstance(value, bool):
            yield name, value
