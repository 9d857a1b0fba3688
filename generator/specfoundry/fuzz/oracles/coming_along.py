"""How do resources get labels that nobody creates, because they come to life along with others?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.oracles.breeding import label_places, nested
from specfoundry.fuzz.oracles.population import labels_of, populate
from specfoundry.fuzz.promises.semantics import lists, merge_of
from specfoundry.fuzz.server.exchange import Call, texts_in

if TYPE_CHECKING:
    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.lists import Paging

_DONE: Final = "labels of what came along"


def label_what_came_along(ground: Ground) -> None:
    """Give labels to a few items of lists for which nothing can be created; once.

    Only to items that belong to something that was created here: they name it.
    """
    if _DONE in ground.memory or ground.read_only:
        return
    ground.memory[_DONE] = True
    created = {name for plant in populate(ground).plants for name in plant.creation.lists}
    for operation, paging in lists(ground.contract):
        updates = [
            one
            for one in ground.contract
            if merge_of(one) and one.path.rpartition("/{")[0] == operation.path
        ]
        if operation.id not in created and updates and "{" not in operation.path:
            _label(ground, operation, paging, updates[0])


def _label(ground: Ground, operation: Operation, paging: Paging, update: Operation) -> None:
    merge = merge_of(update)
    place = next((one for one in label_places(ground) if merge and one in merge.maps), None)
    mine = {plant.id for plant in populate(ground).plants if isinstance(plant.id, str)}
    items = ground.take(Call(operation=operation.id)).items(paging.items)
    name = next((one.name for one in update.at("path")), None)
    if place is None or name is None or not update.bodies:
        return
    media_type = update.bodies[0].media_type
    known = [item for item in items if mine & texts_in(item)]
    for item, labels in zip(known, labels_of(ground.garden.prefix), strict=False):
        for value in (values_at(item, f"/{name}") or values_at(item, "/id"))[:1]:
            call = Call(
                operation=update.id,
                path={name: value},
                media_type=media_type,
                body=nested(place, labels),
            )
            ground.take(call)
