"""Which inputs does an operation take outside its body?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from specfoundry.ir.types import Shape, TypeRef

ParameterLocation = Literal["path", "query", "header", "cookie"]
Style = Literal[
    "matrix", "label", "simple", "form", "spaceDelimited", "pipeDelimited", "deepObject"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter, style and explode filled in (OpenAPI 3.1, 4.8.12)."""

    name: str
    """The wire name, e.g. `results-per-page`."""
    identifier: str
    """The Python name, unique among the operation's parameters, e.g. `results_per_page`."""
    location: ParameterLocation
    type: TypeRef
    """Without the `| None` of an optional parameter."""
    shape: Shape
    required: bool
    default: str | None = None
    """Python source of the default, when the schema states one."""
    style: Style = "form"
    explode: bool = True
    allow_reserved: bool = False
    content_type: str | None = None
    """Media type when the parameter is described by `content` instead of `schema`."""
    decode: str | None = None
    """Value of `x-decode`: a named leniency in reading the text."""
    deprecated: bool = False
    description: str = ""
