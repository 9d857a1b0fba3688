"""What must be there before a list can show whether it is right?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specfoundry.fuzz.exchange import Call
from specfoundry.fuzz.garden import BarrenError
from specfoundry.fuzz.semantics import creators, merge_of

if TYPE_CHECKING:
    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.garden import Plant
    from specfoundry.fuzz.ground import Ground

_WANTED: Final = 3


def populate(ground: Ground, operation: Operation) -> list[Plant]:
    """Return resources that a list must show, one of each request example and at least three.

    On a server that must not be changed there are none: the list shows what it has.
    """
    if ground.read_only:
        return []
    known = [plant for plant in ground.garden.living if operation.id in plant.creation.lists]
    if len(known) >= _WANTED:
        return known
    for creator, creation in creators(ground.contract):
        if operation.id not in creation.lists:
            continue
        media = next(iter(creator.bodies), None)
        examples = list(media.examples) if media else [None]
        while len(examples) < _WANTED:
            examples.append(examples[0] if examples else None)
        for example in examples:
            try:
                known.append(ground.garden.grow(creator, creation, example))
            except BarrenError:  # another example may work: the echo oracle judges each of them
                continue
    return known


def touch(ground: Ground, plant: Plant) -> None:
    """Change a resource a little, so that its times differ, when the document says how."""
    operation = ground.contract.get(plant.creation.update)
    merge = merge_of(operation) if operation else None
    if operation is None or merge is None or not operation.bodies:
        return
    media = operation.bodies[0]
    example = next(iter(media.examples), None)
    if example is not None:
        path = plant.path(operation)
        call = Call(operation=operation.id, path=path, media_type=media.media_type, body=example)
        ground.session.send(call)
