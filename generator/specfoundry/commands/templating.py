"""Whose mistake is a template that cannot be rendered?"""

from __future__ import annotations

import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

from jinja2 import TemplateError, TemplateSyntaxError

from specfoundry.errors import SpecfoundryError
from specfoundry.render.format import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def own_template_errors(templates: Path | None) -> Iterator[None]:
    """Turn what goes wrong in the user's own templates into one line that names the place.

    Raises:
        SpecfoundryError: A template below the folder is wrong; built-in ones are our mistake.
    """
    try:
        yield
    except FormatError as error:
        if templates is None:
            raise
        raise SpecfoundryError(f"{templates}: what it makes is no Python: {error}") from error
    except TemplateError as error:
        place = _place(error)
        if templates is None or not place.startswith(f"{templates}/"):
            raise
        raise SpecfoundryError(f"{place}: {' '.join(str(error.message).split())}") from error


def _place(error: TemplateError) -> str:
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    found = [frame for frame in frames if frame.filename.endswith(".jinja")]
    return f"{found[-1].filename}:{found[-1].lineno}" if found else ""
