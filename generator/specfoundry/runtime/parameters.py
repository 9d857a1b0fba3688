"""What are the values of an operation's parameters, and what is wrong with them?"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json
from starlette.requests import cookie_parser

from specfoundry.runtime.codecs import (
    CodecError,
    json_content,
    label,
    leading_integer,
    matrix,
    percent_decoded,
    scalar,
    simple,
)
from specfoundry.runtime.problems import Problem
from specfoundry.runtime.query import (
    ABSENT,
    Member,
    is_repeatable,
    owns,
    problem_of,
    split_members,
    value_of,
)
from specfoundry.runtime.validation import details_of, kind_of, pointer_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from specfoundry.runtime.operations import Operation, Parameter
    from specfoundry.runtime.requests import RequestHead

CACHED_DECODINGS: Final = 256
_LONGEST_CACHED: Final = 1024
# Never received: they belong to HTTP itself (OpenAPI 3.1, 4.8.12.1).
_IGNORED_HEADERS: Final = frozenset({"accept", "content-type", "authorization"})

Sources = tuple[tuple[str, ...], str, tuple[str | None, ...], str]
Decoded = tuple[Any, tuple[Problem, ...]]


class ParameterDecoder:
    """Reads all parameters of one operation, compiled once."""

    def __init__(self, operation: Operation, path_names: tuple[str, ...], query_limit: int) -> None:
        self._operation = operation
        self._query_limit = query_limit
        self._by_identifier = {p.identifier: p for p in operation.parameters}
        self._path = [
            (path_names.index(p.name), p) for p in _in(operation, "path") if p.name in path_names
        ]
        self._query = _in(operation, "query")
        self._headers = [
            p for p in _in(operation, "header") if p.name.lower() not in _IGNORED_HEADERS
        ]
        self._cookies = _in(operation, "cookie")
        self._adapter = TypeAdapter(operation.params) if operation.params else None
        shared = all(_is_immutable(parameter) for parameter in operation.parameters)
        self._cached: Callable[[Sources], Decoded] = (
            lru_cache(maxsize=CACHED_DECODINGS)(self._decode) if shared else self._decode
        )

    def decode(self, request: RequestHead, captured: tuple[str, ...]) -> Decoded:
        """Return the operation's parameters object (None if it has none) and all problems."""
        headers = tuple(request.headers.get(p.name) for p in self._headers)
        cookies = request.headers.get("cookie", "") if self._cookies else ""
        raw_query = request.raw_query
        sources = (captured, raw_query, headers, cookies)
        if len(raw_query) + len(cookies) + sum(map(len, captured)) > _LONGEST_CACHED or any(
            headers
        ):
            return self._decode(sources)
        return self._cached(sources)

    def _decode(self, sources: Sources) -> Decoded:
        captured, raw_query, headers, cookies = sources
        values: dict[str, object] = {}
        problems: list[Problem] = []
        self._decode_path(captured, values, problems)
        self._decode_query(raw_query, values, problems)
        for parameter, text in zip(self._headers, headers, strict=True):
            if text is not None:
                _keep(parameter, lambda p=parameter, t=text: _header(p, t), values, problems)  # type: ignore[misc]
        if cookies:
            self._decode_cookies(cookies, values, problems)
        params = self._validated(values, problems)
        return params, tuple(problems)

    def _decode_path(
        self, captured: tuple[str, ...], values: dict[str, object], problems: list[Problem]
    ) -> None:
        for index, parameter in self._path:
            text = captured[index]
            _keep(parameter, lambda p=parameter, t=text: _path(p, t), values, problems)  # type: ignore[misc]

    def _decode_query(self, raw: str, values: dict[str, object], problems: list[Problem]) -> None:
        if not raw and not self._query:
            return
        members, broken = split_members(raw, "query")
        problems.extend(broken)
        if len(members) > self._query_limit:
            problems.append(_problem("query", "", "constraint", "has too many members"))
            return
        known = {problem.name for problem in broken}
        for parameter in self._query:
            if parameter.name not in known:
                _keep(
                    parameter,
                    lambda p=parameter: value_of(p, members, self._is_named),  # type: ignore[misc]
                    values,
                    problems,
                )
        if self._operation.strict_query:
            problems.extend(self._strangers(members))

    def _is_named(self, name: str) -> bool:
        """Return whether a query parameter, or an API key, has this very name."""
        if name in self._operation.security.query_keys:
            return True
        return any(
            name in p.shape.properties or (not _is_free(p) and owns(p, name)) for p in self._query
        )

    def _strangers(self, members: list[Member]) -> list[Problem]:
        """Return the query parameters that are not documented or given twice."""
        found = []
        keys = self._operation.security.query_keys
        for name, count in Counter(member.name for member in members).items():
            if name in keys:
                continue
            owner = next((p for p in self._query if owns(p, name)), None)
            if owner is None:
                found.append(_problem("query", name, "unknown", "is not a known parameter"))
            elif count > 1 and not is_repeatable(owner):
                found.append(_problem("query", name, "duplicate", "is given more than once"))
        return found

    def _decode_cookies(
        self, header: str, values: dict[str, object], problems: list[Problem]
    ) -> None:
        sent = cookie_parser(header)
        members = [Member(name, text.replace("+", "%2B")) for name, text in sent.items()]
        for parameter in self._cookies:
            _keep(parameter, lambda p=parameter: value_of(p, members), values, problems)  # type: ignore[misc]

    def _validated(self, values: Mapping[str, object], problems: list[Problem]) -> Any:
        if self._adapter is None:
            return None
        try:
            # JSON mode in strict form: a list is a tuple, a text an enumeration member or a date,
            # but a text is no number.
            return self._adapter.validate_json(to_json(values), strict=True)
        except ValidationError as error:
            told = {(problem.location, problem.name) for problem in problems}
            for detail in details_of(error):
                parameter = self._by_identifier[str(detail["loc"][0])]
                if (parameter.location, parameter.name) not in told:
                    missing = detail["type"] == "missing"
                    problem = Problem(
                        location=parameter.location,
                        name=parameter.name,
                        kind=kind_of(detail["type"]),
                        message="is required" if missing else detail["msg"],
                        value=None if missing else detail["input"],
                        pointer=pointer_of(detail["loc"][1:]),
                    )
                    problems.append(problem)
            return None


def _in(operation: Operation, location: str) -> list[Parameter]:
    return [parameter for parameter in operation.parameters if parameter.location == location]


def _is_free(parameter: Parameter) -> bool:
    """Return whether an object takes members of any name."""
    shape = parameter.shape
    return parameter.style == "form" and shape.additional is not None and not shape.properties


def _is_immutable(parameter: Parameter) -> bool:
    """Return whether all requests may share one value: text, numbers and tuples of them."""
    kinds = set(parameter.shape.kinds)
    if parameter.shape.items is not None:
        kinds |= set(parameter.shape.items.kinds) - {"string"} & {"array", "object", "any"}
    return parameter.content_type is None and not kinds & {"object", "any"}


def _keep(
    parameter: Parameter,
    read: Callable[[], object],
    values: dict[str, object],
    problems: list[Problem],
) -> None:
    try:
        value = read()
    except CodecError as error:
        problems.append(problem_of(error, parameter.location, parameter.name))
    else:
        if value is not ABSENT:
            values[parameter.identifier] = value


def _path(parameter: Parameter, text: str) -> object:
    if parameter.content_type is not None:
        return json_content(percent_decoded(text))
    if parameter.style == "label":
        return label(text, parameter.shape, explode=parameter.explode)
    if parameter.style == "matrix":
        return matrix(text, parameter.shape, parameter.name, explode=parameter.explode)
    if parameter.decode == "leading-integer":
        return leading_integer(percent_decoded(text))
    return simple(text, parameter.shape, explode=parameter.explode, encoded=True)


def _header(parameter: Parameter, text: str) -> object:
    if parameter.content_type is not None:
        return json_content(text)
    if parameter.decode == "leading-integer":
        return leading_integer(text)
    if parameter.shape.kinds == ("string",):
        return scalar(text, parameter.shape)
    return simple(text, parameter.shape, explode=parameter.explode, encoded=False)


def _problem(location: Any, name: str, kind: Any, message: str) -> Problem:
    return Problem(location=location, name=name, kind=kind, message=message)
