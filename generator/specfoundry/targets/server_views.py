"""What do the templates of the server package loop over?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerView:
    """One method of a protocol; every text is Python source."""

    name: str
    operation_id: str
    arguments: tuple[tuple[str, str], ...]
    """Name and annotation, without `self`."""
    result: str
    docstring: str

    @property
    def signature(self) -> str:
        """The arguments as the protocol declares them."""
        return ", ".join(["self", *(f"{name}: {code}" for name, code in self.arguments)])

    @property
    def unchecked_signature(self) -> str:
        """The arguments of a method that looks at none of them."""
        return ", ".join(["self", *(f"{name}: object" for name, _ in self.arguments)])


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolView:
    """One tag: a module with its protocol and the class that implements nothing of it."""

    banner: str
    docstring: str
    imports: tuple[str, ...]
    class_name: str
    base: str
    secured: bool
    """Some handler receives a caller."""
    class_docstring: str
    unimplemented: str
    handlers: tuple[HandlerView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """One tag among the APIs of a server."""

    module: str
    attribute: str
    class_name: str
    annotation: str
    unimplemented: str
    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppView:
    """The APIs object and the function that makes the application."""

    banner: str
    title: str
    secured: bool
    """Some operation asks for credentials."""
    groups: tuple[GroupView, ...]
    exports: tuple[str, ...]
    """All names of the package, sorted."""

    @property
    def generic(self) -> str:
        """Type argument of `Apis`."""
        return "[CallerT]" if self.secured else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteView:
    """One row of the operation table: keyword arguments of `Operation` as Python source."""

    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutesView:
    """The operation table."""

    banner: str
    title: str
    imports: tuple[str, ...]
    constants: tuple[tuple[str, str, str], ...]
    """Name, type and expression of what several operations share."""
    routes: tuple[RouteView, ...]
