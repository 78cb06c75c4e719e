"""Files: the store, its folder and the master key as they lie on the disk."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from edge.checkup.finding import Finding, error, warning
from store import installation, migrate, wal
from store.migrate import NewerStore
from store.vault import MasterKeyUnusable, SealBroken, Vault

LEAST_FREE, LOW_FREE = 256 << 20, 2 << 30
"""Bytes of the store's disk: below the first it is full within hours of imports."""
_OTHERS = 0o077


def of_folder(store: Path) -> Iterator[Finding]:
    """Whether new files can be made beside the store, and whether there is room."""
    folder = store.parent
    if not folder.is_dir():
        yield error("folder-missing", folder, "there is no such folder", f"mkdir -p {folder}")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield error(
            "folder-not-writable", folder, "this user may not write there", f"chown -R $(id -un): {folder}"
        )
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        yield error("disk-full", folder, f"{free >> 20} MiB are free", "make room: nothing new can be kept")
    elif free < LOW_FREE:
        yield warning("disk-low", folder, f"{free >> 20} MiB are free", "make room before it is full")


def of_store(store: Path) -> Iterator[Finding]:
    """Whether the store is whole, private and of this version; nothing in it is changed."""
    if not store.exists():
        return
    if not os.access(store, os.R_OK | os.W_OK):
        yield error("store-not-writable", store, "this user may not write it", f"chown $(id -un): {store}")
        return
    if store.stat().st_mode & _OTHERS:
        yield warning("store-open", store, "other users of this machine may read it", f"chmod 600 {store}")
    try:
        with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as db:
            found = [row[0] for row in db.execute("PRAGMA quick_check(3)")]
            schema = migrate.version(db)
    except NewerStore as newer:
        yield error("store-newer", store, str(newer), "start the newer version")
        return
    except sqlite3.DatabaseError as fault:
        found = [str(fault)]
    if found != ["ok"]:
        yield error(
            "store-damaged",
            store,
            "; ".join(found),
            "stop serve and restore the last backup (docs/keeping.md)",
        )
    elif schema < max(migrate.migrations()):
        words = f"it has schema {schema}, this version {max(migrate.migrations())}"
        yield warning("store-older", store, words, "the next start upgrades it, after a copy")
    if wal.is_replicated(store) and wal.wal_bytes(store) > wal.ABANDONED_BYTES // 8:
        yield warning(
            "litestream-behind",
            store,
            f"its log has {wal.wal_bytes(store) >> 20} MiB, and Litestream does not copy it back",
            "start Litestream, or remove its folder beside the store",
        )


def of_key(key: Path, store: Path) -> Iterator[Finding]:
    """Whether the master key is there, private, and the one that the store's secrets were sealed with."""
    try:
        vault = Vault.from_file(key)
    except MasterKeyUnusable as unusable:
        action = "put the key of this store there, mode 0600; brassplate init makes a first one"
        yield error("key-unusable", key, str(unusable), action)
        return
    sealed = _key_check(store)
    try:
        if sealed is not None:
            vault.open(sealed, installation.KEY_CHECK)
    except SealBroken:
        yield error(
            "key-wrong", key, f"the secrets in {store} were sealed with another key", "put that key there"
        )


def _key_check(store: Path) -> bytes | None:
    if not store.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            return installation.value(db, installation.KEY_CHECK)
    except sqlite3.DatabaseError:  # which is a finding of its own
        return None
