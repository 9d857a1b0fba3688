"""Does an answer bring along everything that its items refer to, each once, as reading shows it?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.live.plants import BarrenError, by_id
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.listing import listings
from specfoundry.fuzz.oracles.selection import answers
from specfoundry.fuzz.oracles.whereabouts import twice
from specfoundry.fuzz.promises.semantics import inclusions_of, paging_of
from specfoundry.fuzz.server.exchange import Call
from specfoundry.runtime.client_parameters import scalar_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation, Parameter
    from specfoundry.fuzz.promises.lists import Inclusion

CHECK: Final = "include"


@verdict
def brings_along(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say what the last step does not bring along, or brings without need.

    The steps before it read the resources. Arguments: `items` (pointer into the answer; null when
    it is no list), `added` (`at`, `path`, `operation`, `through` of each list), `asked`.
    """
    *reads, shown = taken
    if not shown.ok:
        return f"{arguments['asked']} was refused: {shown.last.summary()}"
    known = answers(reads)
    answer = shown.first
    pointer = arguments["items"]
    items = [answer.json] if pointer is None else answer.at(pointer) or []
    for rule in arguments["added"]:
        wanted = _wanted(items, rule, known)
        brought = answer.at(rule["at"])
        if wanted is None:
            continue
        if not isinstance(brought, list):
            return f"{arguments['asked']}: there is no list at {rule['at']}"
        if any(one not in brought for one in wanted):
            return f"{arguments['asked']}: {rule['at']} lacks what the items refer to"
        if len(brought) != len(wanted):
            return f"{arguments['asked']}: {rule['at']} holds {len(brought)}, not {len(wanted)}"
    return None


def _wanted(
    items: Sequence[Any], rule: Mapping[str, Any], known: Mapping[tuple[str, str], Any]
) -> list[Any] | None:
    """Return the resources that items refer to, each once; None when one of them is not known."""
    values = [value for item in items for value in values_at(item, rule["path"])]
    for operation, pointer in rule["through"]:
        read = [known.get((operation, scalar_text(one))) for one in values if one is not None]
        values = [inner for one in read for inner in values_at(one, pointer)]
    keys = dict.fromkeys((rule["operation"], scalar_text(one)) for one in values if one is not None)
    found = [known.get(key) for key in keys]
    return None if None in found else found


def inclusions(ground: Ground) -> Iterator[Complaint]:
    """Ask for everything that can be brought along: one kind, then all kinds together."""
    for listing in listings(ground):
        call = Call(operation=listing.operation.id, path=listing.path, query=listing.base)
        yield from twice(partial(_asked, ground, listing.operation, call))
    for operation in ground.contract:
        wanted = any(inclusions_of(one) for one in operation.at("query"))
        if wanted and paging_of(operation) is None and ground.judges(operation):
            try:
                path = ground.garden.path(operation.id)
            except BarrenError:
                continue
            call = Call(operation=operation.id, path=path)
            yield from twice(partial(_asked, ground, operation, call))


def _asked(ground: Ground, operation: Operation, call: Call) -> Iterator[Complaint]:
    for parameter in operation.at("query"):
        known = inclusions_of(parameter)
        kinds = [[value] for value in known]
        for values in [*kinds, list(known)] if parameter.is_list and len(known) > 1 else kinds:
            added = [one for value in values for one in known[value]]
            complaint = _judged(ground, operation, call, (parameter, values, added))
            if complaint:
                yield complaint


def _judged(
    ground: Ground,
    operation: Operation,
    call: Call,
    asked: tuple[Parameter, list[str], list[Inclusion]],
) -> Complaint | None:
    parameter, values, added = asked
    sent: Any = values if parameter.is_list else values[0]
    query = {**call.query, parameter.name: sent}
    shown = ground.take(Call(operation=operation.id, path=call.path, query=query))
    paging = paging_of(operation)
    pointer = paging.items if paging else None
    items = [shown.first.json] if pointer is None else shown.first.at(pointer) or []
    reads = {key: one for rule in added for key, one in _read(ground, items, rule)}
    return judged(
        CHECK,
        operation.id,
        brings_along,
        [*reads.values(), shown],
        items=pointer,
        added=[
            {
                "at": rule.at,
                "path": rule.path,
                "operation": rule.operation,
                "through": [[hop.operation, hop.path] for hop in rule.through],
            }
            for rule in added
        ],
        asked=f"{parameter.name}={','.join(values)}",
    )


def _read(
    ground: Ground, items: Sequence[Any], rule: Inclusion
) -> Iterator[tuple[tuple[str, str], Taken]]:
    """Read everything that items refer to, and what stands between them."""
    values = [value for item in items for value in values_at(item, rule.path)]
    steps = [*((hop.operation, hop.path) for hop in rule.through), (rule.operation, "")]
    for operation, pointer in steps:
        found = []
        for value in dict.fromkeys(one for one in values if isinstance(one, str)):
            taken = ground.take(by_id(ground.contract[operation], value))
            yield (operation, value), taken
            found += values_at(taken.first.json, pointer) if taken.ok and pointer else []
        values = found
