"""When is the work over that goes on after an answer, and how did it end?"""

from __future__ import annotations

import random
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import unquote, urlsplit

from specfoundry.runtime.client_errors import JobFailed, JobTimeout, UnexpectedResponse
from specfoundry.runtime.client_pointers import pointed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specfoundry.runtime.client_endpoint import Endpoint

JobT = TypeVar("JobT")

FIRST_PAUSE_SECONDS = 0.05
LONGEST_PAUSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AsyncJob(Generic[JobT]):
    """How to follow an answer to its job: the document's `x-async-job`."""

    location: str
    """Where the job's address stands: an attribute of the answer, or a JSON pointer into its body."""
    endpoint: Endpoint[JobT]
    state: str
    done: tuple[object, ...]
    failed: tuple[object, ...]
    errors: str | None = None

    def path_of(self, answer: object) -> str:
        """Return the path values of the job operation, matched in the address that `answer` gives.

        Only the path counts: the job is asked for where the client sends everything else, so that
        credentials never go to an address that an answer chose.
        """
        pointer = self.location.startswith("/")
        source = getattr(answer, "body", answer) if pointer else answer
        found = pointed(source, self.location) if pointer else getattr(source, self.location, None)
        if not isinstance(found, str):
            message = f"the answer has no job address at {self.location}"
            raise ValueError(message)  # noqa: TRY004 (the caller's answer, not its type, is at fault)
        return found

    def arguments(self, answer: object) -> dict[str, str]:
        """Return the path parameters of the job that `answer` leads to, by wire name."""
        address = self.path_of(answer)
        match = _template(self.endpoint.path).search(urlsplit(address).path)
        if match is None:
            raise UnexpectedResponse(
                f"its job address does not match {self.endpoint.path}",
                operation_id=self.endpoint.operation_id,
                status=202,
                body=address.encode(),
            )
        names = re.findall(r"{([^}]+)}", self.endpoint.path)
        return {name: unquote(text) for name, text in zip(names, match.groups(), strict=True)}

    def over(self, job: object) -> bool:
        """Return whether `job` is done; raise `JobFailed` when it failed."""
        body = self._body(job)
        value = self._state(body)
        if value in self.failed:
            errors = pointed(body, self.errors) if self.errors else None
            raise JobFailed(job, value, _all(errors))
        return value in self.done

    def timed_out(self, job: object, timeout: float) -> JobTimeout:
        """Return the error for a job that is still not over."""
        return JobTimeout(job, self._state(self._body(job)), timeout)

    def _body(self, job: object) -> object:
        return job if self.endpoint.bare else getattr(job, "body", job)

    def _state(self, body: object) -> object:
        state = pointed(body, self.state)
        return getattr(state, "value", state)


def _all(errors: object) -> tuple[object, ...]:
    """Return what went wrong as a tuple: many errors, one, or none."""
    if isinstance(errors, (list, tuple)):
        return tuple(errors)
    return () if errors is None else (errors,)


def pauses(timeout: float) -> Iterator[float]:
    """Yield growing pauses in seconds, with jitter, until `timeout` has passed on the clock."""
    deadline = time.monotonic() + timeout
    ceiling = FIRST_PAUSE_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        yield min(left, random.uniform(ceiling / 2, ceiling))  # noqa: S311 (spreads load only)
        ceiling = min(LONGEST_PAUSE_SECONDS, ceiling * 2)


def _template(path: str) -> re.Pattern[str]:
    """Compile the end of an address that ends in `path`, whatever prefix a proxy adds."""
    pieces = re.split(r"({[^}]+})", path)
    return re.compile(
        "".join("([^/]+)" if p.startswith("{") else re.escape(p) for p in pieces) + "/?$"
    )
