"""A name that nobody has a page open of goes live once its record is right."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from edge.jobs import awaiting
from edge.jobs.awaiting import Awaiting
from store import domains, organisations, portals
from store.database import Store
from store.hostname import Hostname
from tests.fakes.set_clock import SetClock
from tests.store.test_awaited import FOUND, destination


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "brassplate.db")
    made = await store.write(organisations.add, "acme", "Acme", SetClock().now)
    await store.write(portals.set_enabled, made.id, True, SetClock().now)
    yield store
    await store.close()


async def choose(store: Store, *names: str) -> None:
    for name in names:
        await store.write(domains.add, destination(1, name), SetClock().now)
        await store.write(domains.set_diagnosis, Hostname(name), FOUND, SetClock().now)


async def test_names_are_completed_when_their_turn_has_come(store: Store) -> None:
    clock, completed = SetClock(), []

    async def complete(hostname: Hostname) -> None:
        completed.append(hostname)
        await store.write(domains.set_live, hostname, clock())

    await choose(store, "a.mycompany.com", "b.mycompany.com")
    job = Awaiting(store, clock, complete)
    await job.look()
    assert completed == []
    clock.now += timedelta(minutes=1)
    await job.look()
    await job.look()
    assert sorted(completed) == ["a.mycompany.com", "b.mycompany.com"]


async def test_few_are_looked_at_at_once(store: Store) -> None:
    now, most = 0, 0

    async def complete(hostname: Hostname) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1

    await choose(store, *(f"n{number}.mycompany.com" for number in range(12)))
    clock = SetClock()
    clock.now += timedelta(minutes=2)
    await Awaiting(store, clock, complete).look()
    assert most == awaiting.AT_ONCE
