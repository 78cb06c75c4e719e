"""A routing table and a second store on the same file, as another process would have it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from edge.routing.snapshot import Snapshot
from store import domains, organisations, removal
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from tests.fakes.set_clock import SetClock

NOW = SetClock().now
SHOP = Hostname("shop.customer.example")


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "brassplate.db")
    await store.write(organisations.add, "meridian", "Meridian", NOW)
    yield store
    await store.close()


@pytest.fixture
async def snapshot(other: Store) -> AsyncIterator[Snapshot]:
    store = await Store.open(other.path)
    snapshot = Snapshot(store)
    await snapshot.refresh()
    yield snapshot
    await store.close()


def to(hostname: Hostname = SHOP) -> Destination:
    return Destination(hostname, Room.PORTAL, 1, False, (), Confirmation.CNAME, Hostname("edge.example"))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)


async def test_name_added_elsewhere_is_known_after_a_refresh(other: Store, snapshot: Snapshot) -> None:
    await other.write(domains.add, to(), NOW)
    assert snapshot.resolve(SHOP) is None
    await snapshot.refresh()
    assert snapshot.resolve(SHOP) == to()
    assert len(snapshot) == 1


async def test_name_removed_elsewhere_is_gone(other: Store, snapshot: Snapshot) -> None:
    await other.write(domains.add, to(), NOW)
    await snapshot.refresh()
    await other.write(domains.remove, SHOP, NOW)
    await snapshot.refresh()
    assert snapshot.resolve(SHOP) is None


async def test_names_go_with_their_organisation(other: Store, snapshot: Snapshot) -> None:
    await other.write(domains.add, to(), NOW)
    await snapshot.refresh()
    await other.write(removal.begin, 1, NOW)
    await snapshot.refresh()
    assert snapshot.resolve(SHOP) is None


async def test_suspension_and_its_end_are_followed(other: Store, snapshot: Snapshot) -> None:
    await other.write(domains.add, to(), NOW)
    for suspended in (True, False):
        await other.write(organisations.set_suspended, 1, suspended)
        await snapshot.refresh()
        found = snapshot.resolve(SHOP)
        assert found is not None and found.suspended is suspended


async def test_removed_and_added_again_between_two_looks_is_there(other: Store, snapshot: Snapshot) -> None:
    await other.write(domains.add, to(), NOW)
    await snapshot.refresh()
    await other.write(domains.remove, SHOP, NOW)
    await other.write(domains.add, to(), NOW)
    await snapshot.refresh()
    assert snapshot.resolve(SHOP) == to()


async def test_a_refresh_reads_only_what_changed(
    other: Store, snapshot: Snapshot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "edge.routing.snapshot")
    await other.write(domains.add, to(), NOW)
    await other.write(domains.add, to(Hostname("b.customer.example")), NOW)
    await snapshot.refresh()
    await other.write(domains.set_diagnosis, SHOP, Diagnosis("ok", Routing.OK, "", "", "", Actor.NOBODY), NOW)
    await snapshot.refresh()
    await other.write(domains.remove, SHOP, NOW)
    await snapshot.refresh()
    assert [vars(record)["names"] for record in caplog.records] == [2, 1]


async def test_a_refresh_gives_the_names_that_left_their_owner(other: Store, snapshot: Snapshot) -> None:
    await other.write(domains.add, to(), NOW)
    assert await snapshot.refresh() == frozenset()
    await other.write(domains.remove, SHOP, NOW)
    assert await snapshot.refresh() == {SHOP}
