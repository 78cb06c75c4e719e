import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge.metrics.health import Health, Phase
from store import installation
from store.database import READERS, Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "brassplate.db")
    yield opened
    await opened.close()


def health(lag: float = 0.0) -> Health:
    return Health(lambda: lag, store_seconds=0.1)


def test_only_who_serves_is_ready() -> None:
    told = health()
    seen = []
    for phase in Phase:
        told.phase = phase
        seen.append((phase, told.ready))
    assert seen == [(Phase.STARTING, False), (Phase.SERVING, True), (Phase.LEAVING, False)]


async def test_process_that_starts_has_no_store_to_be_wrong() -> None:
    assert await health().faults() == []


async def test_loop_that_is_late_is_a_fault() -> None:
    assert await health(lag=12.4).faults() == ["loop: 12 seconds late"]


async def test_store_that_answers_is_well(store: Store) -> None:
    told = health()
    told.reads(lambda: store.read(installation.value, installation.KEY_CHECK))
    assert await told.faults() == []


async def test_store_whose_readers_are_all_busy_is_a_fault_and_nobody_waits_for_them(store: Store) -> None:
    told = health()
    told.reads(lambda: store.read(installation.value, installation.KEY_CHECK))

    def busy(db: sqlite3.Connection) -> None:
        time.sleep(0.6)

    async with asyncio.TaskGroup() as group:
        for _ in range(READERS):
            group.create_task(store.read(busy))
        await asyncio.sleep(0.05)
        began = time.monotonic()
        assert await told.faults() == ["store: no answer within 0.1 seconds"]
        assert time.monotonic() - began < 0.4
    assert await told.faults() == []


async def test_store_that_fails_is_a_fault_without_its_words(store: Store) -> None:
    told = health()

    def broken(db: sqlite3.Connection) -> None:
        db.execute("SELECT secret FROM nowhere")

    told.reads(lambda: store.read(broken))
    assert await told.faults() == ["store: OperationalError"]
