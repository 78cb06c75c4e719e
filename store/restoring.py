"""Restoring: a backup in the place of the store, held until somebody who has looked resumes it."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from store import held, installation, migrate
from store.database import connect_writer, transact
from store.presence import nobody
from store.vault import SealBroken, Vault

_BESIDE = ("", "-wal", "-shm")
"""What SQLite keeps of one store."""


class NotRestored(Exception):
    """Nothing was changed; the text says why."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What stands now."""

    schema: int
    """Of the backup; a lower one than this version's was upgraded."""
    former: Path | None
    """Where the store is that stood there before."""
    waiting: held.Waiting


def restore(backup: Path, store: Path, vault: Vault, now: datetime, *, replace: bool) -> Restored:
    """Put a copy of `backup` in the place of `store`, held. `NotRestored`; `InUse`; `migrate.NewerStore`; `OSError`."""
    if store.exists() and not replace:
        raise NotRestored(f"there is a store at {store}: with --replace it is kept beside the restored one")
    schema = _examined(backup, vault)
    part = store.with_name(f"{store.name}.restored")
    with nobody(store):
        try:
            _copied(backup, part)
            waiting = _upgraded_and_held(part, now)
            former = _put_aside(store, now) if store.exists() else None
            part.rename(store)
        finally:
            for ending in _BESIDE:
                part.with_name(part.name + ending).unlink(missing_ok=True)
    return Restored(schema, former, waiting)


def _examined(backup: Path, vault: Vault) -> int:
    """The backup's schema, if it is whole, ours, and sealed with our key."""
    if not backup.is_file():
        raise NotRestored(f"{backup} is not a file")
    try:
        with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            schema = migrate.version(db)
            found = [row[0] for row in db.execute("PRAGMA quick_check")]
            kept = installation.value(db, installation.KEY_CHECK)
    except sqlite3.DatabaseError as error:
        raise NotRestored(f"{backup} is no backup of Brassplate: {error}") from None
    if found != ["ok"]:
        raise NotRestored(f"{backup} is damaged: {'; '.join(found[:3])}")
    try:
        if kept is not None:
            vault.open(kept, installation.KEY_CHECK)
    except SealBroken:
        raise NotRestored(
            f"{backup} was sealed with another master key: put the key of that time in its place first"
        ) from None
    return schema


def _copied(backup: Path, part: Path) -> None:
    with (
        open(backup, "rb") as source,
        open(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as target,
    ):
        shutil.copyfileobj(source, target, 1 << 20)
        target.flush()
        os.fsync(target.fileno())


def _upgraded_and_held(part: Path, now: datetime) -> held.Waiting:
    with closing(connect_writer(part)) as db:
        migrate.to_newest(db)
        transact(db, lambda: held.hold(db, now))
        waiting = held.waiting(db, now)
        db.execute("PRAGMA journal_mode = DELETE").fetchall()  # one file, which can be renamed
    return waiting


def _put_aside(store: Path, now: datetime) -> Path:
    """Move what stands there, with its log, to a dated name under which SQLite opens it as it was."""
    former = store.with_name(f"{store.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    if former.exists():
        raise NotRestored(f"{former} is there already")
    for ending in _BESIDE:
        with suppress(FileNotFoundError):
            store.with_name(store.name + ending).rename(former.with_name(former.name + ending))
    return former
