import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store import migrate
from store.database import Store
from store.migrate import NewerStore
from tests import ready_schema

NEWEST = max(migrate.migrations())


@pytest.fixture(autouse=True)
def really(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here every store is migrated step by step, as outside of tests."""
    monkeypatch.setattr(migrate, "to_newest", ready_schema.really)


def schema(db: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = db.execute("SELECT name, sql FROM sqlite_master ORDER BY name")
    return [(row["name"], row["sql"]) for row in rows]


async def schema_of(path: Path) -> list[tuple[str, str]]:
    store = await Store.open(path, readers=1)
    try:
        return await store.read(schema)
    finally:
        await store.close()


def set_version(path: Path, version: int, journal_mode: str = "wal") -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA journal_mode = {journal_mode}")
        db.execute(f"PRAGMA user_version = {version}")


def test_migrations_are_numbered_without_a_gap() -> None:
    assert list(migrate.migrations()) == list(range(1, NEWEST + 1))


async def test_new_store_comes_to_the_newest_schema(tmp_path: Path) -> None:
    assert "organisations" in dict(await schema_of(tmp_path / "store.db"))
    with closing(sqlite3.connect(tmp_path / "store.db")) as db:
        assert migrate.version(db) == NEWEST


async def test_opening_again_changes_no_schema(tmp_path: Path) -> None:
    assert await schema_of(tmp_path / "store.db") == await schema_of(tmp_path / "store.db")


async def test_store_is_migrated_once_when_opened_twice_at_once(tmp_path: Path) -> None:
    first, second = await asyncio.gather(*(schema_of(tmp_path / "store.db") for _ in range(2)))
    assert first == second


@pytest.mark.parametrize("journal_mode", ["wal", "delete"])
async def test_newer_store_is_refused_and_left_as_it_is(tmp_path: Path, journal_mode: str) -> None:
    path = tmp_path / "store.db"
    await schema_of(path)
    set_version(path, NEWEST + 1, journal_mode)
    before = path.read_bytes()
    with pytest.raises(NewerStore, match=f"schema {NEWEST + 1}, this version knows {NEWEST}"):
        await Store.open(path)
    assert path.read_bytes() == before


async def test_newer_store_opens_once_it_is_put_back(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await schema_of(path)
    set_version(path, NEWEST + 1)
    with pytest.raises(NewerStore):
        await Store.open(path)
    set_version(path, NEWEST)
    assert await schema_of(path)
