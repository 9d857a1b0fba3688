"""May a failed call be sent again, and after how long?"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
"""Methods that may be repeated when it is unknown whether the first one arrived (RFC 9110, 9.2.2)."""

RETRIED_STATUSES = frozenset({429, 502, 503, 504})

# Raised before the first byte of a request leaves, so that even a POST may be sent again.
_UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often and how patiently a call is repeated.

    The pause before repetition n is drawn from 0 to `backoff` · 2ⁿ seconds, at most `longest`;
    a Retry-After header replaces it (RFC 9110, 10.2.3) unless it asks for more than `longest`,
    in which case the answer is delivered instead.
    """

    attempts: int = 3
    """Repetitions after the first try; 0 switches them off."""
    backoff: float = 0.2
    longest: float = 30.0

    def __post_init__(self) -> None:
        if self.attempts < 0 or self.backoff < 0 or self.longest < 0:
            message = "attempts, backoff and longest of Retries must not be negative"
            raise ValueError(message)

    @classmethod
    def of(cls, given: Retries | int) -> Retries:
        """Return `given`, or the default policy with that many repetitions."""
        return given if isinstance(given, Retries) else cls(attempts=given)

    def after_error(
        self, attempt: int, method: str, error: httpx2.TransportError, *, replayable: bool
    ) -> float | None:
        """Return the pause before repetition `attempt` in seconds, None when there is none."""
        unsent = isinstance(error, _UNSENT)
        again = unsent or (method in IDEMPOTENT_METHODS and replayable)
        return self._pause(attempt) if again and attempt < self.attempts else None

    def after_answer(
        self, attempt: int, method: str, response: httpx2.Response, *, replayable: bool
    ) -> float | None:
        """Return the pause before repetition `attempt` in seconds, None when the answer stands."""
        if attempt >= self.attempts or response.status_code not in RETRIED_STATUSES:
            return None
        if method not in IDEMPOTENT_METHODS or not replayable:
            return None
        asked = retry_after(response.headers.get("retry-after"))
        if asked is None:
            return self._pause(attempt)
        return asked if asked <= self.longest else None

    def _pause(self, attempt: int) -> float:
        ceiling = min(self.longest, self.backoff * 2.0 ** min(attempt, 60))
        return random.uniform(0, ceiling)  # noqa: S311 (spreads load, protects nothing)


def retry_after(value: str | None) -> float | None:
    """Return the seconds which a Retry-After header asks for, None when it asks for nothing."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value.strip())
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
