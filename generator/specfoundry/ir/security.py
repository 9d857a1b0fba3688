"""Which credentials does an operation ask for?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeUse:
    """One scheme of one alternative, with the scopes that it needs."""

    scheme: str
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScheme:
    """One of components.securitySchemes."""

    name: str
    identifier: str
    type: str
    """`apiKey`, `http`, `oauth2`, `openIdConnect` or `mutualTLS`."""
    scheme: str | None = None
    """HTTP authentication scheme, lower case: `bearer`, `basic`."""
    location: str | None = None
    parameter: str | None = None
    """Where an API key stands (`query`, `header`, `cookie`) and under which name."""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """The alternatives of one operation: any one of them suffices, all of its schemes are needed."""

    alternatives: tuple[tuple[SchemeUse, ...], ...] = ()

    @property
    def none(self) -> bool:
        """Whether nothing is asked for: the handler gets no caller."""
        return all(not schemes for schemes in self.alternatives)

    @property
    def optional(self) -> bool:
        """Whether anonymous calls are among the alternatives: the caller may be None."""
        return not self.none and any(not schemes for schemes in self.alternatives)
