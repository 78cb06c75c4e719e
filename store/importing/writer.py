"""Writer: short write transactions on the store from a process of its own, each under the turnstile."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from store import backups, migrate, wal
from store.database import connect_writer, transact
from store.presence import Presence
from store.turnstile import Turnstile

T = TypeVar("T")

AIM_SECONDS = 0.003
"""What a transaction of many rows should take: the limit is 10 ms, and the machine has other work."""
WRITES_A_CHECKPOINT = 10
"""A checkpoint is a turn of the lock as well: little at a time keeps it as short as a transaction."""
CACHE_KIB = 65_536


class Writer:
    """A writing connection with its lock; made by `opened`."""

    def __init__(self, path: Path, db: sqlite3.Connection, turnstile: Turnstile):
        self.db = db
        self.last_hold_seconds = 0.0
        self.longest_hold_seconds = 0.0
        self.longest_checkpoint_seconds = 0.0
        self._writes = 0
        self._path = path
        self._turnstile = turnstile

    def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run a change as one transaction; now and then the log is copied back in a turn of its own."""
        with self._turnstile.held():
            started = perf_counter()
            result = transact(self.db, lambda: change(self.db))
            self.last_hold_seconds = perf_counter() - started
        self.longest_hold_seconds = max(self.longest_hold_seconds, self.last_hold_seconds)
        self._checkpoint_if_due()
        return result

    def _checkpoint_if_due(self) -> None:
        """The log goes to the disk before the turn, so that the turn has less to wait for."""
        self._writes += 1
        if self._writes % WRITES_A_CHECKPOINT == 0 and wal.is_ours(self._path):
            _sync(self._path.with_name(self._path.name + "-wal"))
            self._checkpoint()

    def _checkpoint(self) -> None:
        with self._turnstile.held():
            started = perf_counter()
            self.db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            took = perf_counter() - started
        self.longest_checkpoint_seconds = max(self.longest_checkpoint_seconds, took)

    @contextmanager
    def relaxed(self) -> Iterator[None]:
        """Commits in the block survive the death of the process, not that of the machine."""
        self.db.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            self.db.execute("PRAGMA synchronous = FULL")


class Pace:
    """How many rows the next transaction takes, by how long the last one took."""

    def __init__(self, rows: int = 50, most: int = 4000):
        self.rows = rows
        self._most = most

    def took(self, rows: int, seconds: float) -> None:
        """Learn from a transaction: grow by a quarter, shrink by half; a disk that stalls once says little."""
        if seconds <= 0 or rows <= 0:
            return
        fitting = int(rows * AIM_SECONDS / seconds)
        self.rows = max(1, self.rows // 2, min(fitting, self.rows + self.rows // 4 + 1, self._most))


@contextmanager
def opened(path: Path) -> Iterator[Writer]:
    """A writer on an existing store, which is brought to the newest schema; closed under the turnstile."""
    presence, turnstile = Presence(path), Turnstile(path)
    try:
        backups.before_upgrade(path)
        with turnstile.held():
            db = connect_writer(path)
            db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            migrate.to_newest(db)
        try:
            yield Writer(path, db, turnstile)
        finally:
            with turnstile.held():
                db.close()
    finally:
        turnstile.close()
        presence.close()


def _sync(log: Path) -> None:
    """SQLite's locks are not on the log, so opening and closing it here lets none of them go."""
    try:
        descriptor = os.open(log, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
