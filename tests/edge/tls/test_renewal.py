"""The timer runs on a clock that its own sleep moves on, once nobody is at work."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.tls import renewal
from edge.tls.authority import NotIssued
from edge.tls.gate import Denied
from edge.tls.renewal import AT_ONCE, Timer, renew_at
from store import domains, issuance
from store.diagnosis import Asked, Evidence
from store.hostname import Hostname
from tests.edge.tls.processes import POINTED, SHOP, Process, World

OTHER = Hostname("other.customer.example")
START = datetime(2026, 11, 22, tzinfo=UTC)
Renew = Callable[[Hostname], Awaitable[object]]


class Over(Exception):
    """The span that a test looks at has passed."""


class Watch:
    """Runs a timer for a span of the scripted clock and writes down what it renews, and when."""

    def __init__(self, process: Process, renew: Renew | None = None) -> None:
        self.world = process.world
        self.renewed: list[tuple[Hostname, datetime]] = []
        self.most_at_once = 0
        self.at_each_sleep: Callable[[], None] = lambda: None
        self._renew = renew or process.certificates.renew
        self._working = 0
        self._timer = Timer(process.store, self.world.clock, self._counted, self._sleep)

    async def run(self, **span: float) -> None:
        self._until = self.world.clock() + timedelta(**span)
        with suppress(Over):
            await self._timer.run()

    def times(self, hostname: Hostname = SHOP) -> int:
        return sum(name == hostname for name, _ in self.renewed)

    async def _counted(self, hostname: Hostname) -> None:
        self.renewed.append((hostname, self.world.clock()))
        self._working += 1
        self.most_at_once = max(self.most_at_once, self._working)
        try:
            await self._renew(hostname)
        finally:
            self._working -= 1

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        while self._working:
            await asyncio.sleep(0.001)
        self.at_each_sleep()
        if self.world.clock() >= self._until:
            raise Over
        await self.world.clock.sleep(seconds)


@pytest.fixture
def long_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """For spans of days, which would take thousands of looks."""
    monkeypatch.setattr(renewal, "LONGEST_SLEEP_SECONDS", 3600.0)


async def nothing(_: Hostname) -> None:
    await asyncio.sleep(0)


async def due(process: Process, hostname: Hostname, at: datetime) -> None:
    await process.register(hostname)
    await process.visit(hostname)
    await process.store.write(issuance.postpone, hostname, at)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)), st.floats(60, 4e7), st.floats(-1, 1))
def test_renewal_lies_within_the_life_of_the_certificate(
    begins: datetime, seconds: float, jitter: float
) -> None:
    not_before = begins.replace(tzinfo=UTC)
    not_after = not_before + timedelta(seconds=seconds)
    at = renew_at(not_before, not_after, jitter)
    share = 1 / 2 if seconds <= 864_000 else 2 / 3
    assert not_before < at < not_after
    assert abs((at - not_before) / (not_after - not_before) - share) < 0.021


@pytest.mark.parametrize(("days", "at"), [(90, 60.0), (398, 265.33), (10, 5.0), (6, 3.0), (10.01, 6.67)])
def test_short_lives_are_renewed_at_their_half(days: float, at: float) -> None:
    found = renew_at(START, START + timedelta(days=days), 0.0) - START
    assert found / timedelta(days=1) == pytest.approx(at, abs=0.01)


async def test_only_what_is_due_is_renewed(ours: Process) -> None:
    now = ours.world.clock()
    await due(ours, OTHER, now)
    await due(ours, Hostname("later.customer.example"), now + timedelta(minutes=10))
    watch = Watch(ours, nothing)
    await watch.run(minutes=9)
    assert {name for name, _ in watch.renewed} == {OTHER}


async def test_a_name_is_renewed_at_its_time(ours: Process) -> None:
    at = ours.world.clock() + timedelta(minutes=7, seconds=13)
    await due(ours, OTHER, at)
    watch = Watch(ours)
    await watch.run(minutes=8)
    assert watch.renewed == [(OTHER, at)]


async def test_ten_minute_certificates_left_alone_renew_by_themselves(
    our_world: World, ours: Process
) -> None:
    our_world.ca.life = timedelta(minutes=10)
    await ours.visit()
    served = []
    watch = Watch(ours)
    watch.at_each_sleep = lambda: served.append(ours.certificates.ready(SHOP) is not None)
    await watch.run(minutes=30)
    assert all(served) and len(served) > 50
    assert 6 <= watch.times() <= 14


@pytest.mark.usefixtures("long_sleeps")
async def test_a_ca_that_is_down_for_three_days_costs_no_name_its_certificate(
    our_world: World, ours: Process
) -> None:
    names = [Hostname(f"shop-{number}.customer.example") for number in range(12)]
    for name in names:
        await ours.register(name)
        await ours.visit(name)
    our_world.clock.advance(days=58)
    down_at, up_at = (our_world.clock() + timedelta(days=days) for days in (1, 4))
    watch = Watch(ours)

    def weather() -> None:
        down = down_at <= our_world.clock() < up_at
        our_world.ca.refusal = NotIssued("ca:unreachable", "no route to host") if down else None

    watch.at_each_sleep = weather
    await watch.run(days=6)
    for name in names:
        assert 1 <= watch.times(name) <= 50, "asked more often than each 100 minutes while it was down"
        found = await ours.certificate(name)
        assert found and found.not_before >= our_world.clock() - timedelta(days=5)
    for name in names:
        assert (await ours.standing(name)).failures == 0


async def test_failed_renewal_is_tried_again_when_its_wait_is_over(our_world: World, ours: Process) -> None:
    await ours.visit()
    await ours.store.write(issuance.postpone, SHOP, our_world.clock())
    our_world.ca.refusal = NotIssued("ca:dns", "no")
    start, watch = our_world.clock(), Watch(ours)
    await watch.run(minutes=15)
    assert [at - start for _, at in watch.renewed] == [
        timedelta(0),
        timedelta(minutes=1),
        timedelta(minutes=11),
    ]


@pytest.mark.usefixtures("long_sleeps")
async def test_wrong_dns_does_not_spin_and_is_renewed_once_mended(our_world: World, ours: Process) -> None:
    await ours.visit()
    our_world.clock.advance(days=60)
    our_world.dns = Evidence(SHOP, Asked.NXDOMAIN)
    watch = Watch(ours)
    await watch.run(days=2)
    assert 8 <= watch.times() <= 10
    our_world.dns = POINTED
    await watch.run(hours=7)
    assert len(our_world.ca.obtained) == 2


async def test_a_short_life_is_tried_again_in_time(our_world: World, ours: Process) -> None:
    our_world.ca.life = timedelta(minutes=10)
    await ours.visit()
    our_world.dns = Evidence(SHOP, Asked.FAILED)
    watch = Watch(ours)
    await watch.run(minutes=6)
    our_world.dns = POINTED
    await watch.run(minutes=1)
    assert len(our_world.ca.obtained) == 2


@pytest.mark.usefixtures("long_sleeps")
async def test_what_has_expired_is_left_to_its_next_visitor(our_world: World, ours: Process) -> None:
    await ours.visit()
    our_world.clock.advance(days=91)
    our_world.dns = Evidence(SHOP, Asked.NXDOMAIN)
    watch = Watch(ours)
    await watch.run(days=1)
    assert watch.times() == 1
    assert (await ours.standing()).next_action_at is None


async def test_name_that_is_no_longer_registered_is_let_go(our_world: World, ours: Process) -> None:
    await ours.visit()
    await ours.store.write(issuance.postpone, SHOP, our_world.clock())
    await ours.store.write(lambda db: db.execute("DELETE FROM domains").rowcount)
    our_world.routes.clear()
    watch = Watch(ours)
    await watch.run(hours=1)
    assert watch.times() == 1
    assert await ours.store.read(domains.by_hostname, SHOP) is None


async def test_a_renewal_that_breaks_leaves_the_others_alone(
    ours: Process, caplog: pytest.LogCaptureFixture
) -> None:
    now = ours.world.clock()
    await due(ours, OTHER, now)
    await due(ours, Hostname("broken.customer.example"), now)

    async def renew(hostname: Hostname) -> None:
        if hostname != OTHER:
            raise KeyError(hostname)
        await ours.certificates.renew(hostname)

    watch = Watch(ours, renew)
    await watch.run(minutes=10)
    assert watch.times(OTHER) == 1 and watch.times(Hostname("broken.customer.example")) == 1
    assert [record.message for record in caplog.records] == ["task failed"]


async def test_few_are_renewed_at_once_and_all_in_the_end(ours: Process) -> None:
    names = [Hostname(f"shop{n}.customer.example") for n in range(20)]
    for name in names:
        await due(ours, name, ours.world.clock())
    watch = Watch(ours)
    await watch.run(minutes=10)
    assert sorted(name for name, _ in watch.renewed) == sorted(names)
    assert watch.most_at_once <= AT_ONCE


async def test_cancelled_timer_cancels_its_renewals(our_world: World, ours: Process) -> None:
    await ours.visit()
    await ours.store.write(issuance.postpone, SHOP, our_world.clock())
    started, ended = asyncio.Event(), asyncio.Event()

    async def renew(hostname: Hostname) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    running = asyncio.get_running_loop().create_task(Timer(ours.store, our_world.clock, renew).run())
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended.is_set()


async def test_wish_of_the_operator_is_heard(our_world: World, ours: Process) -> None:
    await ours.visit()
    await ours.store.write(issuance.postpone, SHOP, our_world.clock())
    assert not isinstance(await ours.visit(), Denied)
    watch = Watch(ours)
    await watch.run(seconds=30)
    assert watch.times() == 1 and len(our_world.ca.obtained) == 2
