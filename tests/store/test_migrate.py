import asyncio
import re
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


def at_the_first_schema(path: Path) -> dict[str, list[dict[str, object]]]:
    """A store as the first version left it, with rows of three organisations in every table; what is in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        db.executescript(f"BEGIN;\n{migrate.migrations()[1]}\nPRAGMA user_version = 1;\nCOMMIT;")
        names = [row["name"] for row in db.execute(_TABLES)]
        for name in (name for name in names if name != "domain_changes"):
            for number in (1, 2, 3):
                put_first(db, name, number)
        return {name: contents(db, name) for name in names}


def put_first(db: sqlite3.Connection, table: str, number: int) -> None:
    texts = {"TEXT": f"{table}-{number}", "BLOB": f"{table}-{number}".encode(), "INTEGER": number}
    columns = {row["name"]: row["type"] for row in db.execute(f"PRAGMA table_info({table})")}
    values = {name: texts[kind] for name, kind in columns.items()} | _CHECKED.get(table, {})
    values |= {name: None for name in ("superseded_by", "diagnosis") if name in columns}
    db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES (:{', :'.join(values)})", values)


def contents(db: sqlite3.Connection, table: str) -> list[dict[str, object]]:
    return [dict(row) for row in db.execute(f"SELECT * FROM {table}")]


_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
_CHECKED: dict[str, dict[str, object]] = {
    "organisations": {"status": "active", "time_zone": "Europe/London", "currency": "GBP"},
    "portals": {"enabled": 1, "allow_registration": 1},
    "staff": {"role": "admin"},
    "audit": {"actor": "staff:2", "detail": "{}"},
    "domains": {"room": "portal", "confirmation": "cname", "routing_state": "ok", "upstreams": "[]"},
    "issuance": {"state": "issued"},
    "challenges": {"kind": "http-01"},
    "batches": {"state": "published"},
    "users": {"status": "active"},
    "memberships": {"role": "full"},
    "sessions": {"staff_id": None},
    "invoice_revisions": {"kind": "invoice", "status": "settled", "net": 1, "tax": 1, "gross": 2},
    "invoice_lines": {"kind": "usage", "tax_code": "zero"},
    "payment_revisions": {"status": "confirmed"},
    "calls": {"direction": "outbound", "type": "voice"},
}


async def test_store_of_the_first_schema_keeps_every_row_and_comes_to_the_same_schema(tmp_path: Path) -> None:
    before = at_the_first_schema(tmp_path / "old.db")
    assert await schema_of(tmp_path / "old.db") == await schema_of(tmp_path / "new.db")
    with closing(sqlite3.connect(tmp_path / "old.db")) as db:
        db.row_factory = sqlite3.Row
        for table, rows in before.items():
            kept = [{name: row[name] for name in rows[0]} for row in contents(db, table)]
            assert kept == rows, table
        assert not db.execute("PRAGMA foreign_key_check").fetchall()
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        labels = [row["label"] for row in contents(db, "provider_labels") if row["current"]]
        assert labels == ["organisations-1", "organisations-2", "organisations-3"]
        assert len(contents(db, "call_ids")) == 3 == len(contents(db, "account_edit_log"))
        assert {row["actor_name"] for row in contents(db, "audit")} == {"staff-2"}


def test_every_migration_says_what_it_means_for_the_version_before() -> None:
    for number, text in migrate.migrations().items():
        assert re.match(r"-- (expand|break: \w.*)\n-- ", text), number


def test_breaks_are_those_that_a_store_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "brassplate.db"
    assert migrate.breaks(path) == {}
    with closing(sqlite3.connect(path)) as db:
        migrate.to_newest(db)
    known = migrate.migrations()
    monkeypatch.setattr(migrate, "migrations", lambda: known | {NEWEST + 1: "-- expand\n-- A column."})
    assert migrate.breaks(path) == {}
    told = known | {NEWEST + 1: "-- break: calls lose a column\n--", NEWEST + 2: "SELECT 1;"}
    monkeypatch.setattr(migrate, "migrations", lambda: told)
    assert migrate.breaks(path) == {
        NEWEST + 1: "calls lose a column",
        NEWEST + 2: "it does not say that it only expands the schema",
    }
