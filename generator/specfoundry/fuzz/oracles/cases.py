"""Does a server do what the document tells in cases (`x-cases`)?"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import PointerError
from specfoundry.fuzz.live.ground import values_at
from specfoundry.fuzz.live.plants import BarrenError
from specfoundry.fuzz.live.trial import Complaint, judged, verdict
from specfoundry.fuzz.oracles.case_calls import CaseCalls
from specfoundry.fuzz.oracles.likely import settle
from specfoundry.fuzz.oracles.unpacking import amiss

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.live.ground import Ground
    from specfoundry.fuzz.live.trial import Taken
    from specfoundry.fuzz.promises.contract import Operation
    from specfoundry.fuzz.server.exchange import Exchange

CHECK: Final = "case"
_EXPECTED: Final = frozenset(
    {"status", "code", "shows", "hides", "counts", "headers", "says", "lacks", "holds"}
)


@verdict
def as_told(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the last answer is not what the case tells.

    Arguments: `title`, `number` (of the step), `status`, `code`, `shows` and `hides` (as pairs of
    pointer and value), `counts` (as pairs of pointer and number), `headers` (as pairs of name and
    regular expression), `says` and `lacks` (texts within the content), `holds` (members of the
    archive that it is).
    """
    problems = (
        *_refused(taken[-1].first, arguments),
        *_held(taken[-1].last, arguments),
        *_headed(taken[-1].first, arguments),
        *_worded(taken[-1].first, arguments),
        *_packed(taken[-1].first, arguments),
    )
    begin = f"{arguments['title']}, step {arguments['number']}: "
    return next((f"{begin}{text}" for text in problems), None)


def _refused(answer: Exchange, wanted: Mapping[str, Any]) -> Iterator[str]:
    if wanted["status"] is not None and answer.status != wanted["status"]:
        yield f"{wanted['status']} is right, and {answer.status} came"
    elif wanted["code"] is not None and wanted["code"] not in _texts(answer.json):
        yield f"the code {wanted['code']} is missing"


def _held(answer: Exchange, wanted: Mapping[str, Any]) -> Iterator[str]:
    for pointer, value in wanted["shows"]:
        if value not in values_at(answer.json, pointer):
            yield f"{pointer} does not hold what it must"
    for pointer, value in wanted["hides"]:
        if value in values_at(answer.json, pointer):
            yield f"{pointer} holds what it must not"
    for pointer, count in wanted["counts"]:
        found = len(values_at(answer.json, pointer))
        if found != count:
            yield f"{pointer} finds {found} values, not {count}"


def _headed(answer: Exchange, wanted: Mapping[str, Any]) -> Iterator[str]:
    for name, pattern in wanted["headers"]:
        if not re.search(pattern, answer.headers.get(name.lower(), "")):
            yield f"the header {name} is not like {pattern}"


def _worded(answer: Exchange, wanted: Mapping[str, Any]) -> Iterator[str]:
    for text in wanted.get("says", ()):
        if text.encode() not in answer.content:
            yield f"the content does not say {text!r}"
    for text in wanted.get("lacks", ()):
        if text.encode() in answer.content:
            yield f"the content must not say {text!r}"


def _packed(answer: Exchange, wanted: Mapping[str, Any]) -> Iterator[str]:
    if wanted.get("holds") and answer.ok and not 300 <= answer.status < 400:
        yield from amiss(answer.content, wanted["holds"])


def _texts(value: Any) -> Iterator[str]:
    """Yield every text and number of a JSON value."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
    else:
        yield str(value)


def cases(ground: Ground) -> Iterator[Complaint]:
    """Go through every case of every operation."""
    if ground.read_only:
        return
    for operation in ground.contract:
        for case in ground.some(operation.node.get("x-cases", ()), operation.id, CHECK):
            takes = {step["operation"] for step in case["steps"]}
            if not ground.concerns(operation, *takes) or (
                case.get("alone") and not ground.is_alone
            ):
                continue
            run = _Case(ground, operation, case["title"])
            try:
                yield from run.go(case["steps"])
            except (BarrenError, PointerError):
                continue
            finally:
                run.undo(case.get("finally", ()))


@dataclass
class _Case:
    """One case."""

    ground: Ground
    operation: Operation
    title: str
    calls: CaseCalls = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing named."""
        self.calls = CaseCalls(self.ground)

    def go(self, steps: Sequence[Mapping[str, Any]]) -> Iterator[Complaint]:
        """Take the steps until one cannot be taken; yield what is not as it must be.

        Raises:
            BarrenError: Something that a step needs cannot be had.
            PointerError: A step speaks of what an earlier one did not answer.

        """
        told: list[Taken] = []
        for number, step in enumerate(steps, 1):
            role = step.get("role", "")
            if role and role not in self.ground.roles:
                return
            if step.get("after-restart"):
                if self.ground.restart is None:
                    return
                told.append(self.ground.restarted())
            taken = self._take(step)
            told += taken
            if any(text.encode() in taken[-1].last.content for text in step.get("unless", ())):
                return
            yield from self._judged(step, number, told)
            if "status" not in step and not any(one.first.ok for one in taken):
                return

    def undo(self, steps: Sequence[Mapping[str, Any]]) -> None:
        """Take steps, whatever comes of them."""
        for step in steps:
            try:
                self._take(step)
            except (BarrenError, PointerError):  # what was not done need not be undone
                continue

    def _take(self, step: Mapping[str, Any]) -> list[Taken]:
        operation = self.ground.contract[step["operation"]]
        if "together" in step:
            made = self.ground.together([self.calls.call(step)] * step["together"])
            if "name" in step:
                self.calls.named[step["name"]] = next(
                    (one.first for one in made if one.first.ok), made[0].first
                )
            return made
        call = self.calls.call(step)
        *_, taken = self.ground.looks(call, lambda last: self._holds(step, last), "job")
        if taken.first.ok:
            settle(self.ground, operation, taken.first)
        if "name" in step:
            self.calls.named[step["name"]] = taken.first
        return [taken]

    def _holds(self, step: Mapping[str, Any], last: Exchange) -> bool:
        return all(
            self.calls.value(value) in values_at(last.json, pointer)
            for pointer, value in step.get("until", {}).items()
        )

    def _judged(
        self, step: Mapping[str, Any], number: int, told: Sequence[Taken]
    ) -> Iterator[Complaint]:
        if not _EXPECTED & step.keys():
            return
        complaint = judged(
            CHECK,
            self.operation.id,
            as_told,
            told,
            title=self.title,
            number=number,
            status=step.get("status"),
            code=step.get("code"),
            shows=[[at, self.calls.value(value)] for at, value in step.get("shows", {}).items()],
            hides=[[at, self.calls.value(value)] for at, value in step.get("hides", {}).items()],
            counts=[[at, count] for at, count in step.get("counts", {}).items()],
            headers=[[n, self.calls.value(like)] for n, like in step.get("headers", {}).items()],
            says=[self.calls.value(text) for text in step.get("says", ())],
            lacks=[self.calls.value(text) for text in step.get("lacks", ())],
            holds=self.calls.value(step.get("holds", {})),
        )
        if complaint:
            yield complaint
