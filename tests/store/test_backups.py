import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import backups, migrate, organisations
from store.database import Store

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NEWEST = max(migrate.migrations())


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    made = await Store.open(tmp_path / "brassplate.db")
    await made.write(organisations.add, "acme", "Acme", NOW)
    return made


def names(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [row[0] for row in db.execute("SELECT slug FROM organisations ORDER BY id")]


async def test_a_copy_is_whole_alone_and_its_owners(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    size = await store.read(backups.copy, target)
    await store.close()
    assert names(target) == ["acme"] and size == target.stat().st_size
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir() if file.name.startswith("copy")) == ["copy.db"]


async def test_writers_go_on_and_the_copy_is_of_one_moment(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "PAGES", 5)
    other, target, steps = tmp_path / "brassplate.db", tmp_path / "copy.db", 0

    def tell(left: int, whole: int) -> None:
        nonlocal steps
        steps += 1
        with closing(sqlite3.connect(other)) as writer, writer:
            writer.execute(
                "INSERT INTO organisations (slug, name, created_at) VALUES (?, 'Late', 1)", (f"late-{steps}",)
            )

    await store.read(backups.copy, target, tell)
    await store.close()
    assert steps > 10, "it came to its end although each step saw a write"
    assert names(target) == ["acme"]
    assert len(names(other)) == 1 + steps


async def test_what_is_there_is_never_overwritten(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(FileExistsError):
        await store.read(backups.copy, target)
    await store.close()
    assert target.read_text() == "precious"


async def test_nothing_is_left_of_a_copy_that_failed(store: Store, tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def tell(left: int, whole: int) -> None:
        raise Stop

    with pytest.raises(Stop):
        await store.read(backups.copy, tmp_path / "copy.db", tell)
    await store.close()
    assert not list(tmp_path.glob("copy*"))


def older(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {version}")


async def test_a_store_is_copied_before_it_is_upgraded(store: Store, tmp_path: Path) -> None:
    await store.close()
    older(store.path, NEWEST - 1)
    assert backups.before_upgrade(store.path) == tmp_path / f"brassplate.db.schema{NEWEST - 1}"
    assert names(tmp_path / f"brassplate.db.schema{NEWEST - 1}") == ["acme"]


async def test_the_last_three_copies_stay(store: Store, tmp_path: Path) -> None:
    await store.close()
    for version in (8, 9, 10, 11, 11):
        older(store.path, version)
        backups.before_upgrade(store.path)
    assert sorted(each.name for each in tmp_path.glob("*.schema*")) == [
        "brassplate.db.schema10",
        "brassplate.db.schema11",
        "brassplate.db.schema9",
    ]


@pytest.mark.parametrize("version", [0, NEWEST])
async def test_what_needs_no_upgrade_is_not_copied(store: Store, version: int) -> None:
    await store.close()
    older(store.path, version)
    assert backups.before_upgrade(store.path) is None
    assert backups.before_upgrade(store.path.with_name("none.db")) is None


async def test_what_cannot_be_copied_is_not_upgraded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.close()
    older(store.path, NEWEST - 1)

    def full(*_: object) -> int:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backups, "copy", full)
    with pytest.raises(OSError, match=r"not upgraded, .*schema.* first: database or disk is full"):
        await Store.open(store.path)
    with closing(sqlite3.connect(store.path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (NEWEST - 1,)
