"""Writer: short write transactions on the store from a process of its own, each under the turnstile."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from store import migrate
from store.database import connect_writer, transact, wal_bytes
from store.turnstile import Turnstile

T = TypeVar("T")

AIM_SECONDS = 0.0025
"""What a transaction of many rows should take: the limit is 10 ms, and the machine has other work."""
CHECKPOINT_BYTES = 2**20
"""Less than the store's own: a checkpoint is a turn of the lock as well, and this much takes a few milliseconds."""
CACHE_KIB = 65_536


class Writer:
    """A writing connection with its lock; made by `opened`."""

    def __init__(self, path: Path, db: sqlite3.Connection, turnstile: Turnstile):
        self.db = db
        self.last_hold_seconds = 0.0
        self.longest_hold_seconds = 0.0
        self.longest_checkpoint_seconds = 0.0
        self._due_bytes = CHECKPOINT_BYTES
        self._path = path
        self._turnstile = turnstile

    def write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Run a change as one transaction; a long write-ahead log is copied back in a turn of its own."""
        with self._turnstile.held():
            started = perf_counter()
            result = transact(self.db, lambda: change(self.db))
            self.last_hold_seconds = perf_counter() - started
        self.longest_hold_seconds = max(self.longest_hold_seconds, self.last_hold_seconds)
        self._checkpoint_if_due()
        return result

    def _checkpoint_if_due(self) -> None:
        """A log that a reader keeps from starting anew grows on: look again after as much again."""
        size = wal_bytes(self._path)
        if size <= CHECKPOINT_BYTES:
            self._due_bytes = CHECKPOINT_BYTES
        elif size > self._due_bytes:
            self._due_bytes = size + CHECKPOINT_BYTES
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
        """Learn from a transaction: grow slowly, shrink at once."""
        if seconds <= 0 or rows <= 0:
            return
        fitting = int(rows * AIM_SECONDS / seconds)
        self.rows = max(1, min(fitting, self.rows + self.rows // 4 + 1, self._most))


@contextmanager
def opened(path: Path) -> Iterator[Writer]:
    """A writer on an existing store of the newest schema; closed under the turnstile."""
    turnstile = Turnstile(path)
    try:
        with turnstile.held():
            db = connect_writer(path)
            db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            db.execute("PRAGMA journal_size_limit = 0").fetchall()  # or the log's size says nothing
            migrate.to_newest(db)
        try:
            yield Writer(path, db, turnstile)
        finally:
            with turnstile.held():
                db.close()
    finally:
        turnstile.close()
