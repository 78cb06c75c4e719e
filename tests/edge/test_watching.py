"""The watch of a house, with real name servers and a real resolver: it leaves, is told, is not renewed, comes back."""

import asyncio
import sqlite3
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from edge import house as houses
from edge import settings, watching
from edge.house import House
from edge.jobs.watch import Watcher
from edge.main import system_clock
from edge.settings import Faults
from edge.tls.gate import Denied
from edge.tls.renewal import Timer
from store import domains, issuance, outbox_lists, staff, watches
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Routing
from store.hostname import Hostname
from store.outbox_lists import Filter
from store.staff import Role
from store.watches import Place, Watch
from tests import factories
from tests.e2e.house import write_config
from tests.edge.dns import tree as trees
from tests.edge.dns.tree import NS, TARGET, Tree
from tests.fakes.set_clock import SetClock

SHOP = Hostname("shop.changing.test")
LEADS_HERE = NS + f"shop 1 CNAME {TARGET}.\n"
LEADS_AWAY = NS + "shop 1 CNAME portal.other.test.\n"
FORGOTTEN = 2.1
"""Seconds after which the resolver knows nothing of a record any more."""


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    with trees.tree() as running:
        yield running


@pytest.fixture
def clock() -> SetClock:
    return SetClock(system_clock())


@pytest.fixture
async def house(tmp_path: Path, tree: Tree, clock: SetClock) -> AsyncIterator[House]:
    """With a name that is live, and has a certificate."""
    tree.first.replace("changing.test", LEADS_HERE)
    dns = {"resolvers": [tree.validating], "root_hints": [tree.hint], "private_servers": True}
    config = tmp_path / "brassplate.toml"
    write_config(config, None, dns=dns, edge={"cname_target": TARGET, "addresses": ["192.0.2.1"]})
    found = settings.load(config, {})
    assert not isinstance(found, Faults)
    async with AsyncExitStack() as stack:
        built = await houses.build(found, asyncio.Event(), clock, stack)
        await built.store.write(_registered, clock)
        await built.snapshot.refresh()
        assert isinstance(await built.certificates.context_for(SHOP), ssl.SSLContext)
        assert (await watching.check(built, SHOP)).routing is Routing.OK
        await built.store.write(domains.set_live, SHOP, clock())
        yield built


def _registered(db: sqlite3.Connection, clock: SetClock) -> None:
    added = factories.organisation(db)
    staff.add(db, "a@meridian.example", "", Role.ADMIN, added.id, clock())
    wanted = Destination(SHOP, Room.PORTAL, added.id, False, (), Confirmation.CNAME, Hostname(TARGET))
    domains.add(db, wanted, clock())


async def look(house: House, clock: SetClock, watcher: Watcher) -> Watch:
    """The next look at its time."""
    clock.now = (await state(house)).next_look_at
    await watcher.begin_due()
    while watcher.running:
        await asyncio.sleep(0.01)
    return await state(house)


async def state(house: House) -> Watch:
    found = await house.store.read(watches.of, SHOP)
    assert found
    return found


async def subjects(house: House) -> list[str]:
    lines = await house.store.read(lambda db: outbox_lists.page_of_all(db, Filter(), before=None, limit=10))
    return [line.subject for line in reversed(lines)]


async def the_timer_looks(house: House, clock: SetClock) -> None:
    """Once, and whatever it begins ends."""

    class Over(Exception):
        pass

    async def once(_: float) -> None:
        await asyncio.sleep(0.3)
        raise Over

    with pytest.raises(Over):
        await Timer(house.store, clock, house.certificates.renew, once).run()


async def test_name_that_leaves_is_told_and_not_renewed_and_comes_back_by_itself(
    house: House, clock: SetClock, tree: Tree
) -> None:
    watcher = watching.watcher(house)
    calm = await look(house, clock, watcher)
    assert (calm.calm, calm.is_well) == (1, True)

    tree.first.replace("changing.test", LEADS_AWAY)
    await asyncio.sleep(FORGOTTEN)
    places = [(await look(house, clock, watcher)).place for _ in range(5)]
    assert places[:3] == [Place.HERE] * 3 and places[-1] is Place.MOVED
    domain = await house.store.read(domains.by_hostname, SHOP)
    assert domain and domain.diagnosis and (domain.diagnosis.code, domain.routing) == ("moved", Routing.MOVED)
    assert domain.diagnosis.seen.startswith("Since ") and "Its certificate lasts" in domain.diagnosis.seen
    assert await subjects(house) == [f"The record of {SHOP} needs you"]

    await house.store.write(issuance.postpone, SHOP, clock())
    await the_timer_looks(house, clock)
    assert (await state(house)).renewal_held
    assert len(await house.store.read(issuance.history, SHOP)) == 1
    assert house.certificates.ready(SHOP)  # what stands still serves

    tree.first.replace("changing.test", LEADS_HERE)
    await asyncio.sleep(FORGOTTEN)
    back = await look(house, clock, watcher)
    assert back.is_well and not back.renewal_held
    assert (await subjects(house))[1:] == [f"The record of {SHOP} is right again"]
    standing = await house.store.read(issuance.standing, SHOP)
    assert standing.next_action_at and standing.next_action_at <= clock()
    await the_timer_looks(house, clock)
    assert [each.reason for each in await house.store.read(issuance.history, SHOP)] == [
        "renewal",
        "handshake",
    ]


async def test_order_for_what_has_moved_is_refused_and_the_watch_looks_at_once(
    house: House, clock: SetClock
) -> None:
    """A visitor comes by the name, and our resolver says that it leads here, before the watch knows."""
    await house.store.write(_moved)
    await house.store.write(_without_certificate)
    house.certificates.forget([SHOP])
    denied = await house.certificates.context_for(SHOP)
    assert isinstance(denied, Denied) and denied.why == "moved"
    watcher = watching.watcher(house)
    assert (await look(house, clock, watcher)).is_well
    assert isinstance(await house.certificates.context_for(SHOP), ssl.SSLContext)


def _moved(db: sqlite3.Connection) -> None:
    found = watches.of(db, SHOP)
    assert found
    watches.keep(db, replace(found, place=Place.MOVED, placed_at=found.next_look_at))


def _without_certificate(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM certificates")
