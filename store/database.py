"""Store: one SQLite file, one writer and a few readers, transactions shaped as functions.

A transaction is a plain function of a `sqlite3.Connection` (and its arguments) that runs whole in one
connection's thread: `await store.write(domains.add, organisation_id, hostname)`. It never awaits, so no lock
is held across I/O of ours. Writes hold the turnstile; checkpoints are ours alone (autocheckpoint is off).
"""

import asyncio
import logging
import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

import aiosqlite

from store import backups, migrate, wal
from store.presence import Presence
from store.turnstile import Turnstile
from store.unwritable import Unwritable, is_the_disk

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

READERS = 3
BUSY_SECONDS = 10.0


class StoreClosed(Exception):
    """The store was asked for something after it was closed."""


class Store:
    """The open store; made by `Store.open`, given back by `close`."""

    def __init__(
        self,
        path: Path,
        presence: Presence,
        turnstile: Turnstile,
        writer: "_Connection",
        readers: "list[_Connection]",
    ):
        self.path = path
        self._presence = presence
        self._turnstile = turnstile
        self._writer = writer
        self._readers = readers
        self._free: asyncio.LifoQueue[_Connection] = asyncio.LifoQueue()
        for reader in readers:
            self._free.put_nowait(reader)
        self._closed = False
        self._unwritable = False

    @classmethod
    async def open(cls, path: Path, *, readers: int = READERS) -> Self:
        """Create or open the file, bring its schema up to date; `migrate.NewerStore` if it is ahead of us.

        A store of an older schema is copied first (`backups.before_upgrade`); `OSError` where that cannot be.
        """
        presence, turnstile = Presence(path), Turnstile(path)
        opened: list[_Connection] = []
        try:
            _ = await asyncio.to_thread(backups.before_upgrade, path)
            opened.append(await _open_writer(path, turnstile))
            for _ in range(readers):
                opened.append(await _open_reader(path))
        except BaseException:
            await _close_all(opened, turnstile, presence)
            raise
        return cls(path, presence, turnstile, opened[0], opened[1:])

    async def read(
        self, query: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query in one read transaction: all it sees is of one moment."""
        self._refuse_closed()
        reader = await self._free.get()
        try:
            self._refuse_closed()  # it may have been closed while we waited
            return await reader.run(lambda db: _reading(db, lambda: query(db, *args, **kwargs)))
        finally:
            self._free.put_nowait(reader)

    async def write(
        self, change: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a change as one immediate transaction under the turnstile: all of it is kept, or none; `Unwritable`."""
        self._refuse_closed()
        return await self._writer.run(lambda db: self._writing(db, lambda: change(db, *args, **kwargs)))

    async def data_version(self) -> int:
        """A number that changes when somebody committed: the first reader's PRAGMA data_version."""
        self._refuse_closed()
        return await self._readers[0].run(_data_version)

    async def close(self) -> None:
        """Close every connection under the turnstile; calling it again does nothing."""
        if self._closed:
            return
        self._closed = True
        await _close_all([*self._readers, self._writer], self._turnstile, self._presence)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise StoreClosed(str(self.path))

    def _writing(self, db: sqlite3.Connection, change: Callable[[], T]) -> T:
        with self._turnstile.held():
            try:
                result = transact(db, change)
            except sqlite3.OperationalError as error:
                if not is_the_disk(error):
                    raise
                self._cannot(error)
                raise Unwritable(str(error)) from error
            self._can()
            if wal.is_due(self.path):
                _checkpoint(db)
            return result

    def _cannot(self, error: sqlite3.Error) -> None:
        """Say it once, however many writes fail."""
        if not self._unwritable:
            log.error(
                "the store cannot be written; what is there is served",
                extra={"store": str(self.path), "reason": str(error)},
            )
        self._unwritable = True

    def _can(self) -> None:
        if self._unwritable:
            log.info("the store can be written again", extra={"store": str(self.path)})
        self._unwritable = False


def transact(db: sqlite3.Connection, change: Callable[[], T]) -> T:
    """BEGIN IMMEDIATE, run, COMMIT; ROLLBACK when it raises. The caller holds the turnstile."""
    db.execute("BEGIN IMMEDIATE")
    try:
        result = change()
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return result


class _Connection(aiosqlite.Connection):
    """An aiosqlite connection that runs whole functions in its thread, not statement by statement."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connect, iter_chunk_size=64)
        self._thread.daemon = True  # a store that nobody closed must not keep the process from ending

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        result: T = await self._execute(lambda: function(self._conn))  # type: ignore[no-untyped-call]
        return result

    async def opened(self) -> Self:
        try:
            _ = await self
        except BaseException:
            # aiosqlite tells its thread to stop but waits for nothing: it would answer a loop that is gone.
            await asyncio.to_thread(self._thread.join)
            raise
        return self

    async def close_under(self, turnstile: Turnstile) -> None:
        await self.run(lambda db: _close(db, turnstile))
        await super().close()


async def _open_writer(path: Path, turnstile: Turnstile) -> _Connection:
    def connect() -> sqlite3.Connection:
        with turnstile.held():
            db = connect_writer(path)
            try:
                migrate.to_newest(db)
            except BaseException:
                db.close()
                raise
            return db

    return await _Connection(connect).opened()


async def _open_reader(path: Path) -> _Connection:
    return await _Connection(lambda: connect_reader(path)).opened()


def connect_writer(path: Path) -> sqlite3.Connection:
    """A connection that may write, for whoever holds the turnstile: WAL, foreign keys, durable commits."""
    # Its owner's alone: it holds customers' data. SQLite gives the log beside it the same mode.
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        migrate.version(db)
        _set(db, *_WRITER)
    except BaseException:
        db.close()
        raise
    return db


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection that can only read."""
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    _set(db, *_READER)
    return db


_WRITER = (
    "auto_vacuum = INCREMENTAL",
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "wal_autocheckpoint = 0",
    # A log that was copied back is cut to this when it starts anew; else every commit after would checkpoint.
    f"journal_size_limit = {wal.CHECKPOINT_BYTES}",
    "trusted_schema = OFF",
)
_READER = ("wal_autocheckpoint = 0", "foreign_keys = ON", "query_only = ON", "trusted_schema = OFF")


def _set(db: sqlite3.Connection, *pragmas: str) -> None:
    db.row_factory = sqlite3.Row
    for pragma in pragmas:
        db.execute(f"PRAGMA {pragma}").fetchall()


def _checkpoint(db: sqlite3.Connection) -> None:
    """Copy the log back; the commit before stands also when this fails, so the next one tries again."""
    try:
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    except sqlite3.Error:
        log.exception("checkpoint failed")


def _reading(db: sqlite3.Connection, query: Callable[[], T]) -> T:
    db.execute("BEGIN")
    try:
        return query()
    finally:
        db.execute("ROLLBACK")


async def _close_all(connections: list[_Connection], turnstile: Turnstile, presence: Presence) -> None:
    for connection in connections:
        await connection.close_under(turnstile)
    turnstile.close()
    presence.close()


def _close(db: sqlite3.Connection, turnstile: Turnstile) -> None:
    with turnstile.held():
        db.close()


def _data_version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA data_version").fetchone()[0])
