"""Is everybody let in whom the document permits, and nobody else?"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.live.plants import BarrenError, has, put
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.oracles.standing import Standing, bound_roles, nobody_of
from specfoundry.fuzz.promises.semantics import creation_of, creators, rights_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.promises.resources import Rights
    from specfoundry.fuzz.server.exchange import Call

CHECK: Final = "rights"
_STRANGERS: Final = 2
"""How many of the permitted roles ask for what is elsewhere."""
_SHUT: Final = frozenset({401, 403, 404})


@verdict
def refused_as(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the last call was not refused as it must be.

    Arguments: `role`, `statuses` (any of them is right).
    """
    status, wanted = taken[-1].first.status, arguments["statuses"]
    if status in wanted:
        return None
    words = " or ".join(str(one) for one in wanted)
    return f"{arguments['role']} must be refused with {words}, and got {status}"


@verdict
def let_in(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the last call was refused though the usual caller's, before it, was not.

    Arguments: `role`, `tolerated` (statuses that only say that it does not go now).
    """
    usual, status = taken[0].first.status, taken[-1].first.status
    if taken[-1].first.ok or status == usual or status in arguments["tolerated"]:
        return None
    return f"{arguments['role']} is permitted, and got {status} where the usual caller got {usual}"


@verdict
def left_alone(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when what is read at last is not what was read at first.

    Arguments: `moves` (pointers of what goes on by itself).
    """
    before, after = taken[0].first, taken[-1].first
    if not before.ok:
        return None
    if after.ok and _without(after.json, arguments) == _without(before.json, arguments):
        return None
    return "a refused call changed the resource"


def _without(value: Any, arguments: Mapping[str, Any]) -> Any:
    left = copy.deepcopy(value)
    for pointer in arguments["moves"]:
        if has(left, pointer):
            put(left, pointer, None)
    return left


def permissions(ground: Ground) -> Iterator[Complaint]:
    """Send every operation by every role: those refused first, about one live resource."""
    if not ground.roles:
        return
    standing = Standing.of(ground)
    if not ground.read_only:
        standing.move_in()
    for operation in ground.contract:
        rights = rights_of(operation)
        if rights is None or rights.public or not ground.judges(operation):
            continue
        if operation.reads or not ground.read_only:
            try:
                yield from _Matrix(ground, standing, operation, rights).run()
            except BarrenError:
                continue
    if not ground.read_only and standing.places:
        yield from _abroad(ground, standing)


def _abroad(ground: Ground, standing: Standing) -> Iterator[Complaint]:
    """Let those who are permitted in one place ask for what is in another."""
    nobody = nobody_of(ground.contract)
    with standing.elsewhere() as other:
        bound = bound_roles(ground, other)
        for operation in ground.contract:
            rights = rights_of(operation)
            wanted = rights.refusals.get(nobody or "") if rights else None
            if rights is None or wanted is None or not ground.judges(operation):
                continue
            try:
                call = _Matrix(ground, other, operation, rights).call()
            except BarrenError:
                continue
            if not other.inside(call):
                continue
            for role in [one for one in bound if one in rights.roles][:_STRANGERS]:
                sent = [ground.take(replace(call, identity=ground.roles[role]))]
                who = f"{role} of another place"
                complaint = judged(
                    CHECK, operation.id, refused_as, sent, role=who, statuses=[wanted]
                )
                if complaint:
                    yield complaint


@dataclass
class _Matrix:
    """One operation, sent by everybody."""

    ground: Ground
    standing: Standing
    operation: Operation
    rights: Rights

    def run(self) -> Iterator[Complaint]:
        """Yield who got something else than the document says."""
        call = self.call()
        inside = not call.path and creation_of(self.operation) is None
        inside = inside or self.standing.inside(call)
        before = self._read(call)
        yield from self._refusals(call, inside=inside)
        if before is not None and before.step.call is not None:
            after = self.ground.take(before.step.call)
            moves = self._moves(before.step.call.operation)
            complaint = self._judged(left_alone, [before, after], moves=moves)
            yield from [complaint] if complaint else []
        yield from self._permitted(call, inside=inside)

    def call(self) -> Call:
        """Return a call about something in the place, if the document has an example of one."""
        media = next(iter(self.operation.bodies), None)
        calls = []
        for example in (media.examples if media else ()) or (None,):
            calls.append(likely(self.ground, self.operation, example))
            if self.standing.inside(calls[-1]):
                return calls[-1]
        return calls[0]

    def _refusals(self, call: Call, *, inside: bool) -> Iterator[Complaint]:
        known = self.ground.roles
        refused = [one for one in sorted(self.rights.refusals.items()) if one[0] in known]
        for role, status in self.ground.some(refused, CHECK, self.operation.id):
            wanted = {status} if inside else set(self.rights.refusals.values())
            sent = self.ground.take(replace(call, identity=self.ground.roles[role]))
            complaint = self._judged(refused_as, [sent], role=role, statuses=sorted(wanted))
            if complaint:
                yield complaint

    def _permitted(self, call: Call, *, inside: bool) -> Iterator[Complaint]:
        anybody = self.rights.anyone or self.rights.filtered
        roles = sorted(self.ground.roles) if anybody else sorted(self.rights.roles)
        if not (inside or anybody):
            return
        refusals = set(self.rights.refusals.values())
        told = {int(one) for one in self.operation.node.get("x-state-dependent", {})} - _SHUT
        usual = None
        known = [role for role in roles if role in self.ground.roles]
        for role in self.ground.some(known, self.operation.id):
            own = self._fresh(call)
            if own is None:
                return
            if usual is None:
                usual = self.ground.take(own)
                own = self._fresh(call) or own
            sent = self.ground.take(replace(own, identity=self.ground.roles[role]))
            tolerated = told | (refusals if role in self.rights.partly else set())
            complaint = self._judged(let_in, [usual, sent], role=role, tolerated=sorted(tolerated))
            if complaint:
                yield complaint

    def _fresh(self, call: Call) -> Call | None:
        """Return the call once more, about something that the last one did not use up."""
        if self.operation.method == "DELETE":
            for creator, creation in creators(self.ground.contract):
                if creation.delete == self.operation.id:
                    if creation.get in self.standing.places:
                        return None  # the roles would not hold in another place
                    example = self.standing.examples.get(creator.id)
                    plant = self.ground.garden.grow(creator, creation, example)
                    return replace(call, path=plant.path(self.operation))
        if creation_of(self.operation) is not None:
            return self.call()
        return call

    def _read(self, call: Call) -> Taken | None:
        """Read what a call is about, as long as that is one thing."""
        if self.operation.reads:
            return None
        steps = self.operation.path.split("/")
        for end in range(len(steps), 0, -1):
            reader = self.ground.contract.paths.get(("GET", "/".join(steps[:end])))
            if reader is not None and steps[end - 1].startswith("{"):
                names = {parameter.name for parameter in reader.at("path")}
                path = {name: value for name, value in call.path.items() if name in names}
                return self.ground.take(replace(_plain(call), operation=reader.id, path=path))
        return None

    def _moves(self, reader: str) -> list[str]:
        found = self.ground.garden.creators.get(reader)
        return self.ground.moves(found[1]) if found else []

    def _judged(self, rule: Any, taken: Sequence[Taken], **arguments: Any) -> Complaint | None:
        return judged(CHECK, self.operation.id, rule, taken, **arguments)


def _plain(call: Call) -> Call:
    return replace(call, query={}, headers={}, media_type=None, body=None, files=())
