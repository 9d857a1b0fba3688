"""What may an operation answer?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from specfoundry.ir.types import Extensions, Header

if TYPE_CHECKING:
    from specfoundry.ir.body import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One documented response of one operation, or one shared error response."""

    status: str
    """`200`, a range such as `4XX`, or `default`."""
    class_name: str
    """Name of its class in the operations package: `ListPackages200`, or the shared error's name."""
    description: str
    media: tuple[Media, ...] = ()
    headers: tuple[Header, ...] = ()
    """Without the headers which the settings declare common to all responses."""
    common_headers: tuple[Header, ...] = ()
    component: str | None = None
    """Name under components.responses when the response is shared."""
    shared: bool = False
    """Its class stands in `operations/errors.py`: a component used as an error response."""
    is_only: bool = False
    """It is the `default` of an operation that documents no success: it stands for those too."""
    extensions: Extensions = Extensions()

    @property
    def is_error(self) -> bool:
        """Whether its class is an exception: 4xx, 5xx and `default` beside a success."""
        return self.status[0] in "45" or (self.status == "default" and not self.is_only)

    @property
    def fixed_status(self) -> int | None:
        """The status code, or None for a range or `default`, whose instances carry their own."""
        return int(self.status) if self.status.isdigit() else None

    @property
    def body_code(self) -> str | None:
        """Annotation of the `body` attribute, None when the response has no body."""
        codes = dict.fromkeys(media.type.code for media in self.media)
        return " | ".join(codes) or None
