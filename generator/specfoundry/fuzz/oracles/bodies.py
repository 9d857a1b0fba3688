"""Is every body refused that its schema refuses, and every other one taken?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.fuzz.garden import BarrenError
from specfoundry.fuzz.oracles.likely import likely
from specfoundry.fuzz.oracles.mutations import Change, changes
from specfoundry.fuzz.trial import Complaint, judged, verdict
from specfoundry.rules.examples import SchemaValidators

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.contract import Body, Operation
    from specfoundry.fuzz.exchange import Call
    from specfoundry.fuzz.ground import Ground
    from specfoundry.fuzz.trial import Taken

CHECK: Final = "bodies"
FORM: Final = "application/x-www-form-urlencoded"
_EXAMPLES: Final = 3
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
    for operation in ground.contract:
        if not ground.judges(operation):
            continue
        for media in operation.bodies[:1]:
            if media.schema_pointer and not media.media_type.startswith("multipart/"):
                yield from _Media(ground, operation, media).run()


def validators_of(ground: Ground) -> SchemaValidators:
    """Return the validators of the document's schemas, made once."""
    found = ground.memory.get("validators")
    if not isinstance(found, SchemaValidators):
        found = SchemaValidators(dict(ground.contract.node))
        ground.memory["validators"] = found
    return found


@dataclass
class _Media:
    """One operation with one kind of body."""

    ground: Ground
    operation: Operation
    media: Body

    def run(self) -> Iterator[Complaint]:
        """Yield what was taken or refused against the schema."""
        seen: set[str] = set()
        for example in self.media.examples[:_EXAMPLES]:
            try:
                base = likely(self.ground, self.operation, example)
            except BarrenError:
                continue
            for change in changes(self.ground.contract.node, self.media.node["schema"], base.body):
                if change.what not in seen:
                    seen.add(change.what)
                    if self._is_bad(change.body):
                        yield from self._refused(base, change)

    def _is_bad(self, body: Any) -> bool:
        pointer = self.media.schema_pointer or ""
        if self.media.media_type == FORM and not _fits_a_form(body):
            return False
        return any(True for _ in validators_of(self.ground).errors(pointer, body))

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
