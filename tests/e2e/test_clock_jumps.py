"""The clock goes a day ahead, and back: nobody is turned away, the CA is not stormed, nothing spins or sticks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge import main
from store import issuance, leases
from store.hostname import Hostname
from tests.e2e.house import House, furnished
from tests.fakes.set_clock import SetClock
from tests.peers.pebble import Pebble

NAMES = [f"portal-{number}.harbour.test" for number in range(3)]
NEW = ["ahead.harbour.test", "back.harbour.test"]
DAY = timedelta(days=1)
MOST_LOOKS_A_SECOND = 200
"""At the clock, by the jobs of a house where nothing happens: some sixty."""


class RunningClock(SetClock):
    """Runs, jumps, and counts who looks at it."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC))
        self.ahead = timedelta()
        self.looks = 0

    def __call__(self) -> datetime:
        self.looks += 1
        return datetime.now(UTC) + self.ahead


@contextlib.asynccontextmanager
async def house(folder: Path, pebble: Pebble, clock: RunningClock) -> AsyncIterator[House]:
    async with furnished(folder, pebble) as dark:
        loop = asyncio.get_running_loop()
        ready = loop.create_future()
        running = loop.create_task(main.run(dark.settings, dark.stop, ready.set_result, clock))
        try:
            yield replace(dark, bound=await asyncio.wait_for(ready, 30))
        finally:
            dark.stop.set()
            await running


@pytest.mark.parametrize("jump", [DAY, -DAY], ids=["ahead", "back"])
async def test_everybody_is_served_through_a_jump(tmp_path: Path, pebble: Pebble, jump: timedelta) -> None:
    clock = RunningClock()
    async with house(tmp_path, pebble, clock) as running:
        for name in (*NAMES, *NEW):
            await running.register(name)
        for name in NAMES:
            assert await running.alert(name) == ""
        for ahead in (jump, timedelta()):  # and the clock is set right again
            clock.ahead = ahead
            assert [await running.alert(name) for name in NAMES] == [""] * len(NAMES)
            assert pebble.orders() == len(NAMES) + (ahead == timedelta())
            await is_at_rest(clock)
            assert await running.alert(NEW[ahead == timedelta()]) == ""
            assert pebble.orders() == len(NAMES) + 1 + (ahead == timedelta())
    for name in (*NAMES, *NEW):
        held = await lease_of(tmp_path, name)
        assert held is None, "a lease is stuck"


async def test_who_starts_with_a_clock_that_has_gone_back_orders_nothing_anew(
    tmp_path: Path, pebble: Pebble
) -> None:
    clock = RunningClock()
    async with house(tmp_path, pebble, clock) as running:
        for name in NAMES:
            await running.register(name)
            assert await running.alert(name) == ""
    clock.ahead = -DAY
    async with house(tmp_path, pebble, clock) as running:
        assert [await running.alert(name) for name in NAMES] == [""] * len(NAMES)
    assert pebble.orders() == len(NAMES)


async def is_at_rest(clock: RunningClock) -> None:
    """No loop looks at the clock again and again."""
    before = clock.looks
    await asyncio.sleep(1)
    assert clock.looks - before < MOST_LOOKS_A_SECOND


async def lease_of(folder: Path, name: str) -> leases.HeldBy | None:
    async with furnished(folder) as dark:
        now = datetime.now(UTC)
        taken = await dark.store.write(
            leases.take,
            issuance.lease_name(Hostname(name)),
            leases.this_process(),
            now,
            now + timedelta(seconds=1),
        )
    return taken if isinstance(taken, leases.HeldBy) else None
