"""Which of Schemathesis' hooks do we hang on, and what do they do?"""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import contextmanager, suppress
from time import sleep
from typing import TYPE_CHECKING, Any

import requests
import schemathesis
from schemathesis.checks import CHECKS
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import CoverageScenario, TestPhase

from specfoundry.fuzz.phases.priming import iter_primers
from specfoundry.fuzz.phases.trail import Answer, Trail
from specfoundry.fuzz.phases.wire import path_of, quoted
from specfoundry.fuzz.server.exchange import is_json, is_multipart

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping

    from schemathesis import Case, CheckContext, Response
    from schemathesis.generation.meta import CaseMetadata
    from schemathesis.hooks import HookContext

    from specfoundry.fuzz.phases.pool import Pool
    from specfoundry.fuzz.phases.trail import Step
    from specfoundry.fuzz.promises.plan import Plan

_SELECTOR = 63
"""Longer than any name of a label, so that none of its limits can be broken."""
_NUMBER = re.compile(r"\s*[+-]?\d")


def leniency_filter(plan: Plan) -> Callable[[HookContext, Case[Any]], bool]:
    """Return a hook that drops cases whose only fault is one that the document forgives."""

    # "2abc" breaks the schema of a lenient number, yet the document says that it is read as 2:
    # such a case proves nothing either way.
    def filter_case(context: HookContext, case: Case[Any]) -> bool:  # noqa: ARG001  (the hook's signature)
        if case.meta is None or not case.meta.generation.mode.is_negative:
            return True
        sent = (case.query or {}).items()
        values = [value for name, value in sent if ("query", name) in plan.lenient]
        return not any(isinstance(one, str | float) and _NUMBER.match(str(one)) for one in values)

    return filter_case


def selector_filter(plan: Plan) -> Callable[[HookContext, Case[Any]], bool]:
    """Return a hook that drops cases with long label selectors.

    How long the prefix of a key may be, and how many requirements there may be, no pattern can say:
    what is refused of a long one proves nothing.
    """

    def filter_case(context: HookContext, case: Case[Any]) -> bool:  # noqa: ARG001  (the hook's signature)
        sent = {("query", name): value for name, value in (case.query or {}).items()}
        return not any(len(str(sent.get(key, ""))) > _SELECTOR for key in plan.selectors)

    return filter_case


def boundary_filter(most: int) -> Callable[[HookContext, Case[Any]], bool]:
    """Return a hook that lets only so many cases of a kind through in the coverage phase.

    A kind is an operation, what is tried on it, and with which part of a request.
    """
    seen: Counter[tuple[object, ...]] = Counter()

    def filter_case(context: HookContext, case: Case[Any]) -> bool:  # noqa: ARG001  (the hook's signature)
        if case.meta is None or case.meta.phase.name != TestPhase.COVERAGE:
            return True
        data = case.meta.phase.data
        scenario = getattr(data, "scenario", None)
        place = getattr(data, "parameter_location", None)
        mode = case.meta.generation.mode
        kind = (case.operation.label, scenario, place, mode)
        seen[kind] += 1
        return seen[kind] <= most

    return filter_case


@contextmanager
def pool_hooks(
    pool: Pool,
    watch: Callable[[Case[Any], Response], None],
    check: Callable[[], None],
    spare: Callable[[Case[Any], Mapping[str, Any]], str],
) -> Iterator[None]:
    """Put live values into requests and keep what answers offer, while the block runs.

    Args:
        pool: The live values.
        watch: Told each request and its answer.
        check: Called before each request; may raise KeyboardInterrupt.
        spare: Given a case and its path parameters, returns the one that names what must not be
            changed, or "".
    """

    def before_call(_context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
        check()
        if case.meta is not None:
            _write_integers_plainly(case, case.meta)
            # The stateful phase follows the links itself.
            if case.meta.phase.name != TestPhase.STATEFUL:
                _enliven(pool, case, case.meta)
        path = path_of(case)
        spared = spare(case, path)
        if spared:
            case.path_parameters |= quoted({spared: pool.missing(path[spared])})

    def after_call(_context: HookContext, case: Case[Any], response: Response) -> None:
        # A method that the path lacks is answered 404 as well: that says nothing of the resource,
        # nor does a 404 that is said to tell of something else.
        status = response.status_code
        is_gone = status in {404, 410} and _is_documented(case) and not _is_of_state(case, status)
        if is_gone or (_deletes(case) and response.status_code < 300):
            pool.forget(path_of(case).values())
        path = path_of(case)
        body, headers = _parsed(response), _by_lower_name(response)
        pool.harvest(_operation_id(case), response.status_code, body, headers, path)
        watch(case, response)

    # These two hooks exist for the whole process only.
    hooks = (schemathesis.hook(before_call), schemathesis.hook(after_call))
    try:
        yield
    finally:
        for hook in hooks:
            schemathesis.hooks.unregister(hook)


def _enliven(pool: Pool, case: Case[Any], meta: CaseMetadata) -> None:
    """Put live values into a request, but for the parts that are wrong on purpose."""
    name = _operation_id(case)
    if case.path_parameters and not meta.is_negative_at(ParameterLocation.PATH):
        given = path_of(case)
        live = pool.parameters(name, given, deletes=_deletes(case))
        case.path_parameters |= quoted({key: one for key, one in live.items() if one != given[key]})
    if not meta.is_negative_at(ParameterLocation.BODY):
        body = pool.body(name, case.body)
        # Any assignment makes Schemathesis judge the body anew, and it misjudges files.
        if body is not case.body and not is_multipart(case.media_type):
            case.body = body


def _write_integers_plainly(case: Case[Any], meta: CaseMetadata) -> None:
    is_good = not meta.is_negative_at(ParameterLocation.BODY)
    if is_good and is_json(case.media_type) and has_odd_integer(case.body):
        case.body = plain_integers(case.body)


def has_odd_integer(body: Any) -> bool:
    """Return whether a JSON value holds an integer that is written with a fraction, as in `1.0`."""
    if isinstance(body, dict):
        return any(has_odd_integer(value) for value in body.values())
    if isinstance(body, list):
        return any(has_odd_integer(value) for value in body)
    return isinstance(body, float) and body.is_integer()


def plain_integers(body: Any) -> Any:
    """Return a JSON value with every whole number written as an integer.

    `1.0` is an integer to JSON Schema (2020-12 core, 4.2.3) and none to many readers of JSON: whether
    it is taken says nothing of a contract.
    """
    if isinstance(body, dict):
        return {name: plain_integers(value) for name, value in body.items()}
    if isinstance(body, list):
        return [plain_integers(value) for value in body]
    return int(body) if isinstance(body, float) and body.is_integer() else body


def prime(
    schema: Any,
    node: Mapping[str, Any],
    pool: Pool,
    headers: Mapping[str, str],
    listen: Callable[[Case[Any], Response], None] = lambda _case, _response: None,
    wanted: Container[str] | None = None,
) -> None:
    """Bring the first resources to life: send the examples, then follow the links.

    Args:
        schema: Schemathesis' view of the document.
        node: the bundled document.
        pool: keeps what the answers offer, by way of the hooks.
        headers: sent with every request.
        listen: told each request and its answer.
        wanted: operationIds that are to be reached; None: all.
    """

    def send(step: Step) -> Answer | None:
        body = (
            step.body if step.is_literal else pool.body(step.operation_id, step.body, always=True)
        )
        operation = schema.find_operation_by_id(step.operation_id)
        names = {parameter.name for parameter in operation.path_parameters}
        given = {} if step.media_type is None else {"body": body, "media_type": step.media_type}
        case = operation.Case(
            path_parameters=quoted({k: v for k, v in step.parameters.items() if k in names}),
            query={k: v for k, v in step.parameters.items() if k not in names},
            **given,
        )
        # A server that is down shows in every phase.
        with suppress(requests.RequestException):
            response = case.call(headers=dict(headers))
            listen(case, response)
            return Answer(
                step=step,
                status=response.status_code,
                body=_parsed(response),
                headers=_by_lower_name(response),
            )
        return None

    Trail(node, send, wanted).follow(iter_primers(node, pool), sleep)


def install_unknown_method_check(expected: int | None) -> None:
    """Check that a method which a path lacks is answered with `expected`; None: no such check."""
    # Checks are registered once for the process: a run must not inherit the one of a run before.
    if "unknown_method" in CHECKS.get_all_names():
        CHECKS.unregister("unknown_method")
    if expected is None:
        return

    def unknown_method(_context: CheckContext, response: Response, case: Case[Any]) -> None:
        data = case.meta.phase.data if case.meta else None
        scenario = getattr(data, "scenario", None)
        if scenario != CoverageScenario.UNSPECIFIED_HTTP_METHOD or response.status_code == expected:
            return
        method = response.request.method
        if method not in {"OPTIONS", "HEAD"}:
            message = f"{method} was answered {response.status_code}, the document says {expected}"
            raise AssertionError(message)

    schemathesis.check(unknown_method)


def _parsed(response: Response) -> Any:
    try:
        return json.loads(response.content or b"null")
    except ValueError:
        return None


def _by_lower_name(response: Response) -> dict[str, str]:
    return {key.lower(): value[0] for key, value in response.headers.items()}


def _is_of_state(case: Case[Any], status: int) -> bool:
    return str(status) in case.operation.definition.raw.get("x-state-dependent", {})


def _is_documented(case: Case[Any]) -> bool:
    return bool(case.method.upper() == case.operation.method.upper())


def _deletes(case: Case[Any]) -> bool:
    return case.method.upper() == "DELETE"


def _operation_id(case: Case[Any]) -> str:
    return str(case.operation.definition.raw.get("operationId", ""))
