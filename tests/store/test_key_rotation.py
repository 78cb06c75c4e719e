"""A rotation that ends anywhere loses no secret, and one that begins anew goes on."""

import os
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import acme_state, certificates, installation, key_rotation, resealing, second_factors, vault
from store.acme_state import Account, PendingOrder
from store.certificates import Certificate
from store.database import Store
from store.hostname import Hostname
from store.owner import Owner, of_staff, of_user
from store.resealing import KINDS
from store.vault import MasterKeyUnusable, SealBroken, Vault
from tests import factories

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DIRECTORY = "https://ca.test/directory"
CERTIFICATES = 5
STEPS = 21
"""What a rotation of this store has, with two rows a step."""
Sealed = list[tuple[bytes, tuple[str, ...]]]


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "master.key"
    vault.write_new_key(path)
    return path


@pytest.fixture
async def filled(tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """One secret of each kind, and several certificates' keys."""
    monkeypatch.setattr(resealing, "AT_ONCE", 2)
    store = await Store.open(tmp_path / "brassplate.db")
    await store.write(fill, Vault.from_file(key))
    try:
        yield store
    finally:
        await store.close()


def fill(db: sqlite3.Connection, keys: Vault) -> None:
    def sealed(*belongs_to: str) -> bytes:
        return keys.seal("/".join(belongs_to).encode(), *belongs_to)

    names = (installation.KEY_CHECK, installation.LOCAL_CA_KEY)
    installation.put(db, {name: sealed(name) for name in names} | {"proof_key": b"p" * 32})
    acme_state.put_account(db, Account(DIRECTORY, "https://ca.test/1", "", sealed(DIRECTORY)), NOW)
    shop, url = Hostname("shop.customer.test"), "https://ca.test/order/1"
    acme_state.put_pending_order(db, PendingOrder(shop, DIRECTORY, url, sealed(shop, url)), NOW)
    for number in range(CERTIFICATES):
        name = Hostname(f"n{number}.customer.test")
        kept = sealed(name, "1")
        held = Certificate(name, "1", "chain", kept, "local", NOW, NOW + timedelta(days=9))
        certificates.add(db, held, NOW)
    organisation = factories.organisation(db).id
    factories.account(db, organisation)
    user = factories.user(db, organisation)
    staff = db.execute(
        "INSERT INTO staff (email, password_hash, role, created_at)"
        " VALUES ('ada@provider.test', '', 'operator', 0) RETURNING id"
    ).fetchone()["id"]
    for owner in (of_user(organisation, user), of_staff(staff)):
        second_factors.begin(db, owner, sealed(*second_factors.belongs_to(owner)), NOW)


def everything(db: sqlite3.Connection) -> Sealed:
    """Each sealed secret with what it is sealed for."""
    found: Sealed = []
    for kind in KINDS:
        rows = db.execute(
            f"SELECT {kind.column} AS sealed, {kind.beside} FROM {kind.table} WHERE {kind.only}"
        )
        found += [(row["sealed"], kind.belongs_to(row)) for row in rows]
    return found


def opens(keys: Vault, found: Sealed) -> bool:
    """Whether every secret is what was sealed."""
    return len(found) == CERTIFICATES + 6 and all(
        keys.open(sealed, *belongs_to) == "/".join(belongs_to).encode() for sealed, belongs_to in found
    )


async def rotate(store: Store, key: Path, steps: int = 99) -> bool:
    """Rotate, for as many steps; False: it was ended before its end."""
    rotation = key_rotation.steps(store, key)
    try:
        for _ in range(steps):
            await anext(rotation)
    except StopAsyncIteration:
        return True
    await rotation.aclose()
    return False


async def test_every_secret_opens_with_the_new_key_alone(filled: Store, key: Path) -> None:
    old = key.read_text()
    assert await rotate(filled, key)
    assert key.read_text() != old and vault.previous_file(key).read_text() == old
    assert sorted(each.name for each in key.parent.glob("master*")) == ["master.key", "master.key.previous"]
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in key.parent.glob("master*"))
    vault.previous_file(key).unlink()
    assert opens(Vault.from_file(key), await filled.read(everything))
    assert await filled.read(installation.value, "proof_key") == b"p" * 32


@pytest.mark.parametrize("ended_after", range(STEPS))
async def test_nothing_is_lost_when_it_ends_after_any_step(
    filled: Store, key: Path, ended_after: int
) -> None:
    serving = Vault.from_file(key)
    before = await filled.read(everything)
    await rotate(filled, key, ended_after)
    stopped = await filled.read(everything)
    assert opens(serving, stopped) and opens(serving, before) and opens(Vault.from_file(key), stopped)
    assert await rotate(filled, key)
    assert opens(serving, await filled.read(everything))
    vault.previous_file(key).unlink()
    assert opens(Vault.from_file(key), await filled.read(everything))


async def test_no_step_is_left_out_here(filled: Store, key: Path) -> None:
    assert len([step async for step in key_rotation.steps(filled, key)]) == STEPS


async def test_it_goes_on_with_the_key_that_lies_there(filled: Store, key: Path) -> None:
    await rotate(filled, key, 3)
    following = vault.next_file(key).read_text()
    assert await rotate(filled, key)
    assert key.read_text() == following and not vault.next_file(key).exists()


@pytest.mark.parametrize("replacing", [0, 1, 2])
async def test_files_are_whole_when_it_ends_before_a_rename(
    filled: Store, key: Path, monkeypatch: pytest.MonkeyPatch, replacing: int
) -> None:
    left = [replacing]

    def broken(source: Path, target: Path) -> None:
        if left[0] == 0:
            raise OSError("killed")
        left[0] -= 1
        Path(source).rename(target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", broken)
        with pytest.raises(OSError, match="killed"):
            await rotate(filled, key)
    assert opens(Vault.from_file(key), await filled.read(everything))
    assert await rotate(filled, key)
    assert opens(Vault.from_file(key), await filled.read(everything))
    assert not list(key.parent.glob("*.unfinished"))


async def test_what_is_sealed_meanwhile_is_under_the_new_key(filled: Store, key: Path) -> None:
    serving = Vault.from_file(key)
    await rotate(filled, key, 1)
    sealed = serving.seal(b"secret", "late")
    assert await rotate(filled, key)
    vault.previous_file(key).unlink()
    assert Vault.from_file(key).open(sealed, "late") == b"secret"


async def test_what_was_stored_late_is_found_in_the_end(filled: Store, key: Path) -> None:
    late = Hostname("late.customer.test")
    sealed = Vault.from_file(key).seal(f"{late}/1".encode(), late, "1")
    async for _ in key_rotation.steps(filled, key):
        if not vault.next_file(key).exists():
            held = Certificate(late, "1", "chain", sealed, "local", NOW, NOW + timedelta(days=9))
            await filled.write(certificates.add, held, NOW)
    vault.previous_file(key).unlink()
    kept = await filled.read(certificates.by_serial, late, "1")
    assert kept and Vault.from_file(key).open(kept.sealed_key, late, "1") == f"{late}/1".encode()


async def test_secret_that_no_key_opens_is_named_and_left(filled: Store, key: Path) -> None:
    await filled.write(installation.put, {installation.LOCAL_CA_KEY: b"rubbish"})
    broken = {words async for swept in key_rotation.steps(filled, key) for words in swept.broken}
    assert broken == {"a secret of local_ca_key does not open"}
    assert await filled.read(installation.value, installation.LOCAL_CA_KEY) == b"rubbish"


async def test_key_of_another_store_is_refused_and_nothing_changes(filled: Store, key: Path) -> None:
    before = await filled.read(everything)
    key.unlink()
    vault.write_new_key(key)
    with pytest.raises(MasterKeyUnusable, match="not the key that the store was sealed with"):
        await rotate(filled, key)
    assert await filled.read(everything) == before and [each.name for each in key.parent.glob("master*")] == [
        "master.key"
    ]


async def test_damaged_next_key_is_refused_by_name(filled: Store, key: Path) -> None:
    vault.next_file(key).write_text("half")
    vault.next_file(key).chmod(0o600)
    with pytest.raises(MasterKeyUnusable, match=r"master\.key\.next: not 32 bytes in hex"):
        await rotate(filled, key)


async def test_another_owner_does_not_open_after_a_rotation(filled: Store, key: Path) -> None:
    assert await rotate(filled, key)
    factor = await filled.read(second_factors.find, of_staff(1))
    stranger: Owner = of_staff(2)
    assert factor
    with pytest.raises(SealBroken):
        Vault.from_file(key).open(factor.sealed_secret, *second_factors.belongs_to(stranger))
    assert Vault.from_file(key).open(factor.sealed_secret, *second_factors.belongs_to(of_staff(1)))


async def test_every_sealed_column_of_the_schema_is_a_kind(filled: Store) -> None:
    def columns(db: sqlite3.Connection) -> set[tuple[str, str]]:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        query = "SELECT name FROM pragma_table_info(?) WHERE name LIKE 'sealed%'"
        return {(table, column) for table in tables for (column,) in db.execute(query, (table,))}

    assert await filled.read(columns) == {(kind.table, kind.column) for kind in KINDS} - {
        ("installation", "value")
    }
