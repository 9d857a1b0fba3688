"""Does a list show the right rows in the right order?"""

from __future__ import annotations

from typing import Any

import pytest

from cloud_controller.store import (
    BUILDPACKS,
    ORGANIZATIONS,
    PACKAGES,
    BuildpackRecord,
    Database,
    In,
    LabelKey,
    Labels,
    ListQuery,
    Metadata,
    Order,
    Page,
    Requirement,
    Seconds,
    Transaction,
    VisibleTo,
    clock,
)
from cloud_controller.store.query import relative_to_second

pytestmark = pytest.mark.anyio


async def listed(database: Database, *filters: Any, **options: Any) -> Page:
    options = {"limit": 50, "offset": 0, **options}
    return await database.read(lambda reader: reader.page(ListQuery(PACKAGES, filters, **options)))


def numbers(page: Page) -> list[int]:
    return [int(document.strip(b'"p')) for document in page.documents]


async def test_the_default_order_is_the_order_of_insertion(filled: Database) -> None:
    page = await listed(filled)
    assert numbers(page) == list(range(10))
    assert page.total == 10


async def test_a_page_is_a_slice_and_counts_all_matches(filled: Database) -> None:
    page = await listed(filled, limit=3, offset=3)
    assert (numbers(page), page.total) == ([3, 4, 5], 10)


async def test_a_page_beyond_the_last_is_empty_and_still_counts(filled: Database) -> None:
    assert await listed(filled, limit=3, offset=30) == Page([], 10)


async def test_ties_are_broken_by_guid_and_descending_is_the_exact_reverse(
    filled: Database,
) -> None:
    ascending = numbers(await listed(filled, order=(Order("created_at"),)))
    descending = numbers(await listed(filled, order=(Order("created_at", descending=True),)))
    assert ascending == [1, 0, 3, 2, 5, 4, 7, 6, 9, 8]
    assert descending == ascending[::-1]


async def test_members_of_one_filter_are_alternatives_and_filters_add_up(filled: Database) -> None:
    both = In("state", ("READY", "FAILED"))
    assert (await listed(filled, both)).total == 10
    assert numbers(await listed(filled, both, In("type", ("bits",)))) == [1, 3, 5, 7, 9]
    assert numbers(await listed(filled, In("state", ("FAILED",)), In("type", ("bits",)))) == [7, 9]


async def test_a_filter_without_members_or_with_an_unknown_one_matches_nothing(
    filled: Database,
) -> None:
    assert await listed(filled, In("state", ())) == Page([], 0)
    assert await listed(filled, In("state", ("",))) == Page([], 0)
    assert await listed(filled, In("state", ("NOPE", "ready"))) == Page([], 0)


async def test_a_filter_may_have_more_members_than_a_database_has_parameters(
    filled: Database,
) -> None:
    many = tuple(f"package-{number}" for number in range(50_000))
    assert (await listed(filled, In("guid", many))).total == 10


async def test_a_value_is_never_taken_for_sql(filled: Database) -> None:
    assert (await listed(filled, In("state", ("READY' OR '1'='1", "x")))).total == 0


async def test_a_null_aware_filter_matches_null_as_well(database: Database) -> None:
    def fill(transaction: Transaction) -> None:
        for position, stack in enumerate((None, "cflinuxfs4", "windows"), start=1):
            moment = clock.now()
            record = BuildpackRecord(
                guid=f"buildpack-{position}",
                created_at=moment,
                updated_at=moment,
                name=f"b{position}",
                position=position,
                stack=stack,
            )
            transaction.insert(BUILDPACKS, record, str(position).encode(), v2_document=b"{}")

    await database.write(fill)
    for filter_, expected in (
        (In("stack", ("", "windows"), or_null=True), [b"1", b"3"]),
        (In("stack", (), or_null=True), [b"1"]),
        (In("stack", ("",)), []),
    ):
        query = ListQuery(BUILDPACKS, (filter_,), limit=50, offset=0)
        assert (await database.read(lambda reader, q=query: reader.page(q))).documents == expected


async def test_a_time_equals_its_whole_second(filled: Database) -> None:
    noon = clock.second("2016-06-08T12:00:00Z")
    assert numbers(await listed(filled, Seconds("created_at", (noon,)))) == [0, 1]
    assert numbers(await listed(filled, Seconds("created_at", (noon, noon + 4)))) == [0, 1, 8, 9]


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("lt", [0, 1]),
        ("lte", [0, 1, 2, 3]),
        ("gt", [4, 5, 6, 7, 8, 9]),
        ("gte", list(range(2, 10))),
    ],
)
async def test_relations_take_the_second_as_a_whole(
    filled: Database, operator: Any, expected: list[int]
) -> None:
    second = clock.second("2016-06-08T12:00:01Z")
    found = await listed(filled, relative_to_second("created_at", operator, second))
    assert numbers(found) == expected


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        (Requirement(LabelKey("", "env"), "in", ("prod",)), [0]),
        (Requirement(LabelKey("", "env"), "in", ("prod", "test")), [0, 1]),
        (Requirement(LabelKey("", "env"), "in", ()), []),
        (Requirement(LabelKey("", "env"), "notin", ("prod",)), list(range(1, 10))),
        (Requirement(LabelKey("", "env"), "exists"), [0, 1]),
        (Requirement(LabelKey("", "env"), "absent"), list(range(2, 10))),
        (Requirement(LabelKey("example.com", "env"), "exists"), [2]),
    ],
)
async def test_a_label_requirement_selects(
    filled: Database, requirement: Requirement, expected: list[int]
) -> None:
    def label(transaction: Transaction) -> None:
        transaction.set_metadata(PACKAGES, "package-9", Metadata({"env": "prod"}))
        transaction.set_metadata(PACKAGES, "package-8", Metadata({"env": "test"}))
        transaction.set_metadata(PACKAGES, "package-7", Metadata({"example.com/env": "prod"}))
        # Another type's labels must not count, even under the same guid.
        transaction.set_metadata(ORGANIZATIONS, "package-6", Metadata({"env": "prod"}))

    await filled.write(label)
    assert numbers(await listed(filled, Labels((requirement,)))) == expected


@pytest.mark.parametrize(
    ("role", "place", "sees"),
    [
        ("space_developer", {"space_guid": "space-one"}, 10),
        ("space_supporter", {"space_guid": "space-one"}, 10),
        ("space_developer", {"space_guid": "space-two"}, 0),
        ("organization_manager", {"organization_guid": "org-one"}, 10),
        ("organization_auditor", {"organization_guid": "org-one"}, 0),
        (None, {}, 0),
    ],
)
async def test_roles_decide_what_a_user_sees(
    filled: Database, user: Any, role: Any, place: dict[str, str], sees: int
) -> None:
    guid = await user("someone", role, **place)
    assert (await listed(filled, VisibleTo(guid))).total == sees
    record = await filled.read(lambda r: r.record(PACKAGES, "package-0", visible_to=guid))
    assert (record is not None) == bool(sees)


async def test_every_role_in_an_organization_shows_the_organization(
    filled: Database, user: Any
) -> None:
    guid = await user("auditor", "organization_auditor", organization_guid="org-two")
    query = ListQuery(ORGANIZATIONS, (VisibleTo(guid),), limit=50, offset=0)
    assert (await filled.read(lambda reader: reader.page(query))).total == 1
