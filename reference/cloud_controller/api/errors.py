"""How does an error of the table become an answer of the contract?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from capi import models
from capi.operations import errors as documented
from cloud_controller.api import error_table as table
from specfoundry.runtime.responses import ApiError, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cloud_controller.api.error_table import ErrorKind

_V3: TypeAlias = (
    type[documented.V3BadRequest]
    | type[documented.V3Unauthorized]
    | type[documented.V3Forbidden]
    | type[documented.V3NotFound]
    | type[documented.V3UnprocessableEntity]
    | type[documented.V3ServerError]
    | type[documented.V3BadGateway]
    | type[documented.V3ServiceUnavailable]
)
_V2: TypeAlias = (
    type[documented.V2BadRequest]
    | type[documented.V2Unauthorized]
    | type[documented.V2Forbidden]
    | type[documented.V2NotFound]
    | type[documented.V2Conflict]
    | type[documented.V2UploadUnprocessableEntity]
    | type[documented.V2ServerError]
    | type[documented.V2BadGateway]
    | type[documented.V2ServiceUnavailable]
)

# An answer is judged by its status: operations that document a narrower 400 share its schema.
_V3_CLASSES: Final[dict[int, _V3]] = {
    400: documented.V3BadRequest,
    401: documented.V3Unauthorized,
    403: documented.V3Forbidden,
    404: documented.V3NotFound,
    422: documented.V3UnprocessableEntity,
    500: documented.V3ServerError,
    502: documented.V3BadGateway,
    503: documented.V3ServiceUnavailable,
}
_V2_CLASSES: Final[dict[int, _V2]] = {
    400: documented.V2BadRequest,
    401: documented.V2Unauthorized,
    403: documented.V2Forbidden,
    404: documented.V2NotFound,
    409: documented.V2Conflict,
    422: documented.V2UploadUnprocessableEntity,
    500: documented.V2ServerError,
    502: documented.V2BadGateway,
    503: documented.V2ServiceUnavailable,
}


@dataclass(eq=False, kw_only=True)
class UnlistedV3Error(ApiError):
    """An answer of the server itself, with a status that operations do not document (413, 501)."""

    status: int
    body: models.ErrorsV3


@dataclass(eq=False, kw_only=True)
class UnlistedV2Error(ApiError):
    """The same for version 2."""

    status: int
    body: models.ErrorV2


def v3_error(kind: ErrorKind, *particulars: str | None) -> ApiError:
    """Return an error in the envelope of version 3 (1.3)."""
    error = models.ErrorV3(detail=kind.detail(*particulars), title=kind.title, code=kind.code)
    body = models.ErrorsV3(errors=[error])
    documented_class = _V3_CLASSES.get(kind.status)
    return (
        documented_class(body=body)
        if documented_class
        else UnlistedV3Error(status=kind.status, body=body)
    )


def v3_errors(kind: ErrorKind, details: Sequence[str]) -> ApiError:
    """Return several errors of one kind in one answer; there is at least one."""
    found = [
        models.ErrorV3(detail=kind.detail(one), title=kind.title, code=kind.code) for one in details
    ]
    return _V3_CLASSES[kind.status](body=models.ErrorsV3(errors=found))


def detail_of(error: ApiError) -> str:
    """Return the texts of an error of version 3, as one."""
    return ", ".join(one.detail for one in objects_of(error))


def objects_of(error: ApiError) -> list[models.ErrorV3]:
    """Return the error objects of an error of version 3."""
    return list(error.body.errors) if isinstance(error.body, models.ErrorsV3) else []


def refuse(problems: Sequence[str]) -> None:
    """Raise 422 `CF-UnprocessableEntity` with all problems in one detail, unless there is none."""
    if problems:
        raise v3_error(table.UNPROCESSABLE, ", ".join(problems))


def v2_unknown_route(kind: ErrorKind) -> ApiError:
    """Return the answer to a path or method that does not exist; it ends without newline (1.3)."""
    body = models.ErrorV2(description=kind.detail(), error_code=kind.title, code=kind.code)
    return documented.V2NotFound(body=body)


def v2_error(kind: ErrorKind, *particulars: str | None) -> ApiError:
    """Return an error in the envelope of version 2 (1.3)."""
    document = models.ErrorV2(
        description=kind.detail(*particulars), error_code=kind.title, code=kind.code
    )
    # The real one ends its bodies with a newline (1.3).
    body: models.ErrorV2 = Json(document.model_dump_json().encode() + b"\n")
    documented_class = _V2_CLASSES.get(kind.status)
    return (
        documented_class(body=body)
        if documented_class
        else UnlistedV2Error(status=kind.status, body=body)
    )
