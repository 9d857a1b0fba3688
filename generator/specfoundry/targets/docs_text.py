"""How does CommonMark from a document become harmless HTML?"""

from __future__ import annotations

import html
import re
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from specfoundry.targets.docs_addresses import Addresses, fragment, href
from specfoundry.targets.docs_nodes import schema_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OUTSIDE = re.compile(r"(?:https?://|mailto:)[^\s]+", re.IGNORECASE)
_NOTHING_SPECIAL = re.compile(r"(?!\d+[.)])[^\\`*_\[\]<>#&~|\n\t+-]*")
_SLUG = re.compile(r"[^a-z0-9]+")
_TAG = re.compile(r"<[^>]*>")


def safe_url(url: object) -> str | None:
    """Return an address that a page may link to, None for anything but http, https and mailto."""
    return url if isinstance(url, str) and _OUTSIDE.fullmatch(url.strip()) else None


def excerpt(markup: Markup, limit: int) -> str:
    """Return at most `limit` characters of rendered text, cut between words."""
    words = html.unescape(_TAG.sub(" ", str(markup))).split()
    plain = " ".join(words)
    if len(plain) <= limit:
        return plain
    return f"{plain[:limit].rsplit(' ', 1)[0]} …"


def slug(heading: str) -> str:
    """Return the id of a heading: `Rate limits` → `rate-limits`."""
    return _SLUG.sub("-", heading.lower()).strip("-") or "section"


class Prose:
    """Renders the descriptions of one document; equal texts are rendered once.

    Raw HTML is shown as text. Only http, https and mailto leave the site; images become links, so
    that no page fetches anything; links within the document (`#/components/schemas/Pet`,
    `#operation/listPets`, `#tag/Pets`) lead to the page; any other link is shown as its text.
    """

    def __init__(self, addresses: Addresses) -> None:
        """Links are resolved against `addresses`."""
        self._addresses = addresses
        self._parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
        self._rendered: dict[tuple[str, str, int, str], Markup] = {}

    def render(self, source: object, root: str, heading: int = 3, prefix: str = "") -> Markup:
        """Render CommonMark as HTML whose headings start at level `heading`.

        With a `prefix`, which a page may use once, headings get ids: `<prefix>-rate-limits`.
        """
        if not isinstance(source, str) or not source.strip():
            return Markup()
        if len(source) < 400 and _NOTHING_SPECIAL.fullmatch(source.strip()):
            return Markup("<p>{}</p>\n").format(source.strip())
        key = (source, root, heading, prefix)
        if key not in self._rendered:
            self._rendered[key] = self._render(source, root, heading, prefix)
        return self._rendered[key]

    def _render(self, source: str, root: str, heading: int, prefix: str) -> Markup:
        tokens = self._parser.parse(source)
        slugs = _name_headings(tokens, prefix) if prefix else {}
        for token in tokens:
            if token.type in ("heading_open", "heading_close"):
                token.tag = f"h{min(6, int(token.tag[1]) + heading - 1)}"
            elif token.type == "inline":
                token.children = self._safe_inline(token.children or [], root, slugs)
            elif token.type == "table_open":
                token.attrs["class"] = "prose-table"
        return Markup(self._parser.renderer.render(tokens, self._parser.options, {}))  # noqa: S704 - raw HTML is off, links are filtered

    def _safe_inline(
        self, tokens: Sequence[Token], root: str, slugs: Mapping[str, str]
    ) -> list[Token]:
        kept: list[Token] = []
        opened: list[bool] = []
        for token in tokens:
            if token.type == "link_open":
                target = self._target(str(token.attrs.get("href", "")), root, slugs)
                opened.append(target is not None)
                if target is not None:
                    kept.append(_link_open(target))
            elif token.type == "link_close":
                if opened.pop():
                    kept.append(token)
            elif token.type == "image":
                kept.extend(_image_as_link(token, inside_link=any(opened)))
            else:
                kept.append(token)
        return kept

    def _target(self, url: str, root: str, slugs: Mapping[str, str]) -> str | None:
        outside = safe_url(url)
        if outside is not None:
            return outside
        decoded = unquote(url)
        address = None
        if decoded.startswith("#operation/"):
            address = self._addresses.operations.get(decoded[len("#operation/") :])
        elif decoded.startswith("#tag/"):
            address = self._addresses.tags.get(decoded[len("#tag/") :])
        elif (name := schema_name(url)) is not None:
            address = self._addresses.schemas.get(name)
        elif decoded[1:] in slugs and decoded.startswith("#"):
            return fragment(slugs[decoded[1:]])
        return None if address is None else href(address, root)


def _name_headings(tokens: Sequence[Token], prefix: str) -> dict[str, str]:
    """Give each heading an id; return what a link in the document calls it, with the id."""
    named: dict[str, str] = {}
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        identifier = base = slug(inline.content)
        number = 1
        while identifier in named:
            number += 1
            identifier = f"{base}-{number}"
        named[identifier] = f"{prefix}-{identifier}"
        opening.attrs["id"] = named[identifier]
    return named


def _link_open(target: str) -> Token:
    token = Token("link_open", "a", 1)
    token.attrs["href"] = target
    if _OUTSIDE.fullmatch(target):
        token.attrs["rel"] = "noreferrer noopener"
    return token


def _image_as_link(image: Token, *, inside_link: bool) -> list[Token]:
    """Return a link to an image, its alternative text as the link's text."""
    label = Token("text", "", 0)
    target = safe_url(image.attrs.get("src"))
    label.content = image.content or target or ""
    if target is None or inside_link:
        return [label]
    return [_link_open(target), label, Token("link_close", "a", -1)]
