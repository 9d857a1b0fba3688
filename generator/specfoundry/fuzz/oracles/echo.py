"""Is what was created what can be read, and does it hold what was sent?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specfoundry.document.pointer import join
from specfoundry.fuzz.garden import BarrenError, Plant
from specfoundry.fuzz.oracles.ground import Complaint, Ground, values_at
from specfoundry.fuzz.semantics import creators, paging_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.semantics import Creation

CHECK = "echo"
_UNKNOWN = "11111111-2222-4333-8444-555555555555"


def echoes(ground: Ground) -> Iterator[Complaint]:
    """Create one resource of every request example, and look for it everywhere."""
    if ground.read_only:
        return
    for operation, creation in creators(ground.contract):
        media = next(iter(operation.bodies), None)
        for example in media.examples if media else (None,):
            try:
                plant = ground.garden.grow(operation, creation, example)
            except BarrenError as barren:
                yield Complaint(CHECK, operation.id, f"a request example was refused: {barren}")
                continue
            yield from _judge(ground, plant)
        yield from _dangling(ground, operation, creation)


def _judge(ground: Ground, plant: Plant) -> Iterator[Complaint]:
    creation, made = plant.creation, plant.exchange
    name = plant.creator.id
    for pointer, sent, shown in _differences(plant.sent, made.json, creation.hides):
        text = f"{pointer}: {shown!r} came back, {sent!r} was sent"
        yield Complaint(CHECK, name, text, (made,))
    if creation.get is not None:
        read = ground.read(creation.get, plant.id)
        if not read.ok:
            text = f"what was just created cannot be read: {read.summary()}"
            yield Complaint(CHECK, name, text, (made, read))
        elif read.at(creation.id) != plant.id:
            text = f"reading {plant.id} answered {read.at(creation.id)}"
            yield Complaint(CHECK, name, text, (made, read))
    for listed in creation.lists:
        yield from _listed(ground, plant, listed)


def _listed(ground: Ground, plant: Plant, listed: str) -> Iterator[Complaint]:
    operation = ground.contract.get(listed)
    paging = paging_of(operation) if operation else None
    if operation is None or paging is None:
        return
    try:
        found = ground.list(operation, paging)
    except BarrenError:
        return
    ids = [value for item in found.items for value in values_at(item, plant.creation.id)]
    if found.ok and plant.id not in ids and not _elsewhere(operation):
        text = f"what {plant.creator.id} created is not listed"
        yield Complaint(CHECK, listed, text, (plant.exchange, *found.exchanges))


def _elsewhere(operation: Operation) -> bool:
    """Whether a list shows one parent's resources only: the new one may belong to another."""
    return "{" in operation.path


def _dangling(ground: Ground, operation: Operation, creation: Creation) -> Iterator[Complaint]:
    from dataclasses import replace  # noqa: PLC0415 -- small

    from specfoundry.fuzz.garden import put  # noqa: PLC0415 -- small

    for place in creation.references:
        if place.startswith("{"):
            continue
        try:
            call = ground.garden.call(operation, creation)
        except BarrenError:
            return
        try:
            put(call.body, place, _UNKNOWN)
        except (KeyError, IndexError, TypeError):
            continue
        exchange = ground.session.send(replace(call))
        if exchange.ok:
            text = f"{place} names nothing that exists, and was accepted"
            yield Complaint(CHECK, operation.id, text, (exchange,))


def _differences(
    sent: Any, shown: Any, hidden: tuple[str, ...], pointer: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    """Yield where an answer has a member of the request with another value."""
    if pointer in hidden:
        return
    if isinstance(sent, dict) and isinstance(shown, dict):
        for name in sent.keys() & shown.keys():
            yield from _differences(sent[name], shown[name], hidden, join(pointer, name))
    elif sent is not None and sent != shown:
        yield pointer, sent, shown
