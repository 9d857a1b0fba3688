"""Which errors can the API send (behaviour document, section 9)?"""

from __future__ import annotations

from typing import Final, NamedTuple


class ErrorKind(NamedTuple):
    """One row of the table; `text` may hold places for what is particular to the case."""

    code: int
    title: str
    status: int
    text: str

    def detail(self, *particulars: str | None) -> str:
        """Return the error's whole text; a particular that is None prints as nothing."""
        return self.text.format(*("" if part is None else part for part in particulars))


UNREADABLE_BODY: Final = "invalid request body"
"""What stands behind a `MESSAGE_PARSE_ERROR` of version 3."""

_UPLOAD_ONCE: Final = (
    "Bits may be uploaded only once. Create a new package to upload different bits."
)
_TAKEN: Final = "The buildpack name {0} is already in use for the stack {1} and the lifecycle {2}"
_BLOBSTORE: Final = "Failed to perform operation due to blobstore unavailability."
_NOT_AUTHORIZED: Final = "You are not authorized to perform the requested action"
_NO_DROPLET_BITS: Final = "Blobstore key not present on droplet. This may be due to a failed build."
_ONE_BUILD: Final = "Only one build can be STAGING at a time per application."
_NO_SCOPE: Final = "Your token lacks the necessary scopes to access this resource."

INVALID_AUTH_TOKEN: Final = ErrorKind(1000, "CF-InvalidAuthToken", 401, "Invalid Auth Token")
MESSAGE_PARSE_ERROR: Final = ErrorKind(
    1001, "CF-MessageParseError", 400, "Request invalid due to parse error: {}"
)
BAD_REQUEST: Final = ErrorKind(1004, "CF-BadRequest", 400, "Bad request: {}")
NOT_FOUND: Final = ErrorKind(10000, "CF-NotFound", 404, "Unknown request")
UNKNOWN_ERROR: Final = ErrorKind(10001, "UnknownError", 500, "An unknown error occurred.")
NOT_AUTHENTICATED: Final = ErrorKind(10002, "CF-NotAuthenticated", 401, "Authentication error")
NOT_AUTHORIZED: Final = ErrorKind(10003, "CF-NotAuthorized", 403, _NOT_AUTHORIZED)
INVALID_REQUEST: Final = ErrorKind(10004, "CF-InvalidRequest", 400, "The request is invalid")
BAD_QUERY_PARAMETER: Final = ErrorKind(
    10005, "CF-BadQueryParameter", 400, "The query parameter is invalid: {}"
)
INSUFFICIENT_SCOPE: Final = ErrorKind(10007, "CF-InsufficientScope", 403, _NO_SCOPE)
UNPROCESSABLE: Final = ErrorKind(10008, "CF-UnprocessableEntity", 422, "{}")
RESOURCE_NOT_FOUND: Final = ErrorKind(10010, "CF-ResourceNotFound", 404, "{} not found")
UNABLE_TO_PERFORM: Final = ErrorKind(
    10009, "CF-UnableToPerform", 400, "{0} could not be completed: {1}"
)
DROPLET_UPLOAD_INVALID: Final = ErrorKind(
    10008, "CF-UnprocessableEntity", 422, "Uploaded droplet file is invalid: {}"
)
NO_DROPLET_BITS: Final = ErrorKind(10010, "CF-ResourceNotFound", 404, _NO_DROPLET_BITS)
SERVICE_UNAVAILABLE: Final = ErrorKind(
    10015, "CF-ServiceUnavailable", 503, "Database connection failure"
)
UAA_UNAVAILABLE: Final = ErrorKind(  # 503 in the real one's table, sent as 502
    20004, "CF-UaaUnavailable", 502, "The UAA service is currently unavailable"
)
UNIQUENESS: Final = ErrorKind(10016, "CF-UniquenessError", 422, "{}")
ORG_SUSPENDED: Final = ErrorKind(10017, "CF-OrgSuspended", 403, "The organization is suspended")
SPACE_SUSPENDED: Final = ErrorKind(10019, "CF-SpaceSuspended", 403, "The space is suspended")
BEING_DELETED: Final = ErrorKind(10020, "CF-ResourceBeingDeleted", 422, "The {} is being deleted")
ALREADY_UPLOADED: Final = ErrorKind(150004, "CF-PackageBitsAlreadyUploaded", 400, _UPLOAD_ONCE)
BLOBSTORE_UNAVAILABLE: Final = ErrorKind(150006, "CF-BlobstoreUnavailable", 502, _BLOBSTORE)
STAGING_IN_PROGRESS: Final = ErrorKind(170017, "CF-StagingInProgress", 422, _ONE_BUILD)
STACK_FORBIDS: Final = ErrorKind(250004, "CF-StackValidationFailed", 422, "{}")
BUILDPACK_TAKEN: Final = ErrorKind(290000, "CF-BuildpackNameStackLifecycleTaken", 422, _TAKEN)
BUILDPACK_UPLOAD_INVALID: Final = ErrorKind(
    290002, "CF-BuildpackBitsUploadInvalid", 400, "The buildpack upload is invalid: {}"
)
BUILDPACK_INVALID: Final = ErrorKind(290003, "CF-BuildpackInvalid", 400, "Buildpack is invalid: {}")
CUSTOM_BUILDPACKS_DISABLED: Final = ErrorKind(
    290004, "CF-CustomBuildpacksDisabled", 400, "Custom buildpacks are disabled"
)
BUILDPACK_LOCKED: Final = ErrorKind(290005, "CF-BuildpackLocked", 409, "The buildpack is locked")
FEATURE_DISABLED: Final = ErrorKind(330002, "CF-FeatureDisabled", 403, "Feature Disabled: {}")
STACKS_DIFFER: Final = ErrorKind(
    390011,
    "CF-BuildpackStacksDontMatch",
    422,
    "Uploaded buildpack stack ({0}) does not match {1}",
)
STACK_UNKNOWN: Final = ErrorKind(
    390012, "CF-BuildpackStackDoesNotExist", 422, "Uploaded buildpack stack ({}) does not exist"
)
BUILDPACK_ZIP: Final = ErrorKind(390013, "CF-BuildpackZipError", 422, "Buildpack zip error: {}")
LABEL_LIMIT: Final = ErrorKind(390020, "CF-LabelLimitExceeded", 422, "{}")
ANNOTATION_LIMIT: Final = ErrorKind(390023, "CF-AnnotationLimitExceeded", 422, "{}")

# Upstream's proxy answers too large bodies itself, and a Cloud Controller implements all that it
# documents, so the table has no rows for these two; the names follow its style.
TOO_LARGE: Final = ErrorKind(10004, "CF-RequestEntityTooLarge", 413, "The request is too large")
NOT_IMPLEMENTED: Final = ErrorKind(
    10001, "CF-NotImplemented", 501, "This operation is not implemented"
)
