"""What was wrong with a request, and who puts it into the API's own words?"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from specfoundry.runtime.operations import Operation
    from specfoundry.runtime.requests import RequestHead
    from specfoundry.runtime.responses import ApiError, Response

ProblemLocation: TypeAlias = Literal["path", "query", "header", "cookie", "body", "part"]
ProblemKind: TypeAlias = Literal["missing", "type", "constraint", "unknown", "duplicate", "syntax"]
Reason: TypeAlias = Literal[
    "not_found",
    "method_not_allowed",
    "parameters",
    "media_type",
    "syntax",
    "body",
    "too_large",
    "not_implemented",
    "crash",
    "disconnected",
]
ReadBody: TypeAlias = Callable[[], Awaitable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that was wrong with a request."""

    location: ProblemLocation
    name: str
    """Wire name of the parameter or part; empty for the body as a whole."""
    kind: ProblemKind
    message: str
    value: object = None
    """The offending value, as far as it could be read."""
    pointer: str = ""
    """JSON pointer inside the value, e.g. `/metadata/labels`."""


@dataclass(slots=True, kw_only=True)
class Refusal:
    """Everything that a translator needs to know about a request that no handler answered."""

    reason: Reason
    request: RequestHead
    operation: Operation | None = None
    """None when no operation was found (`not_found`, `method_not_allowed`)."""
    problems: tuple[Problem, ...] = ()
    """All that was wrong, in document order of the parameters or members."""
    path_params: Mapping[str, str] = field(default_factory=dict)
    """Captured path values by wire name, percent-decoded, not checked."""
    body: object | None = None
    """The decoded body as plain values, when it could be read at all."""
    caller: Any = None
    exception: BaseException | None = None
    """What a handler raised (`crash`, `not_implemented`)."""
    allowed: tuple[str, ...] = ()
    """Methods that the path has (`method_not_allowed`)."""
    read_body: ReadBody | None = None

    async def read_json(self) -> object | None:
        """Return the body as plain JSON values, reading it now if nobody has.

        None when there is no body, it is too large, or it is not JSON.
        """
        if self.body is None and self.read_body is not None:
            read, self.read_body = self.read_body, None
            try:
                self.body = json.loads(await read())
            except (ValueError, RecursionError, ConnectionError):
                self.body = None
        return self.body


class ErrorTranslator(Protocol):
    """Turns refusals into the API's own error envelope."""

    async def translate(self, refusal: Refusal) -> Response[Any] | ApiError:
        """Return what to answer; must not raise."""
        ...


class NotImplementedByServer(Exception):  # noqa: N818 (names the outcome, which is no error of the caller)
    """A documented operation that this server does not have: answered as 501."""

    def __init__(self, operation_id: str) -> None:
        self.operation_id = operation_id
        super().__init__(f"operation {operation_id} is not implemented")
