"""Restarts, in order and by `kill -9`, while a crowd of names waits for certificates: not one is issued twice."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from pathlib import Path

import pytest

from store import certificates
from store.hostname import Hostname
from tests.e2e.house import House, furnished
from tests.e2e.serving import Serve
from tests.e2e.size import FULL
from tests.peers.pebble import Pebble

NAMES, RESTARTS = (1000, 100) if FULL else (30, 5)
AT_ONCE = 100
BETWEEN_SECONDS = (0.2, 2.5) if FULL else (0.1, 0.6)
WITHIN_SECONDS = 1500.0 if FULL else 200.0


@pytest.mark.proof
async def test_no_certificate_is_issued_twice_in_a_storm_of_restarts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, begun = random.Random(7), time.monotonic()
    with Pebble(nosleep=False, environment={"PEBBLE_VA_SLEEPTIME": "1"}) as pebble:
        async with furnished(tmp_path, pebble, edge={"drain_seconds": 1}) as running:
            names = [
                await running.register(f"shop-{number}.harbour.test", awaited=False)
                for number in range(NAMES)
            ]
            waiting = set(names)
            crowd = asyncio.create_task(everybody(running, waiting))
            process = await started(running)
            try:
                pending = []
                for number in range(RESTARTS):
                    await asyncio.sleep(chance.uniform(*BETWEEN_SECONDS))
                    pending.append(len(waiting))
                    await asyncio.to_thread(process.kill if number % 2 else process.stop)
                    process = await started(running)
                async with asyncio.timeout(WITHIN_SECONDS):
                    await crowd
            finally:
                crowd.cancel()
                process.kill()
            kept = await running.store.read(certificates.newest)
        issued = pebble.log().count("Issued certificate serial")
        orders = pebble.orders()
    assert Counter(each.hostname for each in kept) == Counter(names)
    assert issued == NAMES
    with capsys.disabled():
        print(f"\n{RESTARTS} restarts while {pending[0]} to {pending[-1]} of {NAMES} names waited:", end=" ")
        print(f"{issued} certificates, {orders} orders, {time.monotonic() - begun:.0f} s")


async def started(running: House) -> Serve:
    return await asyncio.to_thread(Serve, running.config, running.config.with_name("serve.log"))


async def everybody(running: House, waiting: set[Hostname]) -> None:
    """Each name is visited until it is served, so many at a time, each from an address of its own."""
    room = asyncio.Semaphore(AT_ONCE)

    async def visit(number: int, name: Hostname) -> None:
        async with room:
            while name in waiting:
                with contextlib.suppress(OSError, EOFError, TimeoutError):
                    async with asyncio.timeout(30):
                        status, _ = await running.visit(name, source=f"127.0.2.{number % 250 + 1}")
                        if status == 200:
                            waiting.discard(name)
                await asyncio.sleep(0.05)

    async with asyncio.TaskGroup() as visits:
        for number, name in enumerate(sorted(waiting)):
            _ = visits.create_task(visit(number, name))
