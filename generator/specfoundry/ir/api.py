"""What is the whole API that one document describes?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specfoundry.ir.types import Extensions, Header

if TYPE_CHECKING:
    from specfoundry.ir.operation import Operation
    from specfoundry.ir.response import Response
    from specfoundry.ir.security import SecurityScheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One tag and its operations, in the document's order."""

    name: str
    identifier: str
    """Module name and attribute: `packages`, `v2_buildpacks`."""
    class_name: str
    """Protocol name: `PackagesApi`."""
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One base address, with its variables' defaults filled in."""

    url: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Everything that the targets need."""

    title: str
    version: str
    summary: str
    description: str
    tags: tuple[Tag, ...]
    """Tags that have operations; operations without a tag stand under `Default`."""
    errors: tuple[Response, ...]
    """Shared error responses, by name: the classes of `operations/errors.py`."""
    schemes: tuple[SecurityScheme, ...] = ()
    servers: tuple[Server, ...] = ()
    common_headers: tuple[Header, ...] = ()
    extensions: Extensions = Extensions()

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All operations, tag by tag."""
        return tuple(operation for tag in self.tags for operation in tag.operations)
