"""How does code get its colours without a script or an inline style?"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_MAX_LENGTH = 200_000
"""Characters beyond which code is shown plain."""
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


@cache
def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return get_lexer_by_name("text", stripnl=False, ensurenl=False)


def highlighted(code: str, language: str) -> Markup:
    """Return escaped code whose tokens carry Pygments' class names.

    `language` is a name that Pygments knows (`json`, `bash`, `python`); another one shows plain.
    """
    if len(code) > _MAX_LENGTH:
        return Markup.escape(code)
    return Markup(highlight(code, _lexer(language.lower()), _FORMATTER).rstrip("\n"))  # noqa: S704 - the formatter escapes
