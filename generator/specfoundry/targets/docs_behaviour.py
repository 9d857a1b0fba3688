"""Which calls in a row show how an operation behaves, and what comes of each?"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from specfoundry.targets.docs_addresses import Addresses, href
from specfoundry.targets.docs_nodes import mapping, sequence, text
from specfoundry.targets.docs_views import Fact, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST: Final = 300
"""Characters of a value that are shown; longer ones are there for their length alone."""
_SENT: Final = {
    "content": "sends the content",
    "filename": "under the name",
    "archive": "sends an archive of",
    "packing": "packed",
}
_ANSWERED: Final = {
    "code": "code",
    "says": "says",
    "lacks": "does not say",
    "headers": "headers like",
    "holds": "is an archive of",
}
_PLACED: Final = {"shows": "shows", "hides": "does not show", "counts": "counts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One call of a case."""

    call: Ref
    status: str
    """What is answered; empty when only a success matters."""
    notes: tuple[str, ...]
    """Who calls, how often, after what; the name that later steps use."""
    facts: tuple[Fact, ...]
    """What is sent, and what comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Calls in a row, and what must come of them."""

    identifier: str
    title: str
    steps: tuple[StepView, ...]


def case_views(operation: Mapping[str, Any], addresses: Addresses) -> tuple[CaseView, ...]:
    """Return what `x-cases` of an operation tells."""
    return tuple(
        CaseView(
            identifier=f"case-{number}",
            title=text(case.get("title")),
            steps=tuple(
                _step(step, addresses) for step in map(mapping, sequence(case.get("steps")))
            ),
        )
        for number, case in enumerate(map(mapping, sequence(operation.get("x-cases"))), 1)
    )


def _step(step: Mapping[str, Any], addresses: Addresses) -> StepView:
    name = text(step.get("operation"))
    known = addresses.operations.get(name)
    status = step.get("status")
    return StepView(
        call=Ref(name, None if known is None else href(known, "../")),
        status=str(status) if isinstance(status, int) else "",
        notes=tuple(_notes(step)),
        facts=(*_sent(step), *_answered(step)),
    )


def _notes(step: Mapping[str, Any]) -> Iterator[str]:
    if step.get("after-restart"):
        yield "after a restart"
    if "role" in step:
        yield f"as {step['role']}"
    if "example" in step:
        yield f"with the example {step['example']}"
    if "together" in step:
        yield f"{step['together']} times at once"
    if "until" in step:
        yield "repeated until it shows what is wanted"
    if "name" in step:
        yield f"called ${step['name']}"


def _sent(step: Mapping[str, Any]) -> Iterator[Fact]:
    for place, value in mapping(step.get("set")).items():
        yield Fact("sends", f"{place} = {_shown(value)}" if place else _shown(value), code=True)
    for place in sequence(step.get("without")):
        yield Fact("leaves out", str(place), code=True)
    for member, term in _SENT.items():
        if member in step:
            yield Fact(term, _shown(step[member]), code=True)


def _answered(step: Mapping[str, Any]) -> Iterator[Fact]:
    for member, term in (*_PLACED.items(), ("until", "comes to show")):
        for place, value in mapping(step.get(member)).items():
            yield Fact(term, f"{place or '/'} = {_shown(value)}", code=True)
    for member, term in _ANSWERED.items():
        given = step.get(member)
        for value in given if isinstance(given, list) else [] if given is None else [given]:
            yield Fact(term, _shown(value), code=True)


def _shown(value: Any) -> str:
    """Return a value as it would be written, cut where nobody reads on."""
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return written if len(written) <= _LONGEST else f"{written[:_LONGEST]}…"
