"""Backups: the whole store as one file, consistent, while others go on writing; the master key is never in it."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

PAGES = 2_000
"""Copied in one step: 8 MiB, some 10 ms."""
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


def _on_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
