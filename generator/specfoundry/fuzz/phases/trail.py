"""Where do the links lead, from the answers to the first requests on?

What is deep inside of an API exists only after several requests that build on one another, each
with values of the answer before. Chance does not find such a row; the document's links are one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from specfoundry.document.structure import METHODS, path_items
from specfoundry.fuzz.phases.pool import evaluate, is_expression, iter_links, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator

_PAUSES = (0.0, 0.1, 0.2, 0.4, 0.8)
"""Seconds before each look at what needs its time."""
_ENOUGH = 2
"""So often one operation may lead to another."""
_PATIENCE = 20
"""So often an operation may refuse."""
_GOOD = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A request that an example or a link asks for."""

    operation_id: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """By name; where they go is told by the operation."""
    body: Any = None
    media_type: str | None = None
    """None: no body is sent."""
    is_literal: bool = False
    """Whether the body is a link's: its values belong together."""

    @property
    def key(self) -> str:
        """Equal for equal requests."""
        return json.dumps([self.operation_id, dict(self.parameters), self.body], sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a step was answered."""

    step: Step
    status: int
    body: Any
    headers: Mapping[str, str]
    """By lower case name."""

    @property
    def is_good(self) -> bool:
        """Whether the request was fulfilled."""
        return self.status in _GOOD


class Trail:
    """Follows links from answer to answer, as far as they lead."""

    def __init__(
        self,
        node: Mapping[str, Any],
        send: Callable[[Step], Answer | None],
        wanted: Container[str] | None = None,
    ) -> None:
        """Read the links of a bundled document.

        Args:
            node: The document.
            send: Returns None when there is no answer.
            wanted: operationIds; when they are reached, that is enough. None: all.
        """
        self._node = node
        self._wanted = wanted
        self._send = send
        self._operations = dict(_iter_operations(node))
        self._links: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for operation_id, status, link in iter_links(node):
            if link.get("operationId") in self._operations:
                self._links.setdefault((operation_id, status), []).append(link)
        self._answers: list[Answer] = []
        self._done: set[str] = set()
        self._refused: set[str] = set()
        self._reached: set[str] = set()
        self._ways: Counter[tuple[str, str]] = Counter()
        self._refusals: Counter[str] = Counter()

    def follow(self, first: Iterable[Step], wait: Callable[[float], None]) -> None:
        """Send the first steps, then whatever their answers lead to; delete nothing.

        Args:
            first: what to begin with.
            wait: called with seconds before what was not ready yet is looked at again.
        """
        for step in first:
            self._take(step)
        for pause in _PAUSES:
            if self._is_complete():
                break
            wait(pause)
            self._refused.clear()
            self._look_again()
            for answer in tuple(self._answers):
                self._go_on(answer)

    def _go_on(self, first: Answer) -> None:
        """Follow the links of an answer and of all that come of it, the newest first."""
        # What an answer tells of may be changed by a later request: deep comes before wide.
        ways = [self._iter_steps(first)]
        while ways and (self._wanted is None or not self._is_complete()):
            for way, step in ways[-1]:
                answer = self._take(step)
                if answer is not None:
                    # Counted before going deeper: a circle must not lead on for ever.
                    self._ways[way] += 1
                    ways.append(self._iter_steps(answer))
                    break
            else:
                ways.pop()

    def _is_complete(self) -> bool:
        """Tell whether every operation that is wanted and that a link names was reached."""
        return self._goals <= self._reached

    @cached_property
    def _goals(self) -> set[str]:
        named = {link["operationId"] for links in self._links.values() for link in links}
        return {
            name
            for name, (method, _) in self._operations.items()
            if method != "delete" and name in named
            if self._wanted is None or name in self._wanted
        }

    def _iter_steps(self, answer: Answer) -> Iterator[tuple[tuple[str, str], Step]]:
        """Yield what is still worth sending among the steps that the answer's links ask for."""
        for link in self._links_of(answer):
            way = answer.step.operation_id, link["operationId"]
            for step in self._steps(answer, link):
                if self._is_wanted(step) and self._ways[way] < _ENOUGH:
                    yield way, step

    def _look_again(self) -> None:
        """Ask anew where a link that was not there yet may lead to something unreached."""
        for index, answer in enumerate(self._answers):
            method, _ = self._operations[answer.step.operation_id]
            if method == "get" and self._has_more(answer):
                again = self._send(answer.step)
                if again is not None and again.is_good:
                    self._answers[index] = again

    def _has_more(self, answer: Answer) -> bool:
        return any(
            link["operationId"] not in self._reached and not any(self._steps(answer, link))
            for link in self._links_of(answer)
        )

    def _is_wanted(self, step: Step) -> bool:
        method, _ = self._operations[step.operation_id]
        return not (
            method == "delete"
            or step.key in self._done
            or step.key in self._refused
            or self._refusals[step.operation_id] >= _PATIENCE
        )

    def _take(self, step: Step) -> Answer | None:
        """Send the step; return the answer if it is a good one."""
        answer = self._send(step)
        if answer is None or not answer.is_good:
            self._refused.add(step.key)
            self._refusals[step.operation_id] += 1
            return None
        self._done.add(step.key)
        self._reached.add(step.operation_id)
        self._answers.append(answer)
        return answer

    def _links_of(self, answer: Answer) -> Iterable[Mapping[str, Any]]:
        return self._links.get((answer.step.operation_id, str(answer.status)), ())

    def _steps(self, answer: Answer, link: Mapping[str, Any]) -> Iterator[Step]:
        """Yield the requests of a link; none when a value that it needs is not there."""
        operation_id = link["operationId"]
        _, operation = self._operations[operation_id]
        given = {name.rpartition(".")[2]: v for name, v in (link.get("parameters") or {}).items()}
        parameters, is_whole = _filled(given, answer)
        body, is_body_whole = _filled(link.get("requestBody"), answer)
        if not is_whole or not is_body_whole or not _needed(self._node, operation) <= {*parameters}:
            return
        content = resolve(self._node, operation.get("requestBody")).get("content", {})
        if not content:
            yield Step(operation_id=operation_id, parameters=parameters)
        elif body is not None:
            media_type = next(iter(content))
            yield Step(
                operation_id=operation_id,
                parameters=parameters,
                body=body,
                media_type=media_type,
                is_literal=True,
            )
        else:
            for media_type, value in iter_examples(self._node, operation):
                yield Step(
                    operation_id=operation_id,
                    parameters=parameters,
                    body=value,
                    media_type=media_type,
                )


def iter_examples(
    node: Mapping[str, Any], operation: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Yield (media type, value) of each example of an operation's request body."""
    body = resolve(node, operation.get("requestBody"))
    for media_type, media in body.get("content", {}).items():
        for example in media.get("examples", {}).values():
            value = resolve(node, example).get("value")
            if value is not None:
                yield media_type, value


def _iter_operations(node: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    for _, item in path_items(node):
        shared = item.get("parameters", [])
        for method in METHODS:
            operation = item.get(method)
            if isinstance(operation, dict) and "operationId" in operation:
                parameters = [*shared, *operation.get("parameters", [])]
                yield operation["operationId"], (method, {**operation, "parameters": parameters})


def _needed(node: Mapping[str, Any], operation: Mapping[str, Any]) -> set[str]:
    parameters = (resolve(node, parameter) for parameter in operation["parameters"])
    return {parameter["name"] for parameter in parameters if parameter.get("required")}


def _filled(template: Any, answer: Answer) -> tuple[Any, bool]:
    """Return the value with its expressions replaced, and whether all of them stand for something."""
    if isinstance(template, Mapping):
        members = {name: _filled(value, answer) for name, value in template.items()}
        return (
            {name: value for name, (value, _) in members.items()},
            all(is_whole for _, is_whole in members.values()),
        )
    if isinstance(template, list):
        items = [_filled(value, answer) for value in template]
        return [value for value, _ in items], all(is_whole for _, is_whole in items)
    if not is_expression(template):
        return template, True
    value = evaluate(template, answer.body, answer.headers, answer.step.parameters)
    return value, value is not None
