"""Is a change made at once, wholly or not at all?"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cloud_controller.store import (
    APPS,
    BASE_URL,
    ORGANIZATIONS,
    PACKAGES,
    Database,
    DuplicateError,
    Metadata,
    OrganizationRecord,
    StillReferencedError,
    Transaction,
    clock,
    documents,
    reveal,
)

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def organization(guid: str, name: str) -> OrganizationRecord:
    return OrganizationRecord(
        guid=guid, name=name, quota_guid="q", created_at=clock.now(), updated_at=clock.now()
    )


async def test_a_record_comes_back_as_it_was_stored(filled: Database) -> None:
    app = await filled.read(lambda reader: reader.record(APPS, "app-one"))
    assert app is not None
    changed = replace(app, environment_variables={"A": "ä", "N": 1}, state="STARTED")
    assert await filled.write(lambda transaction: transaction.update(APPS, changed, b"{}"))
    assert await filled.read(lambda reader: reader.record(APPS, "app-one")) == changed


async def test_an_exception_undoes_everything(database: Database) -> None:
    def change(transaction: Transaction) -> None:
        transaction.insert(ORGANIZATIONS, organization("g", "n"), b"{}")
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(change)
    assert await database.read(lambda reader: reader.record(ORGANIZATIONS, "g")) is None
    await database.write(lambda t: t.insert(ORGANIZATIONS, organization("g", "n"), b"{}"))


async def test_a_taken_name_is_refused_by_table_and_column(filled: Database) -> None:
    with pytest.raises(DuplicateError, match=r"organizations\.name"):
        await filled.write(lambda t: t.insert(ORGANIZATIONS, organization("g", "one"), b"{}"))


async def test_a_row_that_others_point_at_stays(filled: Database) -> None:
    with pytest.raises(StillReferencedError):
        await filled.write(lambda transaction: transaction.delete(APPS, "app-one"))
    assert await filled.read(lambda reader: reader.record(APPS, "app-one"))


async def test_deleting_takes_labels_and_annotations_along(filled: Database) -> None:
    metadata = Metadata({"a": "1", "b.c/d": "2"}, {"note": "x"})
    await filled.write(lambda t: t.set_metadata(PACKAGES, "package-0", metadata))
    assert await filled.read(lambda r: r.metadata(PACKAGES, "package-0")) == metadata
    assert await filled.write(lambda t: t.delete(PACKAGES, "package-0"))
    assert await filled.read(lambda r: r.metadata(PACKAGES, "package-0")) == Metadata()
    assert not await filled.write(lambda t: t.delete(PACKAGES, "package-0"))


async def test_a_patch_merges_and_null_removes() -> None:
    before = Metadata({"a": "1", "b": "2"}, {"n": "x"})
    assert before.merged({"a": None, "c": "3"}, {}) == Metadata({"b": "2", "c": "3"}, {"n": "x"})


async def test_ids_are_not_given_twice(database: Database) -> None:
    first = await database.write(lambda t: t.insert(ORGANIZATIONS, organization("a", "a"), b"{}"))
    await database.write(lambda t: t.delete(ORGANIZATIONS, "a"))
    second = await database.write(lambda t: t.insert(ORGANIZATIONS, organization("b", "b"), b"{}"))
    assert second.id > first.id


async def test_a_commit_wakes_listeners_and_a_rollback_does_not(database: Database) -> None:
    woken: list[str] = []
    database.listen("topic", lambda: woken.append("x"))

    def fail(transaction: Transaction) -> None:
        transaction.notify("topic")
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)
    await database.write(lambda transaction: transaction.notify("topic"))
    await asyncio.sleep(0)
    assert woken == ["x"]


async def test_two_processes_worth_of_connections_share_one_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    one, two = await asyncio.gather(Database.open(url), Database.open(url))
    try:
        await asyncio.gather(
            *(
                (one if number % 2 else two).write(
                    lambda t, n=number: t.insert(
                        ORGANIZATIONS, organization(f"g{n}", f"n{n}"), b"{}"
                    )
                )
                for number in range(40)
            )
        )
        assert len(await two.read(lambda reader: reader.all(ORGANIZATIONS))) == 40
    finally:
        await one.close()
        await two.close()


async def test_documents_follow_the_external_address_exactly(filled: Database) -> None:
    text = f'{{"href":"{BASE_URL}/v3/x","note":"\\u0001 https://other.example"}}'.encode()
    record = await filled.read(lambda reader: reader.record(PACKAGES, "package-0"))
    assert record is not None
    await filled.write(lambda t: t.update(PACKAGES, record, text))
    stored = await filled.read(lambda reader: reader.document(PACKAGES, "package-0"))
    assert stored is not None
    assert BASE_URL.encode() not in stored
    shown = b'{"href":"https://api.example/v3/x","note":"\\u0001 https://other.example"}'
    assert reveal(stored, "https://api.example") == shown
    assert reveal(text, "https://api.example") == shown


async def test_text_that_is_no_json_is_not_stored_as_a_document() -> None:
    with pytest.raises(ValueError, match="control character"):
        documents.seal(b'{"a":"\x01"}')


@pytest.mark.parametrize(
    "written", ["2020-13-45T99:99:99Z", "2020-01-01 00:00:00Z", "2020-01-01T00:00:00", "", "\u0661"]
)
async def test_an_impossible_time_is_refused(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- two sources of text, one meaning
        clock.second(written)


async def test_times_lose_their_fraction_when_written() -> None:
    assert clock.text(1_465_403_291_999_999) == "2016-06-08T16:28:11Z"
