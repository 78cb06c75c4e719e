"""What a store says of itself that somebody should know."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from edge.checkup import contents
from store import held, safekeeping, vault
from store.database import Store
from store.safekeeping import KeyCopy
from tests import factories
from tests.factories import NOW

PLACE = Path("brassplate.db")


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    """Backed up an hour ago, its key copied."""
    vault.write_new_key(tmp_path / "master.key")
    made = await Store.open(tmp_path / "brassplate.db")
    await made.write(safekeeping.note_backup, NOW - timedelta(hours=1))
    await made.write(copied, tmp_path / "master.key")
    return made


def copied(db: sqlite3.Connection, key: Path) -> None:
    copy = KeyCopy(safekeeping.fingerprint(key), "/media/safe/master.key", NOW)
    safekeeping.note_key_copy(db, copy)


async def codes(store: Store) -> list[str]:
    key = store.path.with_name("master.key")

    def look(db: sqlite3.Connection) -> list[str]:
        return [each.code for each in contents.of(db, store.path, key, NOW)]

    found = await store.read(look)
    await store.close()
    return found


async def test_a_store_that_is_looked_after_has_no_findings(store: Store) -> None:
    assert await codes(store) == []


async def test_a_store_that_is_held(store: Store) -> None:
    await store.write(held.hold, NOW)
    assert await codes(store) == ["held"]


@pytest.mark.parametrize("last", [None, timedelta(days=3)])
async def test_no_backup_of_these_days(store: Store, last: timedelta | None) -> None:
    await store.write(lambda db: db.execute("DELETE FROM installation WHERE name = 'last_backup'").close())
    if last:
        await store.write(safekeeping.note_backup, NOW - last)
    assert await codes(store) == ["no-backup"]


async def test_litestream_is_a_backup(store: Store) -> None:
    await store.write(lambda db: db.execute("DELETE FROM installation WHERE name = 'last_backup'").close())
    store.path.with_name(f".{store.path.name}-litestream").mkdir()
    assert await codes(store) == []


@pytest.mark.parametrize("how", ["never noted", "of the key before"])
async def test_a_key_without_a_second_copy(store: Store, how: str) -> None:
    if how == "never noted":
        await store.write(
            lambda db: db.execute("DELETE FROM installation WHERE name = 'master_key_copy'").close()
        )
    else:
        store.path.with_name("master.key").unlink()
        vault.write_new_key(store.path.with_name("master.key"))
    assert await codes(store) == ["key-without-copy"]


@pytest.mark.parametrize(
    ("left", "found"),
    [
        (timedelta(days=16), []),
        (timedelta(days=14), ["certificate-at-risk"]),
        (timedelta(), ["certificate-ended"]),
    ],
)
async def test_a_certificate_that_was_not_renewed(store: Store, left: timedelta, found: list[str]) -> None:
    def put(db: sqlite3.Connection) -> None:
        factories.organisation(db)
        db.execute(
            "INSERT INTO domains (hostname, organisation_id, room, confirmation, created_at)"
            " VALUES ('shop.customer.example', 1, 'portal', 'cname', 1)"
        )
        ends = int((NOW + left).timestamp() * 1000)
        db.execute(
            "INSERT INTO certificates (hostname, serial, chain_pem, sealed_key, issuer, not_before_at,"
            " not_after_at, created_at) VALUES ('shop.customer.example', '1', '', x'', 'ca', :begins, :ends, 1)",
            {"begins": ends - 90 * 86_400_000, "ends": ends},
        )

    await store.write(put)
    assert await codes(store) == found
