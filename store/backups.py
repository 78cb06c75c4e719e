"""Backups: the whole store as one file, consistent, while others go on writing; the master key is never in it."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from store import migrate

PAGES = 2_000
"""Copied in one step: 8 MiB, some 10 ms."""
UPGRADES_KEPT = 3
Tell = Callable[[int, int], None]
"""Told after each step how many pages are left, of how many."""


class Damaged(Exception):
    """The copy is not whole; the text says what SQLite found."""


def copy(db: sqlite3.Connection, target: Path, tell: Tell = lambda left, whole: None) -> int:
    """Copy what a read transaction sees to `target`, for its owner alone; its size in bytes.

    `target` appears once it is whole, checked and on the disk. `db` is in a read transaction, which keeps its view of
    the store: no writer waits, and no write makes the copy begin anew. `FileExistsError` where something is there.
    """
    if target.exists():
        raise FileExistsError(f"{target} is there already")
    part = target.with_name(f"{target.name}.part")
    os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on its view stands still
        with closing(sqlite3.connect(part)) as made:
            db.backup(made, pages=PAGES, progress=lambda _, left, whole: tell(left, whole))
            made.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            found = [row[0] for row in made.execute("PRAGMA quick_check")]
        if found != ["ok"]:
            raise Damaged(f"the copy is damaged: {'; '.join(found[:3])}")
        _on_disk(part)
        os.link(part, target)  # unlike a rename, it takes nobody's place
        _on_disk(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def before_upgrade(path: Path) -> Path | None:
    """Copy a store that this version would migrate, beside it; None: there is nothing to migrate.

    The last `UPGRADES_KEPT` stay. `migrate.NewerStore`; `OSError` where there is no copy: then nothing is migrated.
    """
    if not _is_behind(path):
        return None
    with _one_at_a_time(path.parent), closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("BEGIN")
        target = path.with_name(f"{path.name}.schema{migrate.version(db)}")
        fresh = target.with_name(f"{target.name}.fresh")
        fresh.unlink(missing_ok=True)
        try:
            copy(db, fresh)
        except (OSError, sqlite3.Error, Damaged) as error:
            raise OSError(f"not upgraded, for it could not be copied to {target} first: {error}") from error
        fresh.replace(target)
    for old in _of_upgrades(path)[:-UPGRADES_KEPT]:
        old.unlink()
    return target


def _is_behind(path: Path) -> bool:
    if not path.exists():
        return False
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        return 0 < migrate.version(db) < max(migrate.migrations())


def _of_upgrades(path: Path) -> list[Path]:
    """The copies made before upgrades, oldest first."""
    found = {
        int(number): each
        for each in path.parent.glob(f"{path.name}.schema*")
        if (number := each.name.removeprefix(f"{path.name}.schema")).isdecimal()
    }
    return [found[number] for number in sorted(found)]


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _on_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
