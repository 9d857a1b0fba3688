"""Is every body refused that its schema refuses, and every other one taken?"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import follow
from specfoundry.fuzz.live.plants import BarrenError, has, put
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.likely import likely, references
from specfoundry.fuzz.oracles.mutations import Change, changes
from specfoundry.fuzz.promises.contract import target
from specfoundry.fuzz.promises.semantics import creation_of, creators, merge_of
from specfoundry.fuzz.server.exchange import FORM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Body, Operation
    from specfoundry.fuzz.server.exchange import Call

CHECK: Final = "bodies"
_EXAMPLES: Final = 3
_ROOM: Final = 40
"""Characters in which a text that nobody else has finds room."""
_SHARE: Final = 3
"""Of an operation whose body another one has as well every third bad body is sent."""
_WRONG: Final = frozenset({400, 409, 413, 415, 422})
"""Statuses that say that something is wrong with the body."""


@verdict
def turned_down(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when a bad body was not refused for its own sake.

    Arguments: `what` (was changed), `statuses` (any of them is right).
    """
    status = taken[-1].first.status
    if status in arguments["statuses"] or status >= 500:  # failures are the judge's
        return None
    return f"{arguments['what']}: the schema refuses it, and the server answered {status}"


@verdict
def accepted(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when a good body was refused, though the one that it was made from was taken.

    Arguments: `what` (was changed), `tolerated` (statuses that only say that it does not go now).
    """
    status = taken[-1].first.status
    if not taken[0].first.ok or taken[-1].first.ok or status in arguments["tolerated"]:
        return None
    return f"{arguments['what']}: the schema allows it, and the server answered {status}"


def bodies(ground: Ground) -> Iterator[Complaint]:
    """Send every operation its examples with one change each."""
    if ground.read_only:
        return
    known: set[str] = set()
    for operation in ground.contract:
        if not ground.judges(operation):
            continue
        for media in operation.bodies[:1]:
            if media.schema_pointer and not media.media_type.startswith("multipart/"):
                where, _ = target(ground.contract.node, media.schema_pointer, media.node["schema"])
                yield from _Media(ground, operation, media, _SHARE if where in known else 1).run()
                known.add(where)


@dataclass
class _Media:
    """One operation with one kind of body."""

    ground: Ground
    operation: Operation
    media: Body
    share: int = 1
    """Of so many bad bodies one is sent."""

    def run(self) -> Iterator[Complaint]:
        """Yield what was taken or refused against the schema."""
        seen: set[str] = set()
        for example in self.media.examples[:_EXAMPLES]:
            try:
                base = likely(self.ground, self.operation, example)
            except BarrenError:
                continue
            bad: list[Change] = []
            good: list[Change] = []
            for change in changes(self.ground.contract.node, self.media.node["schema"], base.body):
                if change.what in seen:
                    continue
                seen.add(change.what)
                if self.media.media_type == FORM and not _fits_a_form(change.body):
                    continue
                if self._is_bad(change.body):
                    if len(seen) % self.share == 0:
                        bad.append(change)
                elif change.plain and not self._depends(change):
                    good.append(change)
            for change in self.ground.some(bad, CHECK, self.operation.id):
                yield from self._refused(base, change)
            yield from self._good(self._apart(base), self.ground.some(good, self.operation.id))

    def _apart(self, base: Call) -> Call:
        """Return the call about a resource that nothing else needs, if it changes one."""
        for creator, creation in creators(self.ground.contract):
            if creation.update == self.operation.id:
                with suppress(BarrenError):
                    plant = self.ground.garden.grow(creator, creation)
                    return replace(base, path=plant.path(self.operation))
        return base

    def _depends(self, change: Change) -> bool:
        """Whether what a change puts there depends on what else there is: others may have it."""
        if change.full and merge_of(self.operation):
            return True
        creation = creation_of(self.operation)
        known = {**(creation.references if creation else {}), **references(self.operation)}
        value = follow(change.body, change.pointer) if has(change.body, change.pointer) else None
        is_taken = creation is not None and change.pointer in creation.unique
        return change.pointer in known or (
            is_taken and isinstance(value, str) and len(value) < _ROOM
        )

    def _good(self, base: Call, good: Sequence[Change]) -> Iterator[Complaint]:
        """Send the example itself, and what is as good."""
        usual = self.ground.take(base, "job")
        if not usual.first.ok:
            return
        for change in good:
            try:
                sent = self.ground.take(replace(base, body=self._again(change)), "job")
            except BarrenError:
                return
            complaint = judged(
                CHECK,
                self.operation.id,
                accepted,
                [usual, sent],
                what=change.what,
                tolerated=self._tolerated(change),
            )
            if complaint:
                yield complaint

    def _tolerated(self, change: Change) -> list[int]:
        """Return the statuses with which even a good body may be refused after a change."""
        told = self.operation.node.get("x-state-dependent", {})
        members = self.operation.node.get("x-state-dependent-members", ())
        touched = any(f"{change.member}/".startswith(f"{one}/") for one in members)
        return [int(status) for status in told] if touched else []

    def _again(self, change: Change) -> Any:
        """Return a body with names that nobody else has, but for what the change is about.

        Raises:
            BarrenError: Something that it refers to cannot be had.

        """
        creation = creation_of(self.operation)
        if creation is None:
            return change.body
        body = self.ground.garden.call(self.operation, creation, change.body).body
        if change.pointer in creation.unique and has(body, change.pointer):
            put(body, change.pointer, self._of_its_own(follow(change.body, change.pointer)))
        return body

    def _of_its_own(self, value: Any) -> Any:
        """Return a text of the same length that nobody else has."""
        if not isinstance(value, str):
            return value
        mark = str(self.ground.garden.fresh())
        return mark + value[len(mark) :] if len(mark) < len(value) else value

    def _is_bad(self, body: Any) -> bool:
        pointer = self.media.schema_pointer or ""
        return not self.ground.contract.validators.allows(pointer, body)

    def _refused(self, base: Call, change: Change) -> Iterator[Complaint]:
        known = {int(one) for one in self.operation.answers if one.isdigit()}
        wanted = (known & _WRONG) | ({401} if not self.operation.needs_token else set())
        sent = self.ground.take(replace(base, body=change.body))
        complaint = judged(
            CHECK,
            self.operation.id,
            turned_down,
            [sent],
            what=change.what,
            statuses=sorted(wanted or _WRONG),
        )
        if complaint:
            yield complaint


def _fits_a_form(body: Any) -> bool:
    return isinstance(body, dict) and all(isinstance(value, str) for value in body.values())
