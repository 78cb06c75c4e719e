"""Sizes: an hourly note of how large the store is and what its disk has left."""

import asyncio
import shutil
from pathlib import Path

from edge.jobs.rounds import Rounds
from store import disk
from store.database import Store
from store.instants import Clock
from store.wal import wal_bytes

EVERY_SECONDS = 3600.0


async def run(store: Store, clock: Clock, rounds: Rounds) -> None:
    """Note the day's sizes; runs until cancelled."""
    await rounds.repeat("disk sizes", lambda: _round(store, clock), EVERY_SECONDS)


async def _round(store: Store, clock: Clock) -> None:
    size, free = await asyncio.to_thread(_look, store.path)
    await store.write(disk.note, size, free, clock())


def _look(path: Path) -> tuple[int, int]:
    return path.stat().st_size + wal_bytes(path), shutil.disk_usage(path.parent).free
