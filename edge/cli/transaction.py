"""Transaction: one read or write of the store from a command, and the present instant."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from edge.settings import Settings
from store.database import Store
from store.migrate import NewerStore
from store.organisations import Organisation, by_slug

T = TypeVar("T")


def run(settings: Settings, change: Callable[[sqlite3.Connection], T]) -> T:
    """Run a function as one write transaction; the store is made where there is none yet."""
    return _outcome(settings, _write(settings, change))


def repeat(settings: Settings, change: Callable[[sqlite3.Connection], bool]) -> None:
    """Run a function in short write transactions, as long as it says that there is more."""
    _outcome(settings, _repeat(settings, change))


def read(settings: Settings, query: Callable[[sqlite3.Connection], T]) -> T:
    """Run a function as one read transaction: however long it takes, nobody's write waits for it."""
    return _outcome(settings, _read(settings, query))


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 the clock of commands


def refuse(reason: str) -> SystemExit:
    """Say on stderr why a command does not do it; raise what this gives."""
    print(f"brassplate: {reason}", file=sys.stderr)
    return SystemExit(1)


def organisation(db: sqlite3.Connection, slug: str) -> Organisation:
    """The organisation that a command names, or the end of the command."""
    found = by_slug(db, slug)
    if found is None:
        raise refuse(f"there is no organisation {slug!r}; see brassplate organisation list")
    return found


def _outcome(settings: Settings, work: Coroutine[Any, Any, T]) -> T:
    try:
        settings.store_path.parent.mkdir(parents=True, exist_ok=True)
        return asyncio.run(work)
    except NewerStore as newer:
        raise refuse(str(newer)) from None
    except (OSError, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        raise refuse(f"store {settings.store_path}: {error}") from None
    finally:
        work.close()


async def _write(settings: Settings, change: Callable[[sqlite3.Connection], T]) -> T:
    async with _opened(settings, readers=0) as store:
        return await store.write(change)


async def _repeat(settings: Settings, change: Callable[[sqlite3.Connection], bool]) -> None:
    async with _opened(settings, readers=0) as store:
        while await store.write(change):
            pass


async def _read(settings: Settings, query: Callable[[sqlite3.Connection], T]) -> T:
    async with _opened(settings, readers=1) as store:
        return await store.read(query)


@asynccontextmanager
async def _opened(settings: Settings, readers: int) -> AsyncIterator[Store]:
    store = await Store.open(settings.store_path, readers=readers)
    try:
        yield store
    finally:
        await store.close()
