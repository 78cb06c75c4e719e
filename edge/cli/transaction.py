"""Transaction: one read or write of the store from a command, and the present instant."""

import asyncio
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from edge.settings import Settings
from store.database import Store
from store.migrate import NewerStore
from store.organisations import Organisation, by_slug

T = TypeVar("T")


def run(settings: Settings, change: Callable[[sqlite3.Connection], T]) -> T:
    """Run a function as one write transaction; the store is made where there is none yet."""
    settings.store_path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return asyncio.run(_run(settings, change))
    except NewerStore as newer:
        print(f"brassplate: {newer}", file=sys.stderr)
        raise SystemExit(1) from None


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


async def _run(settings: Settings, change: Callable[[sqlite3.Connection], T]) -> T:
    store = await Store.open(settings.store_path, readers=0)
    try:
        return await store.write(change)
    finally:
        await store.close()
