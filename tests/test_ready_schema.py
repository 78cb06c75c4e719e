"""A store that tests begin with is what a migrated one is, byte for byte of its schema and its settings."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store import migrate
from store.database import connect_writer
from tests import ready_schema

PRAGMAS = ("user_version", "auto_vacuum", "journal_mode", "page_size", "encoding", "application_id")


def told(path: Path) -> tuple[list[object], list[tuple[object, ...]]]:
    with closing(connect_writer(path)) as db:
        migrate.to_newest(db)
        schema = [tuple(row) for row in db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name")]
        return [db.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in PRAGMAS], schema


def test_copied_store_is_as_a_migrated_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert migrate.to_newest is ready_schema.to_newest
    copied = told(tmp_path / "copied.db")
    monkeypatch.setattr(migrate, "to_newest", ready_schema.really)
    assert told(tmp_path / "migrated.db") == copied


def test_store_that_holds_something_is_migrated_from_where_it_is() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.executescript(migrate.migrations()[1] + "; PRAGMA user_version = 1;")
        db.execute("INSERT INTO organisations (slug, name, created_at) VALUES ('kept', 'Kept', 1)")
        migrate.to_newest(db)
        assert db.execute("SELECT label FROM provider_labels").fetchone()[0] == "kept"
        assert db.execute("PRAGMA user_version").fetchone()[0] == max(migrate.migrations())
