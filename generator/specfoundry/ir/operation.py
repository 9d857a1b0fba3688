"""What is one operation, resolved and named?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specfoundry.ir.security import Security
from specfoundry.ir.types import Extensions

if TYPE_CHECKING:
    from specfoundry.ir.body import Body
    from specfoundry.ir.parameter import Parameter
    from specfoundry.ir.response import Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A documented link from a response to another operation (OpenAPI 3.1, 4.8.20)."""

    name: str
    status: str
    operation_id: str
    parameters: tuple[tuple[str, object], ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method on one path."""

    operation_id: str
    """As documented; made from method and path where the document has none."""
    name: str
    """Method name: the operationId in snake case, e.g. `list_packages`."""
    class_prefix: str
    """The operationId in Pascal case: `ListPackages` (of `ListPackagesParams`, `ListPackages200`)."""
    method: str
    """Upper case."""
    path: str
    tag: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    responses: tuple[Response, ...] = ()
    """In ascending order of status; ranges and `default` last."""
    security: Security = Security()
    links: tuple[Link, ...] = ()
    deprecated: bool = False
    strict_query: bool = False
    extensions: Extensions = Extensions()
    pointer: str = ""
    """JSON pointer of the operation in the bundle."""

    @property
    def params_class(self) -> str | None:
        """Name of the frozen parameters class, None when there are no parameters."""
        return f"{self.class_prefix}Params" if self.parameters else None

    @property
    def successes(self) -> tuple[Response, ...]:
        """The responses that are not errors."""
        return tuple(response for response in self.responses if not response.is_error)

    @property
    def errors(self) -> tuple[Response, ...]:
        """The responses whose classes are exceptions."""
        return tuple(response for response in self.responses if response.is_error)
