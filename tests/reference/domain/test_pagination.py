"""Do pages count and link as sections 1.4 and 1.13 of the behaviour document say?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cloud_controller.domain import pagination, query_text

BASE = "https://api.example.local/v3/packages"


def test_the_documented_example_is_rebuilt_exactly() -> None:
    parameters = pagination.filters(
        {
            "label_selector": "env in (a,b),!x",
            "names": ("a", "b,c"),
            "order_by": "+created_at",
            "guids": None,
        }
    )

    assert pagination.query(parameters, 1, 50) == (
        "label_selector=env+in+%28a%2Cb%29%2C%21x&names=a%2Cb%252Cc"
        "&order_by=%2Bcreated_at&page=1&per_page=50"
    )


def test_relational_filters_and_times_are_form_encoded() -> None:
    parameters = pagination.filters({"created_ats[gt]": "2015-11-03T00:53:54Z"})

    assert pagination.query(parameters, 2, 2) == (
        "created_ats%5Bgt%5D=2015-11-03T00%3A53%3A54Z&page=2&per_page=2"
    )


def test_an_empty_filter_stays_in_the_links() -> None:
    assert pagination.query(pagination.filters({"states": ("",)}), 1, 50) == (
        "page=1&per_page=50&states="
    )


def test_the_middle_page_links_to_all_sides() -> None:
    shown = pagination.page(2, 2, 5)
    links = pagination.links(BASE, shown, {})

    assert (shown.total_results, shown.total_pages) == (5, 3)
    assert links.first == f"{BASE}?page=1&per_page=2"
    assert links.last == f"{BASE}?page=3&per_page=2"
    assert links.next == f"{BASE}?page=3&per_page=2"
    assert links.previous == f"{BASE}?page=1&per_page=2"


def test_an_empty_list_has_one_page() -> None:
    shown = pagination.page(1, 50, 0)
    links = pagination.links(BASE, shown, {})

    assert (shown.total_results, shown.total_pages) == (0, 1)
    assert links.first == links.last
    assert links.next is None
    assert links.previous is None


def test_a_v3_page_beyond_the_last_counts_nothing_but_links_back() -> None:
    shown = pagination.page(9, 50, 3)
    links = pagination.links(BASE, shown, {})

    assert (shown.total_results, shown.total_pages) == (0, 1)
    assert links.previous == f"{BASE}?page=8&per_page=50"
    assert links.next is None


def test_a_v2_page_beyond_the_last_tells_the_true_total() -> None:
    shown = pagination.v2_page(9, 50, 3)

    assert (shown.total_results, shown.total_pages) == (3, 1)
    assert pagination.v2_links("/v2/buildpacks", shown, {}) == (
        "/v2/buildpacks?page=8&results-per-page=50",
        None,
    )


def test_the_documented_v2_link_is_rebuilt_exactly() -> None:
    parameters = {"order-direction": "asc", "q": "name:a b;stack IN x,y"}
    shown = pagination.v2_page(1, 1, 3)

    assert pagination.v2_links("/v2/buildpacks", shown, parameters) == (
        None,
        (
            "/v2/buildpacks?order-direction=asc&page=2&q=name:a%20b%3Bstack%20IN%20x,y"
            "&results-per-page=1"
        ),
    )


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=1))
def test_following_a_link_asks_for_the_same_members(members: list[str]) -> None:
    stripped = [member.strip() for member in members]  # white space after a comma is not kept
    link = pagination.query(pagination.filters({"names": stripped}), 1, 50)
    sent = query_text.parse(link).get("names")

    assert sent is not None
    assert list(query_text.members(sent)) == stripped
