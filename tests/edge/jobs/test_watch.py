"""The watch over a real store, on a virtual clock, with a DNS that does what the test says."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from edge.jobs.watch import QUESTIONS_A_SECOND
from store import domains, issuance, watches
from store.database import Store
from store.diagnosis import Routing
from store.dns_answers import View
from store.domains import Domain
from store.hostname import Hostname
from store.instants import to_ms
from store.watches import Place
from tests import factories
from tests.edge.jobs.watch_town import ELSEWHERE, TARGET, Says, Town, gone, pointed, silent
from tests.fakes.set_clock import SetClock

SHOP = "shop.customer.example"
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    store = await Store.open(tmp_path / "brassplate.db")
    await store.write(factories.organisation)
    yield Town(store, SetClock(factories.NOW))
    await store.close()


async def domain(town: Town) -> Domain:
    found = await town.store.read(domains.by_hostname, Hostname(SHOP))
    assert found
    return found


async def test_quiet_name_costs_one_question_and_leaves_no_survey(town: Town) -> None:
    await town.add(SHOP)
    await town.live(hours=12, step=60)
    assert len(town.glances) == sum(town.asked.values()) == 8
    assert town.looks == []
    kept = await town.store.read(lambda db: db.execute("SELECT evidence, checked_at FROM domains").fetchone())
    assert tuple(kept) == (None, None)
    assert (await town.watch(SHOP)).calm == 8


async def test_name_that_is_gone_is_moved_after_half_an_hour_and_told_then(town: Town) -> None:
    told: list[tuple[str, timedelta]] = []

    def tell(db: sqlite3.Connection, hostname: Hostname, now: object) -> None:
        found = domains.by_hostname(db, hostname)
        assert found
        told.append((found.routing.value, town.clock() - began))

    town.tell = tell
    town.restart()
    await town.add(SHOP)
    began = town.clock()
    town.says = gone
    await town.live(minutes=29, step=30)
    assert ((await domain(town)).routing, told) == (Routing.OK, [])
    found = (await domain(town)).diagnosis
    assert found and found.code == "no_record"
    await town.live(minutes=15, step=30)
    assert (await town.watch(SHOP)).place is Place.MOVED
    assert [place for place, _ in told] == ["moved"] and told[0][1] < 45 * MINUTE
    found = (await domain(town)).diagnosis
    assert found and found.code == "moved" and found.seen.startswith("Since 22 November 2026, 12:00 UTC")


async def test_name_that_stays_away_is_looked_at_lightly(town: Town) -> None:
    await town.add(SHOP)
    town.says = gone
    await town.live(hours=1, step=30)
    looks = len(town.looks)
    await town.live(hours=12, step=60)
    assert len(town.looks) == looks


async def test_name_that_comes_back_is_healed_by_itself_and_told_once(town: Town) -> None:
    told: list[str] = []

    def tell(db: sqlite3.Connection, hostname: Hostname, now: object) -> None:
        told.append(watches.of(db, hostname).place.value)  # type: ignore[union-attr]

    town.tell = tell
    town.restart()
    await town.add(SHOP)
    town.says = gone
    await town.live(hours=1, step=30)
    town.says = pointed
    await town.live(minutes=15, step=30)
    assert ((await domain(town)).routing, told) == (Routing.OK, ["moved", "here"])
    await town.live(hours=30, step=60)
    assert told == ["moved", "here"]


async def test_renewal_that_waited_goes_on_at_once_when_the_name_is_back(town: Town) -> None:
    await town.add(SHOP)
    town.says = gone
    await town.live(hours=1, step=30)
    due = town.clock() + timedelta(hours=6)

    def held(db: sqlite3.Connection) -> None:
        db.execute(
            "INSERT INTO issuance (hostname, state, next_action_at) VALUES (?, 'issued', ?)",
            (SHOP, to_ms(due)),
        )
        watches.hold_renewal(db, Hostname(SHOP))

    await town.store.write(held)
    await town.live(hours=1, step=30)
    assert (await town.store.read(issuance.standing, Hostname(SHOP))).next_action_at == due
    town.says = pointed
    await town.live(minutes=20, step=30)
    at = (await town.store.read(issuance.standing, Hostname(SHOP))).next_action_at
    assert at and at <= town.clock()
    assert not (await town.watch(SHOP)).renewal_held


def only_the_resolvers(view: View, server: str, name: Hostname) -> str | None:
    return TARGET if view is View.ZONE else ""


def only_the_zone(view: View, server: str, name: Hostname) -> str | None:
    return "" if view in (View.ZONE, View.OURS) else TARGET


def one_server_of_two(view: View, server: str, name: Hostname) -> str | None:
    return "" if server != "192.0.2.53" else TARGET


def zone_is_silent(view: View, server: str, name: Hostname) -> str | None:
    return None if view is View.ZONE else ""


def resolvers_are_silent(view: View, server: str, name: Hostname) -> str | None:
    return "" if view is View.ZONE else None


@pytest.mark.parametrize(
    "says",
    [silent, only_the_resolvers, only_the_zone, one_server_of_two, zone_is_silent, resolvers_are_silent],
)
async def test_name_has_not_moved_while_not_all_agree(town: Town, says: Says) -> None:
    await town.add(SHOP)
    town.says = says
    await town.live(hours=30, step=60)
    assert (await town.watch(SHOP)).place is not Place.MOVED
    assert len(town.glances) > 20


async def test_name_that_leads_elsewhere_is_moved_where_all_agree(town: Town) -> None:
    await town.add(SHOP)
    town.says = lambda view, server, name: ELSEWHERE
    await town.live(hours=1, step=30)
    assert (await town.watch(SHOP)).place is Place.MOVED
    found = (await domain(town)).diagnosis
    assert found and ELSEWHERE in found.seen


async def test_name_that_comes_and_goes_is_not_moved_and_not_renewed(town: Town) -> None:
    """Twenty minutes here, ten minutes gone, for two days."""
    await town.add(SHOP)
    allowed = 0
    for _ in range(96):
        town.says = pointed
        await town.live(minutes=20, step=60)
        town.says = gone
        await town.live(minutes=10, step=60)
        watch = await town.watch(SHOP)
        assert watch.place is Place.HERE
        allowed += watch.renews(town.clock())
    assert allowed <= 3  # while it was not known yet
    town.says = pointed
    await town.live(hours=2, step=60)
    assert (await town.watch(SHOP)).renews(town.clock())


async def test_crowd_is_asked_at_a_bounded_rate_after_a_day_of_rest(town: Town) -> None:
    names = [f"shop{number}.customer.example" for number in range(400)]
    await town.add(*names)
    await town.live(hours=1, step=5)
    town.asked.clear()
    town.glances.clear()
    town.clock.advance(days=1)
    town.restart()
    begun = town.clock()
    await town.live(seconds=20)
    assert len(town.glances) == len(set(town.glances)) == 400
    assert max(town.asked.values()) <= QUESTIONS_A_SECOND + 1
    last = max(at for _, at in town.glances)
    assert timedelta(seconds=7) <= last - begun <= timedelta(seconds=10)


async def test_nobody_thunders_when_all_names_leave_at_once(town: Town) -> None:
    names = [f"shop{number}.customer.example" for number in range(60)]
    await town.add(*names, within=timedelta())
    town.says = gone
    await town.live(minutes=2)
    by_minute = sum(town.asked.values()) / 120
    assert by_minute <= QUESTIONS_A_SECOND
    assert len(town.looks) >= 60


async def test_name_that_was_removed_is_left_alone(town: Town) -> None:
    await town.add(SHOP)
    await town.store.write(domains.remove, Hostname(SHOP), town.clock())
    await town.live(hours=1, step=60)
    assert town.glances == []


async def test_look_that_breaks_is_not_made_again_every_second(town: Town) -> None:
    def broken(view: View, server: str, name: Hostname) -> str | None:
        raise ValueError("broken")

    await town.add(SHOP)
    town.says = broken
    await town.live(minutes=3)
    assert len(town.glances) == 1
    town.says = pointed
    await town.live(minutes=6)
    assert (await town.watch(SHOP)).unheard == 0


async def test_nobody_is_asked_while_the_store_takes_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    await town.add(SHOP)
    with monkeypatch.context() as patched:
        patched.setattr(town.store, "write", full)
        await town.live(minutes=3)
        assert 2 <= len(town.glances) <= 4
    await town.live(minutes=2)
    assert (await town.watch(SHOP)).calm == 1


async def test_resolvers_that_answer_nothing_are_our_own_lack_and_cost_no_looks_from_all_sides(
    town: Town,
) -> None:
    names = [f"shop{number}.customer.example" for number in range(90)]
    await town.add(*names, within=timedelta(minutes=5))
    town.says = silent
    await town.live(hours=2, step=20)
    assert len(town.glances) > 300 and town.looks == []
    assert (await town.watch(names[0])).place is Place.HERE
    town.says = pointed
    await town.live(hours=2, step=20)
    assert (await town.watch(names[0])).unheard == 0
