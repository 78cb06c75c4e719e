"""Each fault of the store's files, caused."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from edge.checkup import files
from edge.checkup.finding import Severity
from store import installation, vault, wal
from store.database import Store
from store.vault import Vault
from tests.peers.small_disk import small_disk


@pytest.fixture
async def key(tmp_path: Path) -> Path:
    vault.write_new_key(tmp_path / "master.key")
    return tmp_path / "master.key"


@pytest.fixture
async def store(tmp_path: Path, key: Path) -> Path:
    """With the mark of the key that its secrets are sealed with."""
    sealed = Vault.from_file(key).seal(b"", installation.KEY_CHECK)
    made = await Store.open(tmp_path / "brassplate.db")
    await made.write(installation.put, {installation.KEY_CHECK: sealed})
    await made.close()
    return made.path


def codes(store: Path, key: Path) -> list[str]:
    return [each.code for each in (*files.of_store(store), *files.of_key(key, store))]


def test_a_good_store_has_no_findings(store: Path, key: Path) -> None:
    assert codes(store, key) == []
    assert codes(store.with_name("none.db"), key) == []


@pytest.mark.parametrize(("change", "code"), [(1, "store-newer"), (-1, "store-older")])
def test_a_schema_of_another_version(store: Path, key: Path, change: int, code: str) -> None:
    with closing(sqlite3.connect(store)) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        db.execute(f"PRAGMA user_version = {version + change}")
    assert codes(store, key) == [code]


@pytest.mark.parametrize("what", ["a page", "all of it"])
def test_a_damaged_store(store: Path, key: Path, what: str) -> None:
    content = bytearray(store.read_bytes())
    if what == "a page":
        content[8192:12288] = bytes(range(256)) * 16
    else:
        content = bytearray(b"no database" * 1000)
    store.write_bytes(content)
    assert "store-damaged" in codes(store, key)


def test_a_store_that_others_may_read(store: Path, key: Path) -> None:
    store.chmod(0o644)
    assert codes(store, key) == ["store-open"]


def test_litestream_that_copies_nothing_back(store: Path, key: Path) -> None:
    store.with_name(f".{store.name}-litestream").mkdir()
    log = os.open(store.with_name(f"{store.name}-wal"), os.O_CREAT | os.O_WRONLY, 0o600)
    os.truncate(log, wal.ABANDONED_BYTES // 8 + 1)
    os.close(log)
    assert codes(store, key) == ["litestream-behind"]


@pytest.mark.parametrize("how", ["missing", "open to others", "no key"])
def test_an_unusable_key(store: Path, key: Path, how: str) -> None:
    if how == "missing":
        key.unlink()
    elif how == "open to others":
        key.chmod(0o644)
    else:
        key.write_text("not hex")
    assert codes(store, key) == ["key-unusable"]


def test_another_key(store: Path, key: Path) -> None:
    key.unlink()
    vault.write_new_key(key)
    assert codes(store, key) == ["key-wrong"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert [each.code for each in files.of_folder(tmp_path / "none" / "brassplate.db")] == ["folder-missing"]


def test_a_disk_that_cannot_be_written(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", mib=4096) as disk:
        store = disk.path / "brassplate.db"
        store.touch(0o600)
        assert list(files.of_folder(store)) == []
        subprocess.run(["mount", "-o", "remount,ro", disk.path], check=True)
        assert [each.code for each in files.of_folder(store)] == ["folder-not-writable"]
        assert [each.code for each in files.of_store(store)] == ["store-not-writable"]


@pytest.mark.parametrize(
    ("mib", "code", "severity"),
    [(100, "disk-full", Severity.ERROR), (1000, "disk-low", Severity.WARNING)],
)
def test_a_disk_with_little_room(tmp_path: Path, mib: int, code: str, severity: Severity) -> None:
    with small_disk(tmp_path / "disk", mib=mib) as disk:
        (found,) = files.of_folder(disk.path / "brassplate.db")
    assert (found.code, found.severity) == (code, severity)
