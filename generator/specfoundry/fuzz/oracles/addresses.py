"""Do the addresses in an answer lead where the document says that something is?"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from specfoundry.document.pointer import join
from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.comparison import found
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.oracles.whereabouts import made, said, twice
from specfoundry.fuzz.promises.semantics import creators, job_of, paging_of
from specfoundry.fuzz.server.exchange import Call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Creation

CHECK: Final = "address"
_MOST: Final = 16


@verdict
def leads_home(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that what is said to be its own address of something is not.

    The steps: the creation, and a reading along the address, which is missing when there is none
    that the document knows. Arguments: `self` (pointer of the address), `id` (pointer).
    """
    answer, place = taken[0].first, arguments["self"]
    address = answer.at(place)
    if not isinstance(address, str):
        return f"{place}: there is no address"
    if len(taken) == 1:
        return f"{place}: its own address is not where it is read"
    read = taken[-1].first
    if not read.ok:
        return f"{place}: its own address leads to nothing: {said(read.summary())}"
    if read.at(arguments["id"]) != answer.at(arguments["id"]):
        return f"{place}: its own address leads to another one"
    return None


@verdict
def known_address(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that an address in the last step's answer is none that the document knows.

    Arguments: `place` (pointer), `paths` (regular expressions of the document's paths).
    """
    address = found(taken[-1].last.json, arguments["place"])
    if not isinstance(address, str):
        return None
    path = urlsplit(address).path
    if path in {"", "/"} or any(re.fullmatch(pattern, path) for pattern in arguments["paths"]):
        return None
    return f"{arguments['place']}: the document knows no such address"


@verdict
def reachable(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say that an address of the step before leads to nothing: the last step went there.

    Arguments: `place` (pointer of the address).
    """
    answer = taken[-1].first
    if not answer.refused:
        return None
    return f"{arguments['place']} leads to nothing: {said(answer.summary())}"


def addresses(ground: Ground) -> Iterator[Complaint]:
    """Follow what every answer names, of every kind once."""
    ways = Ways(ground)
    for operation, creation in creators(ground.contract):
        if ground.read_only or not ground.concerns(operation, creation.get):
            continue
        media = next(iter(operation.bodies), None)
        for example in (media.examples if media else ()) or (None,):
            yield from twice(partial(_created, ways, operation, creation, example))
    for operation in ground.contract:
        job = job_of(operation)
        if job and operation.method != "DELETE" and ground.concerns(operation, job.get):
            yield from twice(partial(_worked, ways, operation))
    known = {creation.get for _, creation in creators(ground.contract)}
    known |= {name for _, creation in creators(ground.contract) for name in creation.lists}
    for operation in ground.contract:
        if operation.method == "GET" and ground.judges(operation) and operation.id not in known:
            yield from twice(partial(_read, ways, operation))


def _created(
    ways: Ways, operation: Operation, creation: Creation, example: Any
) -> Iterator[Complaint]:
    try:
        plant = ways.ground.garden.grow(operation, creation, example)
    except BarrenError:
        return
    if creation.self is not None:
        yield from ways.home(made(plant), creation)
    reader = ways.ground.contract.get(creation.get)
    if reader is not None:
        read = ways.ground.take(Call(operation=reader.id, path=plant.path(reader)))
        yield from ways.follow(read, operation.id)


def _read(ways: Ways, operation: Operation) -> Iterator[Complaint]:
    try:
        call = likely(ways.ground, operation)
    except BarrenError:
        return
    yield from ways.follow(ways.ground.take(call), operation.id)


def _worked(ways: Ways, operation: Operation) -> Iterator[Complaint]:
    """Follow the addresses of a job that is over."""
    try:
        call = likely(ways.ground, operation)
    except BarrenError:
        return
    taken = ways.ground.take(call, "job")
    if len(taken.exchanges) > 1:
        yield from ways.follow(taken, operation.id)


class Ways:
    """Follows addresses, each kind of each operation's once."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._paths = {
            f"{one.method} {one.path}": (one, re.compile(_pattern(one.path)))
            for one in ground.contract
        }

    def home(self, start: Taken, creation: Creation) -> Iterator[Complaint]:
        """Follow what should lead to the very thing."""
        call = self.call(start.first.at(str(creation.self)), "GET")
        steps = [start]
        if call is not None and call.operation == creation.get:
            steps.append(self.ground.take(call))
        complaint = judged(
            CHECK,
            start.first.call.operation,
            leads_home,
            steps,
            self=creation.self,
            id=creation.id,
        )
        if complaint:
            yield complaint

    def follow(self, taken: Taken, name: str) -> Iterator[Complaint]:
        """Follow everything else."""
        if not taken.ok:
            return
        for place, address, method in list(_addresses(taken.last.json))[:_MOST]:
            if urlsplit(address).netloc:
                yield from self._followed(taken, name, place, (address, method))

    def _followed(
        self, taken: Taken, name: str, place: str, link: tuple[str, str]
    ) -> Iterator[Complaint]:
        call = self.call(*link)
        if call is None and not _names_things(self.ground.contract[taken.last.call.operation]):
            return
        if call is None:
            paths = [_pattern(one.path) for one in self.ground.contract]
            complaint = judged(CHECK, name, known_address, [taken], place=place, paths=paths)
        elif link[1] == "GET":
            way = self.ground.take(call)
            foreseen = self.ground.contract[call.operation].node.get("x-state-dependent", {})
            if str(way.first.status) in foreseen:
                return
            complaint = judged(CHECK, name, reachable, [taken, way], place=place)
        else:
            return
        if complaint:
            yield complaint

    def call(self, address: Any, method: str) -> Call | None:
        """Return the call that an address means, or None when the document knows none."""
        parts = urlsplit(address) if isinstance(address, str) else None
        if parts is None:
            return None
        for operation, pattern in self._paths.values():
            match = pattern.fullmatch(parts.path)
            if match and operation.method == method:
                path = {name: unquote(value) for name, value in match.groupdict().items()}
                return Call(operation=operation.id, path=path, query=dict(parse_qsl(parts.query)))
        return None


def _names_things(operation: Operation) -> bool:
    """Return whether an answer is about one of many things: what is at the root names the world."""
    return any(operation.at("path")) or paging_of(operation) is not None


def _pattern(path: str) -> str:
    """Return the regular expression that a template's addresses match."""
    parts = re.split(r"\{([^{}]+)\}", path)
    return "".join(
        re.escape(part) if index % 2 == 0 else f"(?P<{_name(part)}>[^/]+)"
        for index, part in enumerate(parts)
    )


def _name(parameter: str) -> str:
    return re.sub(r"\W", "_", parameter)


def _addresses(node: Any, pointer: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield every absolute address: its place, itself, and the method beside it."""
    if isinstance(node, dict):
        method = node.get("method")
        for name, value in node.items():
            place = join(pointer, name)
            if isinstance(value, str) and value.startswith(("http://", "https://")):
                yield place, value, method if isinstance(method, str) else "GET"
            else:
                yield from _addresses(value, place)
    elif isinstance(node, list) and node:
        yield from _addresses(node[0], join(pointer, 0))
