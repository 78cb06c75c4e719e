"""Floods of hellos: the CA is asked at the ledger's rate and no faster, who is known is served meanwhile, and nothing
of it is left afterwards."""

import asyncio
import time
from pathlib import Path

import pytest

from bench._flooder import DIGITS, flood
from tests.e2e.house import House, house
from tests.e2e.size import FULL
from tests.peers.pebble import Pebble

KNOWN = "billing.harbour.test"
OURS, STRANGE = ".harbour.test", ".stranger.test"
NAMES, RATE, SECONDS = (500, 400.0, 30.0) if FULL else (60, 150.0, 3.0)
ORDERS = 5
LONGEST_SECONDS = 5.0
LIMITS = {"limits": [f"orders={ORDERS}/1h"]}


@pytest.mark.proof
async def test_the_ca_is_asked_at_the_rate_of_the_ledger_in_a_flood(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble, acme=LIMITS) as running:
        await running.register(KNOWN)
        for number in range(NAMES):
            pebble.set_cname(name(number), "customers.provider.test")
            await running.register(name(number), awaited=False)
        await running.until_routed(await running.register("last.harbour.test"))
        assert (await running.visit(KNOWN))[0] == 200
        tasks, orders = len(asyncio.all_tasks()), pebble.orders()
        sent, visits = await asyncio.gather(
            flood(running.https_port, RATE, SECONDS, NAMES, OURS), visited_for(running, SECONDS)
        )
        assert sent > RATE * SECONDS / 4 and visits > 2 * SECONDS
        assert 1 <= pebble.orders() - orders <= ORDERS
        await nothing_is_left(tasks)


@pytest.mark.proof
async def test_names_that_nobody_has_cost_no_question_in_a_flood(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble) as running:
        await running.register(KNOWN)
        assert (await running.visit(KNOWN))[0] == 200
        tasks, orders = len(asyncio.all_tasks()), pebble.orders()
        sent, visits = await asyncio.gather(
            flood(running.https_port, RATE, SECONDS, 10**8, STRANGE), visited_for(running, SECONDS)
        )
        assert sent > RATE * SECONDS / 4 and visits > 2 * SECONDS
        assert pebble.orders() == orders
        assert not any(pebble.dns_history(f"name-{number:08}{STRANGE}") for number in range(0, sent, 50))
        await nothing_is_left(tasks)


def name(number: int) -> str:
    return f"name-{number:0{len(DIGITS)}}{OURS}"


async def visited_for(running: House, seconds: float) -> int:
    """How many visits a known name had meanwhile; each one succeeds, in its time."""
    until, visits = time.monotonic() + seconds, 0
    while (began := time.monotonic()) < until:
        assert (await running.visit(KNOWN))[0] == 200
        assert time.monotonic() - began < LONGEST_SECONDS
        visits += 1
    return visits


async def nothing_is_left(tasks: int) -> None:
    async with asyncio.timeout(30):
        while len(asyncio.all_tasks()) > tasks + 1:
            await asyncio.sleep(0.1)
