"""A backup in the place of the store."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from store import backups, held, installation, migrate, organisations, outbox, staff
from store.database import Store
from store.migrate import NewerStore
from store.outbox import Message, Purpose
from store.presence import InUse
from store.restoring import NotRestored, Restored, restore
from store.staff import Role
from store.vault import Vault
from tests import factories
from tests.factories import NOW

VAULT = Vault(bytes(32))
MESSAGE = Message(
    Purpose.TEST, "jane@harbour.example", "M <m@provider.example>", "", "Hello", "text", "<p>h</p>"
)


def fill(db: sqlite3.Connection) -> None:
    installation.put(db, {installation.KEY_CHECK: VAULT.seal(b"", installation.KEY_CHECK)})
    organisation = factories.organisation(db)
    outbox.put(db, organisation.id, MESSAGE, NOW)
    db.execute("INSERT INTO issuance (hostname, next_action_at) VALUES ('shop.harbour.example', 1)")
    staff.add(db, "ops@provider.example", "", Role.OPERATOR, None, NOW)
    db.execute(
        "INSERT INTO sessions (token_hash, host, staff_id, csrf_token, created_at, seen_at, expires_at)"
        " VALUES (x'00', 'admin.provider.example', (SELECT id FROM staff), 'c', 1, 1, 1)"
    )


@pytest.fixture
async def backup(tmp_path: Path) -> Path:
    """Of a store with one organisation, a mail and a renewal that wait, and somebody who is signed in."""
    store = await Store.open(tmp_path / "source.db")
    await store.write(fill)
    await store.read(backups.copy, tmp_path / "backup.db")
    await store.close()
    return tmp_path / "backup.db"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "var").mkdir()
    return tmp_path / "var" / "brassplate.db"


def put(backup: Path, place: Path, *, replace: bool = False) -> Restored:
    return restore(backup, place, VAULT, NOW, replace=replace)


async def seen(place: Path) -> tuple[list[str], bool, int]:
    """Organisations, whether held, and sessions."""

    def look(db: sqlite3.Connection) -> tuple[list[str], bool, int]:
        count = db.execute("SELECT count(*) FROM sessions").fetchone()[0]
        return [each.slug for each in organisations.every(db)], held.since(db) == NOW, count

    store = await Store.open(place)
    try:
        return await store.read(look)
    finally:
        await store.close()


async def test_a_restored_store_is_whole_and_held_and_nobody_is_signed_in(backup: Path, place: Path) -> None:
    done = put(backup, place)
    assert (done.schema, done.former) == (max(migrate.migrations()), None)
    assert (done.waiting.mails, done.waiting.renewals) == (1, 1)
    assert await seen(place) == (["meridian"], True, 0)
    assert place.stat().st_mode & 0o777 == 0o600
    assert not [each for each in place.parent.iterdir() if "restored" in each.name]


async def test_a_store_that_is_there_stays_unless_it_may_be_replaced(backup: Path, place: Path) -> None:
    store = await Store.open(place)
    await store.write(organisations.add, "later", "Later", NOW)
    await store.close()
    with pytest.raises(NotRestored, match="--replace"):
        put(backup, place)
    assert (await seen(place))[0] == ["later"]
    former = put(backup, place, replace=True).former
    assert former and (await seen(former))[0] == ["later"] and (await seen(place))[0] == ["meridian"]


async def test_a_log_that_a_killed_process_left_goes_with_its_store(backup: Path, place: Path) -> None:
    with closing(sqlite3.connect(place)) as db, closing(sqlite3.connect(place)) as other:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("CREATE TABLE kept (a)")
        db.commit()
        other.execute("SELECT * FROM kept").fetchall()
        log = place.with_name(place.name + "-wal")
        bytes_ = place.read_bytes(), log.read_bytes()
    place.write_bytes(bytes_[0])
    log.write_bytes(bytes_[1])
    former = put(backup, place, replace=True).former
    assert former and (await seen(place))[0] == ["meridian"]
    with closing(sqlite3.connect(former)) as db:
        assert db.execute("SELECT count(*) FROM kept").fetchone() == (0,)


async def test_nothing_is_restored_while_somebody_has_the_store_open(backup: Path, place: Path) -> None:
    store = await Store.open(place)
    try:
        with pytest.raises(InUse):
            put(backup, place, replace=True)
    finally:
        await store.close()
    assert put(backup, place, replace=True).former


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "is not a file"), (b"no database" * 1000, "is no backup"), (b"", "is no backup")],
)
def test_what_is_no_backup_is_refused(place: Path, tmp_path: Path, content: bytes | None, words: str) -> None:
    file = tmp_path / "backup.db"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(NotRestored, match=words):
        put(file, place)
    assert not place.exists()


def test_a_damaged_backup_is_refused(backup: Path, place: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[8192:12288] = bytes(range(256)) * 16
    backup.write_bytes(content)
    with pytest.raises(NotRestored, match=r"damaged|malformed"):
        put(backup, place)
    assert not place.exists()


def test_a_backup_under_another_master_key_is_refused(backup: Path, place: Path) -> None:
    with pytest.raises(NotRestored, match="another master key"):
        restore(backup, place, Vault(b"x" * 32), NOW, replace=False)
    assert not place.exists()


def test_a_backup_of_a_newer_version_is_refused(backup: Path, place: Path) -> None:
    with closing(sqlite3.connect(backup)) as db:
        db.execute("PRAGMA user_version = 10000")
    with pytest.raises(NewerStore):
        put(backup, place)
    assert not place.exists()


async def test_resuming_sends_what_waits_or_drops_it(backup: Path, place: Path) -> None:
    for drops, state in ((False, "waiting"), (True, "cancelled")):
        put(backup, place, replace=True)
        store = await Store.open(place)
        assert await store.write(held.resume, NOW, drop_mails=drops)
        assert not await store.write(held.resume, NOW, drop_mails=drops)
        states = await store.read(lambda db: [row["state"] for row in db.execute("SELECT state FROM outbox")])
        assert states == [state] and await store.read(held.since) is None
        await store.close()
        place.unlink()
