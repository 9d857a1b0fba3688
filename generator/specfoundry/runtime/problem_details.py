"""What is answered to a refused request when the API says nothing of its own (RFC 9457)?"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from specfoundry.runtime.responses import Response

if TYPE_CHECKING:
    from specfoundry.runtime.problems import Problem, Reason, Refusal

_STATUSES: Final[dict[Reason, int]] = {
    "not_found": 404,
    "method_not_allowed": 405,
    "parameters": 400,
    "media_type": 415,
    "syntax": 400,
    "body": 422,
    "too_large": 413,
    "not_implemented": 501,
    "crash": 500,
    "disconnected": 400,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDetails(Response[dict[str, Any]]):
    """An answer of type application/problem+json."""

    status: int
    body: dict[str, Any]
    media_type: str = "application/problem+json"


class ProblemDetailsTranslator:
    """The translator of servers that bring none."""

    async def translate(self, refusal: Refusal) -> ProblemDetails:
        """Return the problem details; they name what was wrong, never what went wrong inside."""
        status = _STATUSES[refusal.reason]
        body: dict[str, Any] = {"title": HTTPStatus(status).phrase, "status": status}
        if refusal.problems:
            body["errors"] = [_member(problem) for problem in refusal.problems]
        return ProblemDetails(status=status, body=body)


def _member(problem: Problem) -> dict[str, Any]:
    member = {"in": problem.location, "kind": problem.kind, "detail": problem.message}
    if problem.name:
        member["name"] = problem.name
    if problem.pointer:
        member["pointer"] = problem.pointer
    return member
