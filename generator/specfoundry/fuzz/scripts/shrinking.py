"""Which of a script's steps, and which parts of its bodies, are not needed for its complaint?"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from specfoundry.document.pointer import PointerError, follow, join, split
from specfoundry.fuzz.scripts.script import Origin, Script, call_texts, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from specfoundry.fuzz.live.trial import Step

_ATTEMPTS: Final = 60


def shrink(
    script: Script, still_fails: Callable[[Script], bool], attempts: int = _ATTEMPTS
) -> Script:
    """Return the smallest script found that still leads to its complaint.

    Steps are left out, many at once first, then members of bodies and query parameters, one by one.
    The steps that the verdict is about stay.

    Args:
        script: What has failed. It stays as it is when it does not fail again.
        still_fails: Runs a script.
        attempts: Runs at most.
    """
    budget = _Budget(still_fails, attempts)
    if not budget.fails(script):  # chance, or somebody else, had a part in it
        return script
    script = _without_steps(script, budget)
    return _without_members(script, budget)


class _Budget:
    def __init__(self, still_fails: Callable[[Script], bool], attempts: int) -> None:
        self._still_fails = still_fails
        self._left = attempts

    def fails(self, script: Script) -> bool:
        """Run a script as long as there are attempts left."""
        if self._left <= 0:
            return False
        self._left -= 1
        return self._still_fails(script)


def _without_steps(script: Script, budget: _Budget) -> Script:
    size = max(len(script.steps) - script.shown, 0)
    while size >= 1:
        start = 0
        while start < len(script.steps) - script.shown:
            end = min(start + size, len(script.steps) - script.shown)
            smaller = without(script, start, end)
            # A value whose giver is gone would still be there now, and never again.
            if not _orphans(script, smaller) and budget.fails(smaller):
                script = smaller
            else:
                start = end
        size //= 2
    return script


def _orphans(script: Script, smaller: Script) -> set[str]:
    """Return the values that a smaller script sends without a step that gives them any more."""
    sent = {text for step in smaller.steps if step.call for text in call_texts(step.call)}
    lost = script.origins.keys() - smaller.origins.keys()
    return lost & (sent | set(texts(smaller.arguments)))


def without(script: Script, start: int, end: int) -> Script:
    """Return a script without some of its steps; values that they gave are sent as they were."""
    gone = end - start
    origins = {
        text: Origin(step=one.step - (gone if one.step >= end else 0), place=one.place)
        for text, one in script.origins.items()
        if not start <= one.step < end
    }
    return replace(script, steps=script.steps[:start] + script.steps[end:], origins=origins)


def _without_members(script: Script, budget: _Budget) -> Script:
    for index in range(len(script.steps)):
        tried: set[str] = set()
        while True:
            place = next((one for one in _places(script.steps[index]) if one not in tried), None)
            if place is None:
                break
            tried.add(place)
            step = _pruned(script.steps[index], place)
            steps = (*script.steps[:index], step, *script.steps[index + 1 :])
            smaller = replace(script, steps=steps)
            if budget.fails(smaller):
                script = smaller
    return script


def _places(step: Step) -> Iterator[str]:
    if step.call is None:
        return
    for name in step.call.query:
        yield f"query:{name}"
    yield from _members(step.call.body, "")


def _members(value: Any, pointer: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield join(pointer, name)
            yield from _members(member, join(pointer, name))


def _pruned(step: Step, place: str) -> Step:
    call = step.call
    if call is None:
        return step
    if place.startswith("query:"):
        query = {name: value for name, value in call.query.items() if name != place[6:]}
        return replace(step, call=replace(call, query=query))
    body = copy.deepcopy(call.body)
    *parents, last = split(place)
    try:
        holder = follow(body, join("", *parents)) if parents else body
        del holder[last]
    except (PointerError, KeyError, TypeError):
        return step
    return replace(step, call=replace(call, body=body))
