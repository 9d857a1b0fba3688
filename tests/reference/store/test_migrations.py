"""Do the migrations make the tables that the program describes, and only in its own files?"""

from __future__ import annotations

import sqlite3
import warnings
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from cloud_controller.store import DatabaseUnusableError, entities, migrations, sqlite
from cloud_controller.store.migrations.run import configuration
from cloud_controller.store.tables import METADATA

if TYPE_CHECKING:
    from pathlib import Path


def refusal(path: Path) -> str:
    before = path.read_bytes()
    with pytest.raises(DatabaseUnusableError) as refused:
        sqlite.prepare(path)
    assert path.read_bytes() == before, "a refused file must not be touched"
    text = str(refused.value)
    assert str(path) in text
    assert "\n" not in text
    return text


def test_the_migrations_and_the_tables_agree(tmp_path: Path) -> None:
    path = tmp_path / "cc.db"
    sqlite.prepare(path)
    with create_engine(f"sqlite:///{path}").connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # expression indexes cannot be compared
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    with closing(sqlite3.connect(path)) as connection:
        indexes = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert {str(i.name) for t in METADATA.tables.values() for i in t.indexes} <= indexes


def test_the_newest_migration_is_the_known_head() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    assert scripts.get_current_head() == migrations.HEAD
    revisions = {script.revision for script in scripts.walk_revisions()}
    assert {None, *revisions} == migrations.KNOWN


def test_every_record_has_exactly_its_table_s_columns() -> None:
    for entity in entities.ALL:
        columns = [
            column.name for column in entity.table.columns if not column.name.endswith("document")
        ]
        assert list(entity.columns) == columns, entity.resource_type


def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cc.db"
    sqlite.prepare(path)
    before = path.read_bytes()
    sqlite.prepare(path)
    assert path.read_bytes() == before


def test_a_first_start_that_was_cut_off_is_made_up_for(tmp_path: Path) -> None:
    path = tmp_path / "cc.db"
    path.touch()
    sqlite.prepare(path)
    whole = path.read_bytes()
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA application_id = {sqlite.APPLICATION_ID}")
    sqlite.prepare(path)
    assert len(path.read_bytes()) == len(whole)


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cc.db"
    sqlite.prepare(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert "9999 is newer than this program knows" in refusal(path)


def test_somebody_else_s_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    assert "it is not a Cloud Controller database" in refusal(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("this is not a database, " * 100)
    assert "file is not a database" in refusal(path)


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cc.db"
    sqlite.prepare(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refusal(path)
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    refusal(path)


@pytest.mark.parametrize(
    "url", ["postgresql://u:secret@h/db", "sqlite://", "sqlite:///:memory:", "x"]
)
def test_another_kind_of_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(DatabaseUnusableError, match="only sqlite:///PATH is supported") as refused:
        sqlite.path_of(url)
    assert "secret" not in str(refused.value)


def test_all_of_a_url_behind_its_scheme_is_the_path() -> None:
    path = "/data/what?/100%25/#1/a@b:c/cc.db"
    assert str(sqlite.path_of(f"sqlite:///{path}")) == path


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusableError, match="missing does not exist"):
        sqlite.prepare(tmp_path / "missing" / "cc.db")
