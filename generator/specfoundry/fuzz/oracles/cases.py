"""Does a server do what the document tells in cases (`x-cases`)?"""

from __future__ import annotations

import copy
import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import PointerError, follow
from specfoundry.fuzz.contract import target
from specfoundry.fuzz.exchange import MULTIPART, Call
from specfoundry.fuzz.ground import values_at
from specfoundry.fuzz.oracles.archives import files_of
from specfoundry.fuzz.oracles.edits import left_out, put_anew
from specfoundry.fuzz.oracles.likely import likely, settle
from specfoundry.fuzz.plants import BarrenError
from specfoundry.fuzz.spoilt import HEADER
from specfoundry.fuzz.trial import Complaint, judged, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specfoundry.fuzz.contract import Operation
    from specfoundry.fuzz.exchange import Exchange
    from specfoundry.fuzz.ground import Ground
    from specfoundry.fuzz.trial import Taken

CHECK: Final = "case"
_EXPECTED: Final = frozenset({"status", "code", "shows", "hides", "counts", "headers"})
_LOOKS: Final = 250
_PAUSE: Final = 0.02
_INSIDE: Final = re.compile(r"\{(\$[^{}]+)\}")
_LIKE: Final = "11111111-2222-4333-8444-555555555555"


@verdict
def as_told(taken: Sequence[Taken], arguments: Mapping[str, Any]) -> str | None:
    """Say when the last answer is not what the case tells.

    Arguments: `title`, `number` (of the step), `status`, `code`, `shows` and `hides` (as pairs of
    pointer and value), `counts` (as pairs of pointer and number), `headers` (as pairs of name and
    regular expression).
    """
    problems = (
        *_refused(taken[-1].first, arguments),
        *_held(taken[-1].last, arguments),
        *_headed(taken[-1].first, arguments),
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
        for case in operation.node.get("x-cases", ()):
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
    named: dict[str, Exchange] = field(default_factory=dict)

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
            told += self._take(step)
            yield from self._judged(step, number, told)
            if not told[-1].first.ok and "status" not in step:
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
            return self.ground.together([self._call(operation, step)] * step["together"])
        taken = self.ground.take(self._call(operation, step), "job")
        for _ in range(_LOOKS):
            if self._holds(step, taken):
                break
            time.sleep(_PAUSE)  # between two looks at what goes on
            taken = self.ground.take(taken.first.call)
        if taken.first.ok:
            settle(self.ground, operation, taken.first)
        if "name" in step:
            self.named[step["name"]] = taken.first
        return [taken]

    def _holds(self, step: Mapping[str, Any], taken: Taken) -> bool:
        return all(
            self._value(value) in values_at(taken.last.json, pointer)
            for pointer, value in step.get("until", {}).items()
        )

    def _call(self, operation: Operation, step: Mapping[str, Any]) -> Call:
        call = self._begin(operation, step)
        body, path, query = copy.deepcopy(call.body), dict(call.path), dict(call.query)
        headers = dict(call.headers)
        for place, value in step.get("set", {}).items():
            new = self._value(value)
            if place.startswith("{"):
                path[place[1:-1]] = new
            elif place.startswith("?"):
                query[place[1:]] = new
            elif place.startswith("@"):
                headers[place[1:]] = new
            else:
                body = put_anew(body, place, new)
        for place in step.get("without", ()):
            body = left_out(body, place)
        identity = self.ground.roles.get(step.get("role", ""), "")
        if HEADER in headers:  # what calls hold is written down: no tokens
            identity = f"held/{len(self.ground.session.held)}"
            self.ground.session.held[identity] = {HEADER: headers.pop(HEADER)}
        return replace(call, body=body, path=path, query=query, headers=headers, identity=identity)

    def _begin(self, operation: Operation, step: Mapping[str, Any]) -> Call:
        """Return the call before anything is set; what is going to be set need not exist."""
        media = next(iter(operation.bodies), None)
        example = self._example(operation, step.get("example"))
        own = {place[1:-1] for place in step.get("set", {}) if place.startswith("{")}
        if own >= {parameter.name for parameter in operation.at("path")} and own:
            call = Call(
                operation=operation.id,
                media_type=media.media_type if media else None,
                body=copy.deepcopy(example),
            )
        else:
            call = likely(self.ground, operation, example)
        if media is not None and media.media_type == MULTIPART:
            content = step["content"].encode("latin-1") if "content" in step else None
            files = files_of(operation, media, content)
            if "filename" in step:
                files = [replace(one, filename=step["filename"]) for one in files]
            sent = [one for one in files if f"/{one.name}" not in step.get("without", ())]
            call = replace(call, body=None if sent else {}, files=sent)
        return call

    def _example(self, operation: Operation, name: str | None) -> Any:
        media = next(iter(operation.bodies), None)
        if media is None or name is None:
            return next(iter(media.examples), None) if media else None
        given = media.node.get("examples", {}).get(name)
        return target(self.ground.contract.node, "", given)[1].get("value")

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._value(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self._value(item) for item in value]
        if isinstance(value, str) and "{$" in value:
            return _INSIDE.sub(lambda one: str(self._value(one.group(1))), value)
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        if value == "$unknown":
            return self.ground.garden.fresh(_LIKE)
        if value.startswith("$fresh"):
            return self.ground.garden.fresh(value[6:] or None)
        value, _, change = value.partition("|")
        name, slash, rest = value[1:].partition("/")
        step, _, part = name.partition(".")
        if step not in self.named:
            raise BarrenError(f"no step is named {step}")
        exchange = self.named[step]
        whole = {"": exchange.json, "request": exchange.call.body, "path": dict(exchange.call.path)}
        found = follow(whole[part], slash + rest)
        return found.upper() if change == "upper" and isinstance(found, str) else found

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
            shows=[[at, self._value(value)] for at, value in step.get("shows", {}).items()],
            hides=[[at, self._value(value)] for at, value in step.get("hides", {}).items()],
            counts=[[at, count] for at, count in step.get("counts", {}).items()],
            headers=[[name, pattern] for name, pattern in step.get("headers", {}).items()],
        )
        if complaint:
            yield complaint
