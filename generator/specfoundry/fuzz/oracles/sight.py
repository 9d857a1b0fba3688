"""Does a list show everybody exactly what he may read?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.standing import Standing
from specfoundry.fuzz.promises.semantics import filter_of, paging_of, rights_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.lists import Paging
    from specfoundry.fuzz.promises.resources import Creation

CHECK: Final = "sight"


@verdict
def shows_what_can_be_read(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when a list shows what its reader cannot read, or leaves out what he can.

    The last step but one reads a resource, the last one lists. Arguments: `role`, `items` (pointer
    into a page), `id` (pointer into an item), `value`.
    """
    read, walk = taken[-2].first, taken[-1]
    if not walk.ok:
        return f"{arguments['role']} cannot list: {walk.last.status}"
    ids = [
        value
        for item in walk.items(arguments["items"])
        for value in values_at(item, arguments["id"])
    ]
    is_shown = arguments["value"] in ids
    if read.ok and not is_shown:
        return f"{arguments['role']} can read one that is not listed for him"
    if read.refused and is_shown:
        return f"{arguments['role']} is shown one that he cannot read ({read.status})"
    return None


def sights(ground: Ground) -> Iterator[Complaint]:
    """Let every role read and list what is in its place, and what is in another one."""
    if not ground.roles or ground.read_only:
        return
    standing = Standing.of(ground)
    standing.move_in()
    yield from _here(ground)
    if standing.places:
        with standing.elsewhere():
            yield from _here(ground)


def _here(ground: Ground) -> Iterator[Complaint]:
    for creation, operation, paging in _lists(ground):
        try:
            yield from _roles(ground, creation, operation, paging)
        except BarrenError:
            continue


def _lists(ground: Ground) -> Iterator[tuple[Creation, Operation, Paging]]:
    """Yield the lists that are cut to what the caller may read, with what they show."""
    for _, creation in ground.garden.creators.values():
        for name in creation.lists:
            operation = ground.contract.get(name)
            paging = paging_of(operation) if operation else None
            rights = rights_of(operation) if operation else None
            if operation is None or paging is None or rights is None:
                continue
            if (rights.filtered or rights.anyone) and ground.judges(operation):
                yield creation, operation, paging


def _roles(
    ground: Ground, creation: Creation, operation: Operation, paging: Paging
) -> Iterator[Complaint]:
    reader = creation.get or ""
    path = ground.garden.path(reader)
    value = next(reversed(path.values()))
    query = _narrow(operation, creation, value)
    read = Call(operation=reader, path=path)
    walk = Call(operation=operation.id, path=ground.garden.parents(operation), query=query)
    for role, identity in ground.roles.items():
        taken = [
            ground.take(replace(read, identity=identity)),
            ground.take(replace(walk, identity=identity), "" if query else "pages"),
        ]
        complaint = judged(
            CHECK,
            operation.id,
            shows_what_can_be_read,
            taken,
            role=role,
            items=paging.items,
            id=creation.id,
            value=value,
        )
        if complaint:
            yield complaint


def _narrow(operation: Operation, creation: Creation, value: Any) -> dict[str, Any]:
    """Return the query that lets through one resource alone; empty when there is none."""
    for parameter in operation.at("query"):
        rule = filter_of(operation, parameter)
        if rule and rule.path == creation.id and rule.op == "in":
            return {parameter.name: [value] if parameter.is_list else value}
    return {}
