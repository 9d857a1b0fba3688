"""Do the others give way when one of a row comes, moves or goes, without gap or double?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.comparison import found, nested, overlaid
from specfoundry.fuzz.oracles.whereabouts import listings, made, told, twice
from specfoundry.fuzz.promises.semantics import creators
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.plants import Plant
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation, Position

CHECK: Final = "position"
_END: Final = 1000


@verdict
def gapless(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say where the positions in the list that the last step walked have a gap or a double.

    Arguments: `items` (pointer into a page), `at` (pointer into an item), `within` (pointers into
    an item: those that have the same there are one row).
    """
    if not taken[-1].ok:
        return None
    for row in _rows(taken[-1], arguments).values():
        numbers = sorted(number for number, _ in row)
        if numbers != list(range(1, len(numbers) + 1)):
            return f"{arguments['at']}: the positions in the list are {told(numbers)}"
    return None


@verdict
def given_way(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say what a change did to the order of a row that it should not.

    The last three steps walk the list, change one thing, and walk it again. Arguments: those of
    `gapless`, and `id` (pointer into an item), `wanted` (the position that was asked for; null: it
    was removed).
    """
    before, change, after = taken[-3:]
    if not (before.ok and change.first.ok and after.ok):
        return None
    own = taken[0].first.at(arguments["id"])
    key = _key(after, own, arguments) or _key(before, own, arguments)
    had, has = ([name for _, name in _rows(one, arguments).get(key, ())] for one in (before, after))
    wanted, expected = arguments["wanted"], [one for one in had if one != own]
    if wanted is not None:
        wanted = min(max(wanted, 1), len(expected) + 1)
        expected.insert(wanted - 1, own)
    if set(has) != set(expected) or has == expected:
        return None  # else somebody was there at the same time
    if wanted is None or has.index(own) == wanted - 1:
        return f"{arguments['at']}: the others are in another order than before"
    return f"{arguments['at']}: {wanted} was to be shown, and {has.index(own) + 1} is"


def _rows(walk: Taken, arguments: Mapping[str, Any]) -> dict[str, list[tuple[int, Any]]]:
    """Return number and id of every item by its row, in the order of the numbers."""
    rows: dict[str, list[tuple[int, Any]]] = {}
    for item in walk.items(arguments["items"]):
        number = found(item, arguments["at"])
        if isinstance(number, int):
            key = told([values_at(item, pointer) for pointer in arguments["within"]])
            rows.setdefault(key, []).append((number, found(item, arguments["id"])))
    return {key: sorted(row, key=lambda one: one[0]) for key, row in rows.items()}


def _key(walk: Taken, own: Any, arguments: Mapping[str, Any]) -> str:
    """Return the key of the row that an id is in; empty when it is in none."""
    rows = _rows(walk, arguments).items()
    return next((key for key, row in rows if own in (name for _, name in row)), "")


def numbered(ground: Ground) -> Iterator[Complaint]:
    """Insert, move and remove what has a position, one after the other and at the same time."""
    if ground.read_only:
        return
    for operation, creation in creators(ground.contract):
        if creation.position is not None and ground.concerns(
            operation, creation.update, creation.delete
        ):
            trial = _trial(ground, operation, creation, creation.position)
            yield from twice(trial)


def _trial(
    ground: Ground, operation: Operation, creation: Creation, position: Position
) -> Callable[[], Iterator[Complaint]]:
    def trial() -> Iterator[Complaint]:
        row = _Row(ground, (operation, creation), position)
        try:
            row.begin()
        except BarrenError:
            return
        for wanted in (1, 2, _END) if position.sent else (None,):
            yield from row.insert(wanted)
        for index, wanted in ((0, 3), (2, 1), (1, 2), (0, _END), (1, 1)) if position.sent else ():
            yield from row.move(index, wanted)
        yield from row.at_once()
        yield from row.remove(1)

    return trial


class _Row:
    """One row, and the list that shows it."""

    def __init__(
        self, ground: Ground, kind: tuple[Operation, Creation], position: Position
    ) -> None:
        self._ground = ground
        self._kind = kind
        self._position = position
        self._plants: list[Plant] = []

    def begin(self) -> None:
        """Find the list, by one that is in it.

        Raises:
            BarrenError: None can be created, or no list shows it.

        """
        plant = self._ground.garden.grow(*self._kind)
        listing = next(listings(self._ground, plant), None)
        if listing is None:
            raise BarrenError(f"{plant.creator.id}: nothing lists it")
        _, self._paging, self._call = listing
        self._plants.append(plant)
        self._last = self._walk()

    def insert(self, wanted: int | None) -> Iterator[Complaint]:
        """Create one more."""
        made_now = self._ground.take(self._creation(wanted))
        plant = self._ground.garden.plant_of(made_now.first)
        if plant is not None:
            self._plants.append(plant)
            yield from self._judged(made_now, made_now, wanted)

    def move(self, index: int, wanted: int) -> Iterator[Complaint]:
        """Move one of those that were created."""
        call = self._update(index, wanted)
        if call is not None:
            yield from self._judged(made(self._plants[index]), self._ground.take(call), wanted)

    def remove(self, index: int) -> Iterator[Complaint]:
        """Remove one of those that were created."""
        operation = self._ground.contract.get(self._kind[1].delete)
        if operation is None:
            return
        plant = self._plants.pop(index)
        call = Call(operation=operation.id, path=plant.path(operation))
        yield from self._judged(made(plant), self._ground.take(call, "job"), None, gone=True)

    def at_once(self) -> Iterator[Complaint]:
        """Create and move several at the same time."""
        calls = [self._creation(1), self._creation(2)]
        calls += [call for index in range(3) if (call := self._update(index, index + 1))]
        steps = self._ground.together(calls)
        for one in steps:
            plant = self._ground.garden.plant_of(one.first)
            self._plants += [plant] if plant else []
        self._last = self._walk()
        yield from self._row([*steps, self._last], self._kind[0].id)

    def _judged(
        self, start: Taken, change: Taken, wanted: int | None, *, gone: bool = False
    ) -> Iterator[Complaint]:
        before, self._last = self._last, self._walk()
        steps = [start, before, change, self._last]
        name = change.first.call.operation
        yield from self._row(steps, name)
        if wanted is None and not gone:
            return
        complaint = judged(CHECK, name, given_way, steps, wanted=wanted, **self._places)
        if complaint:
            yield complaint

    def _row(self, steps: Sequence[Taken], name: str) -> Iterator[Complaint]:
        complaint = judged(CHECK, name, gapless, steps, **self._places)
        if complaint:
            yield complaint

    @property
    def _places(self) -> dict[str, Any]:
        return {
            "items": self._paging.items,
            "id": self._kind[1].id,
            "at": self._position.at,
            "within": list(self._position.within),
        }

    def _walk(self) -> Taken:
        return self._ground.take(self._call, "pages")

    def _creation(self, wanted: int | None) -> Call:
        call = self._ground.garden.call(*self._kind)
        if wanted is None or not isinstance(call.body, dict) or self._position.sent is None:
            return call
        return replace(call, body=overlaid(call.body, nested(self._position.sent, wanted)))

    def _update(self, index: int, wanted: int) -> Call | None:
        operation = self._ground.contract.get(self._kind[1].update)
        if operation is None or not operation.bodies or self._position.sent is None:
            return None
        return Call(
            operation=operation.id,
            path=self._plants[index].path(operation),
            media_type=operation.bodies[0].media_type,
            body=nested(self._position.sent, wanted),
        )
