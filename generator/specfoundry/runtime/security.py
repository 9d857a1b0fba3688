"""Which credentials does an operation ask for, and who checks them?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import cookie_parser

if TYPE_CHECKING:
    from specfoundry.runtime.operations import Operation
    from specfoundry.runtime.requests import RequestHead

CallerT_co = TypeVar("CallerT_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScheme:
    """One scheme of the document (OpenAPI 3.1, 4.8.27)."""

    name: str
    type: str
    """`apiKey`, `http`, `oauth2`, `openIdConnect` or `mutualTLS`."""
    scheme: str | None = None
    """HTTP authentication scheme, lower case: `bearer`, `basic`."""
    location: str | None = None
    parameter: str | None = None
    """Where an API key stands (`query`, `header`, `cookie`) and under which name."""

    def is_carried_by(self, request: RequestHead) -> bool:
        """Return whether the request brings something for this scheme, right or wrong."""
        if self.type != "apiKey" or self.parameter is None:
            return self.type == "mutualTLS" or "authorization" in request.headers
        if self.location == "cookie":
            return self.parameter in cookie_parser(request.headers.get("cookie", ""))
        if self.location == "query":
            sent = parse_qsl(request.raw_query, keep_blank_values=True)
            return any(name == self.parameter for name, _ in sent)
        return self.parameter in request.headers


@dataclass(frozen=True, slots=True)
class SecurityRequirement:
    """One scheme of one alternative, with the scopes that the operation needs."""

    scheme: SecurityScheme
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Security:
    """The alternatives of one operation: one of them suffices, all of its schemes are needed."""

    alternatives: tuple[tuple[SecurityRequirement, ...], ...] = ()

    @property
    def none(self) -> bool:
        """Whether nothing is asked for: the handler gets no caller."""
        return all(not schemes for schemes in self.alternatives)

    @property
    def optional(self) -> bool:
        """Whether anonymous calls are allowed: the caller may be None."""
        return not self.none and any(not schemes for schemes in self.alternatives)

    @property
    def query_keys(self) -> frozenset[str]:
        """Names of the query parameters that are API keys."""
        schemes = (need.scheme for schemes in self.alternatives for need in schemes)
        return frozenset(s.parameter for s in schemes if s.location == "query" and s.parameter)

    def is_anonymous(self, request: RequestHead) -> bool:
        """Return whether the request may be, and is, without any of the credentials."""
        return self.optional and not any(
            requirement.scheme.is_carried_by(request)
            for schemes in self.alternatives
            for requirement in schemes
        )


NO_SECURITY = Security()


class Authenticator(Protocol[CallerT_co]):
    """Turns credentials into the caller that handlers receive."""

    async def authenticate(self, request: RequestHead, operation: Operation) -> CallerT_co:
        """Return the caller; raise an `ApiError` (401, 403) when there is none.

        `operation.security` says which schemes and scopes the operation asks for. Not called for
        operations without security, nor for anonymous calls where the document allows them.
        """
        ...
