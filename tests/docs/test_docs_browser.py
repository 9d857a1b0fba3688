"""Does the published site work in a real browser, from a folder and over HTTP?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@pytest.fixture(params=["folder", "http"])
def base(request: pytest.FixtureRequest, contract_site: Any) -> str:
    """Where the site of our own contract is opened."""
    if request.param == "folder":
        return contract_site.root.as_uri()
    return str(request.getfixturevalue("contract_url"))


@pytest.fixture
def tab(browser: Browser, base: str) -> Iterator[Page]:
    """A page of the browser that must neither complain nor ask another host for anything."""
    page = browser.new_page(viewport={"width": 1400, "height": 900}, color_scheme="light")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((base, "data:"))
            else complaints.append(f"asked for {asked.url}")
        ),
    )
    yield page
    page.close()
    assert complaints == []


def search(tab: Page, words: str) -> list[str]:
    """Type into the search field by keyboard alone; return the addresses that are offered."""
    tab.keyboard.press("/")
    tab.keyboard.type(words)
    tab.wait_for_selector("#found:not([hidden]) [role=option]")
    return [str(link.get_attribute("href")) for link in tab.query_selector_all("#found a")]


def test_an_operation_is_found_by_typing_and_shows_its_example(tab: Page, base: str) -> None:
    tab.goto(f"{base}/index.html")
    search(tab, "create package")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/operations/createPackage.html")
    assert tab.inner_text("h1") == "Create or copy a package"
    example = tab.locator("#response-201 .code").first
    assert example.is_visible()
    assert '"AWAITING_UPLOAD"' in example.inner_text()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("listPackages", "operations/listPackages.html"),
        ("/v3/packages", "operations/listPackages.html"),
        ("delete packge", "operations/deletePackage.html"),
        ("results-per-page", "operations/listV2Buildpacks.html"),
        ("CF-ResourceNotFound", "errors.html#CF-ResourceNotFound"),
        ("PackageList", "schemas/PackageList.html"),
    ],
)
def test_search_finds_what_was_meant(tab: Page, base: str, words: str, expected: str) -> None:
    tab.goto(f"{base}/index.html")
    found = search(tab, words)
    assert expected in found[:3]


def test_arrows_choose_and_escape_closes(tab: Page, base: str) -> None:
    tab.goto(f"{base}/operations/getPackage.html")
    search(tab, "package")
    tab.keyboard.press("ArrowDown")
    assert tab.get_attribute("#search", "aria-activedescendant") == "found-1"
    assert tab.get_attribute("#found-1", "aria-selected") == "true"
    tab.keyboard.press("Escape")
    assert tab.is_hidden("#found")
    assert tab.get_attribute("#search", "aria-expanded") == "false"


def test_the_colours_follow_the_system_until_the_reader_chooses(tab: Page, base: str) -> None:
    def ground() -> str:
        return str(tab.evaluate("getComputedStyle(document.body).backgroundColor"))

    tab.goto(f"{base}/index.html")
    light = ground()
    tab.emulate_media(color_scheme="dark")
    dark = ground()
    assert light != dark
    tab.emulate_media(color_scheme="light")
    tab.click("#theme")
    assert ground() == dark
    assert tab.get_attribute("#theme", "aria-label") == "Colours: dark"
    tab.goto(f"{base}/operations/getPackage.html")
    assert ground() == dark


def test_copy_puts_the_whole_sample_on_the_clipboard(tab: Page, base: str) -> None:
    tab.goto(f"{base}/operations/createPackage.html")
    tab.click("#curl .copy")
    tab.wait_for_function("document.querySelector('#curl .copy').textContent === 'Copied'")


def test_an_address_with_a_fragment_unfolds_what_it_names(tab: Page, base: str) -> None:
    tab.goto(f"{base}/operations/getPackage.html#response-404")
    tab.wait_for_selector("#response-404[open]")
    assert tab.locator("#response-404 .code").first.is_visible()


def test_the_side_bar_shows_where_the_reader_is(tab: Page, base: str) -> None:
    tab.goto(f"{base}/operations/getPackage.html")
    assert tab.inner_text("#side [aria-current=page] .summary") == "Get a package"


def test_nothing_moves_while_a_page_loads(tab: Page, base: str) -> None:
    tab.goto(f"{base}/operations/createPackage.html")
    shift = tab.evaluate(
        """() => new Promise(done => {
          let sum = 0;
          const seen = new PerformanceObserver(list => list.getEntries().forEach(e => sum += e.value));
          seen.observe({type: 'layout-shift', buffered: true});
          requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
        })"""
    )
    assert shift < 0.01


def test_a_narrow_screen_needs_no_sideways_scrolling(tab: Page, base: str) -> None:
    tab.set_viewport_size({"width": 360, "height": 800})
    for page in ("index", "operations/createPackage", "schemas/Package", "errors"):
        tab.goto(f"{base}/{page}.html")
        wide = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, page
