"""How do the tests of the docs make a site, and which browser opens it?"""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import re
import shutil
import threading
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote, urlsplit

import pytest

from specfoundry.document.bundle import bundle_document
from specfoundry.document.load import load_document
from specfoundry.render.cache import Cache
from specfoundry.targets.context import TargetOptions
from specfoundry.targets.plan import build_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

CONTRACT = Path(__file__).parents[2] / "spec" / "openapi.yaml"
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a careful server sends; the site needs nothing beyond its own files.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


class Page(HTMLParser):
    """The ids, links and scripts of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if known.get("id"):
            self.ids.append(str(known["id"]))
        if tag in ("a", "link") and known.get("href") is not None:
            (self.links if tag == "a" else self.sources).append(str(known["href"]))
        if tag in ("script", "img", "iframe", "object", "style"):
            self.sources.append(str(known.get("src")))
        self.inline += [name for name in known if name == "style" or name.startswith("on")]


class Site:
    """A written site."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def pages(self) -> dict[Path, Page]:
        return {path: Page(path.read_text("utf-8")) for path in sorted(self.root.rglob("*.html"))}

    def words(self, path: str) -> str:
        """The text of a page without its tags."""
        return " ".join(re.sub(r"<[^>]*>", " ", self.text(path)).split())

    def dead_links(self) -> list[str]:
        """Every link of the site that leads nowhere."""
        pages = self.pages()
        found = []
        for path, page in pages.items():
            for link in page.links:
                parts = urlsplit(link)
                if parts.scheme:
                    continue
                target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
                wanted = unquote(parts.fragment)
                if not target.exists() or (wanted and wanted not in pages[target].ids):
                    found.append(f"{path.relative_to(self.root)}: {link}")
        return found


def write_site(document: Path, root: Path) -> Site:
    """Write the docs of a document to a folder."""
    bundle = bundle_document(load_document(document))
    options = TargetOptions(package="pets", only=frozenset({"docs"}))
    for path, text in build_tree(bundle, options, Cache(root.parent / "cache")).tree.items():
        if path.startswith("docs/"):
            target = root / path.removeprefix("docs/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    return Site(root)


@pytest.fixture
def site_of(tmp_path: Path) -> Callable[[dict[str, Any]], Site]:
    """Write the site of a document that a test gives as data."""

    def write(members: dict[str, Any]) -> Site:
        document = {"openapi": "3.1.1", "info": {"title": "Pets", "version": "1"}, **members}
        source = tmp_path / "openapi.json"
        source.write_text(json.dumps(document), encoding="utf-8")
        return write_site(source, tmp_path / "site")

    return write


@pytest.fixture(scope="module")
def contract_site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of our own contract."""
    return write_site(CONTRACT, tmp_path_factory.mktemp("contract"))


class _Handler(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Keep the output of the tests free of requests."""


@pytest.fixture(scope="module")
def contract_url(contract_site: Site) -> Iterator[str]:
    """The site of our own contract over HTTP, below a path, under a strict policy."""
    handler = functools.partial(_Handler, directory=str(contract_site.root.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{contract_site.root.name}"
        server.shutdown()
        thread.join()


def _without_browser(reason: str) -> NoReturn:
    message = f"no browser for the docs: {reason}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, else Playwright's own; without any, the test is skipped."""
    try:
        from playwright import sync_api as playwright  # noqa: PLC0415 - absence is an answer here
    except ImportError as error:
        _without_browser(str(error))
    program = shutil.which("chromium") or shutil.which("google-chrome")
    with contextlib.ExitStack() as opened:
        driver = opened.enter_context(playwright.sync_playwright())
        try:
            launched = driver.chromium.launch(executable_path=program, args=_FLAGS)
        except playwright.Error as error:
            _without_browser(str(error).splitlines()[0])
        opened.callback(launched.close)
        yield launched
