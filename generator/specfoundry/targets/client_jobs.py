"""Which answers lead to a job, and how is it followed?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specfoundry.targets.client_endpoints import constant_of, is_bare, result_of
from specfoundry.targets.client_views import JobView

if TYPE_CHECKING:
    from specfoundry.ir.api import Api, Tag
    from specfoundry.ir.operation import Operation
    from specfoundry.ir.response import Response


@dataclass(frozen=True, slots=True)
class _Placed:
    """An operation and its tag, whose modules it is generated into."""

    operation: Operation
    tag: Tag


def jobs_of(api: Api) -> tuple[JobView, ...]:
    """Return one view for each distinct job operation, with all answers that lead to it.

    Left out are operations whose `x-async-job` names no operation or no place of the address that
    the document has; `specfoundry validate` says so.
    """
    placed = {o.operation_id: _Placed(o, tag) for tag in api.tags for o in tag.operations}
    by_result: dict[str, dict[str, str]] = {}
    for one in placed.values():
        for answer, job, result in _followed(one, placed):
            by_result.setdefault(result, {}).setdefault(answer, job)
    return tuple(JobView(jobs=tuple(jobs.items()), result=r) for r, jobs in by_result.items())


def operations_alias(tag: Tag) -> str:
    """Return the name under which the client module imports the operations of `tag`."""
    return f"_{tag.identifier}_operations"


def group_alias(tag: Tag) -> str:
    """Return the name under which the client module imports the group of `tag`."""
    return f"_{tag.identifier}"


def _followed(one: _Placed, placed: dict[str, _Placed]) -> list[tuple[str, str, str]]:
    given = one.operation.extensions.get("x-async-job")
    job = placed.get(str(given.get("get"))) if isinstance(given, dict) else None
    if not isinstance(given, dict) or job is None:
        return []
    found: list[tuple[str, str, str]] = []
    for response in one.operation.successes:
        location = _location(response, str(given.get("location", "Location")))
        if location is not None:
            expression = _expression(given, location, job)
            found.append((_answer_class(one, response), expression, result_of(job.operation)))
    return found


def _location(response: Response, location: str) -> str | None:
    """Return where the runtime finds the address: an attribute or a pointer into the body."""
    if location.startswith("/"):
        return location if response.media else None
    matching = (h.identifier for h in response.headers if h.name.lower() == location.lower())
    return next(matching, None)


def _answer_class(one: _Placed, response: Response) -> str:
    if is_bare(one.operation):
        return response.body_code or "None"
    return f"{operations_alias(one.tag)}.{response.class_name}"


def _expression(given: dict[str, object], location: str, job: _Placed) -> str:
    members = {
        "location": repr(location),
        "endpoint": f"{group_alias(job.tag)}.{constant_of(job.operation)}",
        "state": repr(given.get("state", "/state")),
        "done": repr(_values(given.get("done"))),
        "failed": repr(_values(given.get("failed"))),
    }
    if isinstance(given.get("errors"), str):
        members["errors"] = repr(given["errors"])
    return f"AsyncJob({', '.join(f'{name}={code}' for name, code in members.items())})"


def _values(given: object) -> tuple[object, ...]:
    return tuple(given) if isinstance(given, (list, tuple)) else ()
