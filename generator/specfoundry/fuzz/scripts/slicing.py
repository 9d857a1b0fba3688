"""Which of the calls so far does a complaint depend on?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import join
from specfoundry.fuzz.live.trial import Step
from specfoundry.fuzz.promises.semantics import creation_of, job_of
from specfoundry.fuzz.scripts.script import Origin, Script, call_texts, texts

if TYPE_CHECKING:
    from specfoundry.fuzz.live.garden import Garden
    from specfoundry.fuzz.live.trial import Complaint
    from specfoundry.fuzz.promises.contract import Contract
    from specfoundry.fuzz.server.exchange import Exchange

_SHORTEST: Final = 6
"""Shorter texts stand in too many answers by chance."""
_MOST: Final = 60
"""Calls that a script may have before those which it shows."""


def script_of(
    complaint: Complaint, past: Sequence[Exchange], contract: Contract, garden: Garden
) -> Script:
    """Return a script that leads to a complaint.

    It holds the calls that gave the values which the shown ones use, the calls that brought to life
    what the shown answers list, and whatever changed any of these.

    Args:
        complaint: What was found.
        past: The exchanges of the session, oldest first; those of the complaint among them.
        contract: The document.
        garden: Made up the texts.
    """
    needs = _Needs(contract, list(past), complaint)
    needs.gather()
    setup = [_step(contract, needs.past[index]) for index in sorted(needs.chosen)]
    steps = (*setup, *(taken.step for taken in complaint.taken))
    sent = {text for step in steps if step.call for text in call_texts(step.call)}
    return Script(
        check=complaint.check,
        operation=complaint.operation,
        message=complaint.message,
        verdict=complaint.verdict,
        arguments=complaint.arguments,
        steps=steps,
        shown=len(complaint.taken),
        origins=dict(needs.origins()),
        prefix=garden.prefix,
        invented=frozenset(sent & garden.invented),
    )


@dataclass
class _Needs:
    contract: Contract
    past: list[Exchange]
    complaint: Complaint
    chosen: set[int] = field(default_factory=set)
    """Indices into `past`."""
    _ids: dict[str, int] = field(default_factory=dict)
    """Value → index of the exchange that gave it."""

    def gather(self) -> None:
        """Choose the exchanges that the complaint depends on."""
        shown = {id(exchange) for exchange in self.complaint.exchanges}
        first = next((i for i, one in enumerate(self.past) if id(one) in shown), len(self.past))
        self.past = self.past[:first]
        answers = b"\n".join(exchange.content for exchange in self.complaint.exchanges)
        wanted = [index for index, known in self._created() if known.encode() in answers]
        for text in self._texts():
            self._need(text)
        for index in wanted[-_MOST:]:
            self._choose(index)
        self._changes()

    def _texts(self) -> Iterator[str]:
        for taken in self.complaint.taken:
            if taken.step.call is not None:
                yield from call_texts(taken.step.call)
        yield from texts(self.complaint.arguments)

    def _created(self) -> Iterator[tuple[int, str]]:
        for index, exchange in enumerate(self.past):
            operation = self.contract.get(exchange.call.operation)
            creation = creation_of(operation) if operation and exchange.ok else None
            known = exchange.at(creation.id) if creation else None
            if isinstance(known, str) and len(known) >= _SHORTEST:
                yield index, known

    def _need(self, text: str) -> None:
        if len(text) < _SHORTEST or text in self._ids:
            return
        index = self._giver(text)
        if index is not None:
            self._ids[text] = index
            self._choose(index)

    def _giver(self, text: str) -> int | None:
        """Return the first exchange whose answer has a text that nobody had sent before."""
        raw = json.dumps(text, ensure_ascii=False)[1:-1].encode()
        for index, exchange in enumerate(self.past):
            if text in call_texts(exchange.call):
                return None
            if exchange.ok and (
                raw in exchange.content or any(text in one for one in exchange.headers.values())
            ):
                return index
        return None

    def _choose(self, index: int) -> None:
        if index in self.chosen or len(self.chosen) >= _MOST:
            return
        self.chosen.add(index)
        for text in call_texts(self.past[index].call):
            self._need(text)

    def _changes(self) -> None:
        """Add what changed the chosen resources after they were made."""
        known = {str(found) for index, found in self._created() if index in self.chosen}
        known |= self._ids.keys()
        for index, exchange in enumerate(self.past):
            operation = self.contract.get(exchange.call.operation)
            if operation is None or operation.reads or not exchange.ok:
                continue
            if known & set(texts(exchange.call.path)):
                self._choose(index)

    def origins(self) -> Iterator[tuple[str, Origin]]:
        """Yield where the values came from that the script's calls and arguments repeat."""
        order = sorted(self.chosen)
        steps = [self.past[index].call for index in order]
        steps += [taken.step.call for taken in self.complaint.taken if taken.step.call]
        given: list[Sequence[Exchange]] = [[self.past[index]] for index in order]
        given += [taken.exchanges for taken in self.complaint.taken]
        used = {text for call in steps for text in call_texts(call)} | set(
            texts(self.complaint.arguments)
        )
        made_up: set[str] = set()
        for number, exchanges in enumerate(given):
            for exchange in exchanges:
                made_up |= set(call_texts(exchange.call))
                for text in sorted(used - made_up):
                    place = place_of(exchange, text) if len(text) >= _SHORTEST else None
                    if place is not None:
                        yield text, Origin(step=number, place=place)
                        used.discard(text)


def place_of(exchange: Exchange, text: str) -> str | None:
    """Return where an answer has a text: a pointer, or a header's name and a colon; None: nowhere."""
    for name, value in exchange.headers.items():
        if value == text:
            return f"{name}:"
    return next(_pointers(exchange.json, text, ""), None) if exchange.ok else None


def _pointers(value: Any, text: str, pointer: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _pointers(member, text, join(pointer, name))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _pointers(member, text, join(pointer, index))
    elif value == text:
        yield pointer


def _step(contract: Contract, exchange: Exchange) -> Step:
    operation = contract[exchange.call.operation]
    return Step(call=exchange.call, follow="job" if job_of(operation) else "")
