"""A followed name is looked at again and again by one looker; what changed is looked at from all sides."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

import pytest

from edge.jobs import looking
from edge.jobs.looking import Looking
from store.hostname import Hostname
from tests.edge.tls.processes import until

SHOP = Hostname("shop.customer.example")
QUICK = ((60.0, 0.01),)


@dataclass
class World:
    """The zone as it is now, and how often it was looked at."""

    said: Mapping[str, str] | None = field(default_factory=lambda: {"ns1": "nothing"})
    glimpses: int = 0
    completed: list[Hostname] = field(default_factory=list)

    async def glimpse(self, hostname: Hostname) -> Mapping[str, str] | None:
        self.glimpses += 1
        return self.said

    async def complete(self, hostname: Hostname) -> None:
        self.completed.append(hostname)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def lookers(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Looking]:
    monkeypatch.setattr(looking, "LINGER", 0.05)
    monkeypatch.setattr(looking, "WHOLE_EVERY", 10_000)
    made = Looking(world.glimpse, world.complete, paces=QUICK)
    yield made
    await made.close()


async def test_changed_record_is_looked_at_from_all_sides_once(world: World, lookers: Looking) -> None:
    with lookers.follow(SHOP):
        await until(lambda: world.glimpses > 5)
        assert world.completed == [SHOP]  # the first look
        world.said = {"ns1": "CNAME customers.provider.example"}
        await until(lambda: len(world.completed) == 2)
        seen = world.glimpses
        await until(lambda: world.glimpses > seen + 5)
        assert len(world.completed) == 2


async def test_lost_answer_is_no_change(world: World, lookers: Looking) -> None:
    with lookers.follow(SHOP):
        await until(lambda: world.glimpses > 2)
        world.said = {}
        seen = world.glimpses
        await until(lambda: world.glimpses > seen + 2)
        world.said = {"ns1": "nothing"}
        seen = world.glimpses
        await until(lambda: world.glimpses > seen + 2)
        assert world.completed == [SHOP]


async def test_all_sides_are_looked_at_now_and_then_though_nothing_changed(
    world: World, lookers: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "WHOLE_EVERY", 3)
    with lookers.follow(SHOP):
        await until(lambda: len(world.completed) > 2)
    assert world.glimpses > len(world.completed)


async def test_many_pages_have_one_looker(world: World, lookers: Looking) -> None:
    with lookers.follow(SHOP), lookers.follow(SHOP), lookers.follow(SHOP):
        await until(lambda: world.glimpses > 3)
        assert len(lookers.names) == 1
        assert world.completed == [SHOP]


async def test_nobody_looks_once_the_last_page_is_closed(world: World, lookers: Looking) -> None:
    with lookers.follow(SHOP):
        await until(lambda: world.glimpses > 1)
    await until(lambda: not lookers.names)
    seen = world.glimpses
    await asyncio.sleep(0.05)
    assert world.glimpses == seen


async def test_page_that_is_opened_anew_goes_on_where_it_was(world: World, lookers: Looking) -> None:
    for _ in range(5):
        with lookers.follow(SHOP):
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.01)
    assert world.completed == [SHOP]


async def test_name_that_is_registered_no_more_is_let_go(world: World, lookers: Looking) -> None:
    world.said = None
    with lookers.follow(SHOP):
        await until(lambda: not lookers.names)
    assert (world.glimpses, world.completed) == (1, [])


async def test_names_beyond_the_bound_are_not_looked_at(
    world: World, lookers: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MAX_NAMES", 1)
    with lookers.follow(SHOP), lookers.follow(Hostname("other.example")):
        assert lookers.names == {SHOP}


async def test_looks_become_fewer_the_longer_a_page_is_open(world: World) -> None:
    paces = Looking(world.glimpse, world.complete)
    assert [paces._pace(after) for after in (0, 119, 121, 601, 1801, 99_999)] == [
        2.5,
        2.5,
        5.0,
        15.0,
        60.0,
        60.0,
    ]
