"""What can go wrong on the client's side beyond the errors that a document describes?"""

from __future__ import annotations

EXCERPT_CHARACTERS = 300


class ClientError(Exception):
    """Base of every failure that generated clients raise beside the documented error classes."""


class UnexpectedResponse(ClientError):  # noqa: N818 (names what arrived, as the docs do)
    """The server answered something that the document does not describe.

    Raised for an undocumented status, an undocumented media type, a body or header that does not
    match its schema, and a required header that is missing.
    """

    def __init__(
        self,
        reason: str,
        *,
        operation_id: str,
        status: int,
        media_type: str | None = None,
        body: bytes = b"",
    ) -> None:
        self.reason = reason
        self.operation_id = operation_id
        self.status = status
        self.media_type = media_type
        self.excerpt = excerpt_of(body)
        tail = f": {self.excerpt}" if self.excerpt else ""
        super().__init__(f"{operation_id} answered {status}, {reason}{tail}")


class AuthenticationFailed(ClientError):  # noqa: N818 (names the event)
    """The token endpoint refused the credentials, or answered no token (RFC 6749, 5.2)."""

    def __init__(self, status: int, error: str, description: str = "") -> None:
        self.status = status
        self.error = error
        self.description = description
        super().__init__(
            f"no token: {status} {error}" + (f", {description}" if description else "")
        )


class JobFailed(ClientError):  # noqa: N818 (names the event)
    """The work behind an answer ended without success; `job` is its last representation."""

    def __init__(self, job: object, state: object, errors: tuple[object, ...]) -> None:
        self.job = job
        self.state = state
        self.errors = errors
        told = "; ".join(str(error) for error in errors) or "without saying why"
        super().__init__(f"the job ended in state {state}: {told}")


class JobTimeout(ClientError):  # noqa: N818 (names the event)
    """The job did not end within the time allowed; `job` is its last representation."""

    def __init__(self, job: object, state: object, timeout: float) -> None:
        self.job = job
        self.state = state
        self.timeout = timeout
        super().__init__(f"the job is still in state {state} after {timeout:g} s")


class BrokenPagination(ClientError):  # noqa: N818 (names the fault)
    """A list leads to a page that was seen already, to another host, or never ends."""


class IncompleteDownload(ClientError):  # noqa: N818 (names the event)
    """Fewer or other bytes arrived than the server announced."""


def excerpt_of(body: bytes) -> str:
    """Return the beginning of `body` as printable text on one line."""
    text = body[: EXCERPT_CHARACTERS * 4].decode("utf-8", "replace")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= EXCERPT_CHARACTERS else line[:EXCERPT_CHARACTERS] + "…"
