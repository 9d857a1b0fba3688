"""How does text of a document become a docstring?"""

from __future__ import annotations

import re
import textwrap

LINE_LENGTH = 100
_VERBATIM = re.compile(r"(?: {4}|\t|\||```|#|>)")
_QUOTES = re.compile(r'"{3,}|"+\Z')
_ITEM = re.compile(r"(?:[-*+]|\d+[.)]) ")


def docstring(*paragraphs: str, indent: int) -> str:
    """Return a docstring literal of the paragraphs that are not empty, wrapped at 100 columns.

    The first line stands behind the current indentation, all others are indented by `indent`
    spaces. Nothing in the text can end the literal or be read as an escape.
    """
    text = "\n\n".join(paragraph.strip() for paragraph in paragraphs if paragraph.strip())
    lines = _wrapped(_escaped(text), LINE_LENGTH - indent - 3)
    if not lines:
        return '""""""'
    closing = len(lines) == 1 and len(lines[0]) + 6 + indent <= LINE_LENGTH
    body = "\n".join(f"{' ' * indent}{line}".rstrip() for line in lines).lstrip()
    return f'"""{body}"""' if closing else f'"""{body}\n{" " * indent}"""'


def _escaped(text: str) -> str:
    """Return `text` so that it stands literally between triple quotes."""
    printable = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)
    escaped = printable.replace("\\", "\\\\")
    return _QUOTES.sub(lambda match: '\\"' * len(match[0]), escaped)


def _wrapped(text: str, width: int) -> list[str]:
    """Wrap running text; lines of code blocks, tables and headings stay as they are."""
    lines: list[str] = []
    paragraph: list[str] = []
    fenced = False

    def flush() -> None:
        if paragraph:
            hanging = " " * len(found[0]) if (found := _ITEM.match(paragraph[0])) else ""
            words = " ".join(paragraph)
            lines.extend(
                textwrap.wrap(
                    words,
                    width,
                    subsequent_indent=hanging,
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )
            paragraph.clear()

    for line in text.splitlines():
        fence = line.lstrip().startswith("```")
        if fenced or fence or not line.strip() or _VERBATIM.match(line):
            flush()
            lines.append(line.rstrip())
            fenced ^= fence
            continue
        if _ITEM.match(line):
            flush()
        paragraph.append(line.strip())
    flush()
    return lines
