"""How does an error of the table become an answer of the contract?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from capi import models
from cloud_controller.api import error_table as table
from cloud_controller.jobs import ApiErrorObject, JobFailedError
from specfoundry.runtime.responses import ApiError, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_controller.api.error_table import ErrorKind


@dataclass(eq=False, kw_only=True)
class V3Error(ApiError):
    """An error in the envelope of version 3; the status alone decides which documented one it is."""

    status: int
    body: models.ErrorsV3


@dataclass(eq=False, kw_only=True)
class V2Error(ApiError):
    """The same for version 2."""

    status: int
    body: models.ErrorV2


def v3_error(kind: ErrorKind, *particulars: str | None) -> ApiError:
    """Return an error in the envelope of version 3 (1.3)."""
    error = models.ErrorV3(detail=kind.detail(*particulars), title=kind.title, code=kind.code)
    body = models.ErrorsV3(errors=[error])
    return V3Error(status=kind.status, body=body)


def v3_errors(kind: ErrorKind, details: Sequence[str]) -> ApiError:
    """Return several errors of one kind in one answer; there is at least one."""
    found = [
        models.ErrorV3(detail=kind.detail(one), title=kind.title, code=kind.code) for one in details
    ]
    return V3Error(status=kind.status, body=models.ErrorsV3(errors=found))


def detail_of(error: ApiError) -> str:
    """Return the texts of an error of version 3, as one."""
    return ", ".join(one.detail for one in objects_of(error))


def objects_of(error: ApiError) -> list[models.ErrorV3]:
    """Return the error objects of an error of version 3."""
    return list(error.body.errors) if isinstance(error.body, models.ErrorsV3) else []


def job_failure(kind: ErrorKind, *particulars: str | None) -> JobFailedError:
    """Return what a job raises to fail with an error of the table."""
    return JobFailedError(ApiErrorObject(kind.code, kind.title, kind.detail(*particulars)))


def refuse(problems: Sequence[str]) -> None:
    """Raise 422 `CF-UnprocessableEntity` with all problems in one detail, unless there is none."""
    if problems:
        raise v3_error(table.UNPROCESSABLE, ", ".join(problems))


def v2_unknown_route(kind: ErrorKind) -> ApiError:
    """Return the answer to a path or method that does not exist; it ends without newline (1.3)."""
    body = models.ErrorV2(description=kind.detail(), error_code=kind.title, code=kind.code)
    return V2Error(status=kind.status, body=body)


def v2_error(kind: ErrorKind, *particulars: str | None) -> ApiError:
    """Return an error in the envelope of version 2 (1.3)."""
    document = models.ErrorV2(
        description=kind.detail(*particulars), error_code=kind.title, code=kind.code
    )
    # The real one ends its bodies with a newline (1.3).
    body: models.ErrorV2 = Json(document.model_dump_json().encode() + b"\n")
    return V2Error(status=kind.status, body=body)
