"""Does a script lead to its complaint again?"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.trial import VERDICTS, Step, Taken

if TYPE_CHECKING:
    from specfoundry.fuzz.oracles.bench import Bench
    from specfoundry.fuzz.scripts.script import Script
    from specfoundry.fuzz.server.exchange import Call, Exchange

_LONG: Final = 16
"""Values of at least this length are replaced inside longer texts too."""


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """What came of a script.

    Attributes:
        message: What is wrong still; None: nothing, the complaint is settled.
        taken: The steps as they were taken now.

    """

    message: str | None
    taken: tuple[Taken, ...]


def replay(script: Script, bench: Bench) -> Replayed:
    """Take a script's steps again with fresh resources, judge them, and clear up.

    Args:
        script: What to do.
        bench: A server that nobody has asked anything through this bench.

    Raises:
        GoneError: The server has stopped answering.
    """
    mapping = _Mapping(script, bench.ground.garden.prefix)
    taken: list[Taken] = []
    try:
        for group in _groups(script.steps):
            now = [replace(one, call=mapping.call(one.call) if one.call else None) for one in group]
            for one in bench.ground.run(now):
                mapping.learn(len(taken), one.exchanges)
                taken.append(one)
        message = _judgement(script, bench, taken[-script.shown :], mapping)
    finally:
        for _ in bench.ground.garden.clear():
            pass
    return Replayed(message=message, taken=tuple(taken))


def _groups(steps: Sequence[Step]) -> list[list[Step]]:
    groups: list[list[Step]] = []
    for step in steps:
        if groups and step.together and groups[-1][0].together == step.together:
            groups[-1].append(step)
        else:
            groups.append([step])
    return groups


def _judgement(
    script: Script, bench: Bench, shown: Sequence[Taken], mapping: _Mapping
) -> str | None:
    if script.verdict is not None:
        return VERDICTS[script.verdict](shown, mapping.value(script.arguments))
    operation = bench.contract.get(script.operation)
    said = (
        complaint.message
        for complaint in bench.complaints
        if complaint.check == script.check
        and (operation is None or complaint.operation == operation.id)
    )
    return next(said, None)


class _Mapping:
    """Which values stand for those of the script, in this run."""

    def __init__(self, script: Script, prefix: str) -> None:
        self._script = script
        self._prefix = prefix
        self._now: dict[str, Any] = {}

    def learn(self, number: int, exchanges: Sequence[Exchange]) -> None:
        """Take the values that a step's answers give."""
        for text, origin in self._script.origins.items():
            if origin.step != number or text in self._now:
                continue
            found = (_value(exchange, origin.place) for exchange in exchanges)
            value = next((one for one in found if one is not None), None)
            if value is not None:
                self._now[text] = value

    def call(self, call: Call) -> Call:
        """Return a call with the values of this run."""
        return replace(
            call,
            path=self.value(call.path),
            query=self.value(call.query),
            headers=self.value(call.headers),
            body=self.value(call.body),
            address=self._within(call.address),
        )

    def value(self, value: Any) -> Any:
        """Return a JSON value with the values of this run."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {name: self.value(member) for name, member in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(member) for member in value]
        return value

    def _text(self, text: str) -> Any:
        if text in self._now:
            return self._now[text]
        if text in self._script.origins:
            # What should have given it did not: the one of the run before may still be there.
            return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._prefix}/{text}"))
        text = self._within(text)
        if text in self._script.invented:  # what it named may still be there
            return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._prefix}/{text}"))
        return text.replace(self._script.prefix, self._prefix) if self._script.prefix else text

    def _within(self, text: str) -> str:
        for old, new in self._now.items():
            if len(old) >= _LONG and isinstance(new, str):
                text = text.replace(old, new)
        return text


def _value(exchange: Exchange, place: str) -> Any:
    return exchange.headers.get(place[:-1]) if place.endswith(":") else exchange.at(place)
