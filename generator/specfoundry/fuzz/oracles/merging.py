"""Does an update change what it was sent, delete what is null, and leave everything else alone?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import split
from specfoundry.fuzz.garden import BarrenError, by_id
from specfoundry.fuzz.oracles.ground import Complaint, Ground
from specfoundry.fuzz.semantics import Merge, creators, merge_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.exchange import Exchange
    from specfoundry.fuzz.garden import Plant

CHECK = "merge-patch"


def merges(ground: Ground) -> Iterator[Complaint]:
    """Change one resource of every kind that can be changed, step by step."""
    if ground.read_only:
        return
    for creator, creation in creators(ground.contract):
        operation = ground.contract.get(creation.update)
        merge = merge_of(operation) if operation else None
        if operation is None or merge is None:
            continue
        try:
            plant = ground.garden.grow(creator, creation)
        except BarrenError:
            continue
        for text, exchanges in _Change(ground, operation, merge, plant).run():
            yield Complaint(CHECK, operation.id, text, exchanges)


class _Change:
    """The updates of one resource."""

    def __init__(self, ground: Ground, operation: Operation, merge: Merge, plant: Plant) -> None:
        self._ground = ground
        self._operation = operation
        self._merge = merge
        self._plant = plant

    def run(self) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
        """Yield what is wrong, with the requests that show it."""
        for pointer in self._merge.maps:
            yield from self._map(pointer)
        before = self._read()
        nothing = self._send({})
        after = self._read()
        if nothing.ok and before.json != after.json:
            yield "an empty update changed something", (before, nothing, after)

    def _map(self, pointer: str) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
        steps: list[tuple[dict[str, Any], str]] = [
            ({"one": "1", "two": "2"}, "set two keys"),
            ({"three": "3"}, "set a third key"),
            ({"two": None}, "set a key to null"),
            ({"one": "changed"}, "changed a key"),
        ]
        for change, what in steps:
            before = self._read()
            answer = self._send(_nested(pointer, change))
            after = self._read()
            shown = (before, answer, after)
            if not answer.ok:
                yield f"{pointer}: it {what} and was refused: {answer.summary()}", shown
                return
            wanted = dict(before.at(pointer) or {}) | change
            wanted = {key: value for key, value in wanted.items() if value is not None}
            if after.at(pointer) != wanted:
                yield f"{pointer}: after it {what} there is {after.at(pointer)}", shown
            yield from self._others(pointer, before, after, shown)

    def _others(
        self, pointer: str, before: Exchange, after: Exchange, shown: tuple[Exchange, ...]
    ) -> Iterator[tuple[str, tuple[Exchange, ...]]]:
        for other in (*self._merge.maps, *self._merge.keeps):
            if other != pointer and before.at(other) != after.at(other):
                yield f"changing {pointer} changed {other} as well", shown
        for time in self._merge.bumps:
            if str(after.at(time)) < str(before.at(time)):
                yield f"{time} went back", shown

    def _read(self) -> Exchange:
        return self._ground.read(self._merge.get, self._plant.id)

    def _send(self, body: Any) -> Exchange:
        media = self._operation.bodies[0].media_type
        return self._ground.session.send(
            by_id(self._operation, self._plant.id, media_type=media, body=body)
        )


def _nested(pointer: str, value: Any) -> Any:
    for token in reversed(split(pointer)):
        value = {token: value}
    return value
