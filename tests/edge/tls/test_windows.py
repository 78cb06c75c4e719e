"""The CA is asked when each certificate is to be replaced, and renewals follow what it says."""

from datetime import timedelta

import pytest

from edge.tls import ari
from edge.tls.acme.renewal_info import RenewalInfo
from edge.tls.authority import NotIssued
from edge.tls.gate import Denied
from edge.tls.limits import of_words
from edge.tls.windows import RenewalWindows
from store import certificates, issuance, renewal_windows
from store.certificates import Certificate
from tests.edge.tls.processes import SHOP, Process, World

HOURS = timedelta(hours=1)
DAY = timedelta(days=1)


class Ca:
    """Answers with `window`, counted from now, or fails."""

    def __init__(self, world: World):
        self.world = world
        self.window: tuple[timedelta, timedelta] | None = (40 * DAY, 42 * DAY)
        self.retry_after: float | None = None
        self.failure: NotIssued | None = None
        self.asked: list[str] = []

    async def __call__(self, chain_pem: str) -> RenewalInfo | None:
        self.asked.append(chain_pem)
        if self.failure:
            raise self.failure
        if self.window is None:
            return None
        start, end = (self.world.start + each for each in self.window)  # type: ignore[attr-defined]
        return RenewalInfo(start, end, None, self.retry_after)


@pytest.fixture
async def ca(our_world: World, ours: Process) -> Ca:
    """A certificate of a CA over ACME stands, and was not asked for yet."""
    our_world.ca.name = "https://ca.example/directory"
    our_world.start = our_world.clock()  # type: ignore[attr-defined]
    await ours.visit()
    our_world.clock.advance(hours=2)
    return Ca(our_world)


def windows(process: Process, ca: Ca, draw: float = 0.5) -> RenewalWindows:
    return RenewalWindows(process.store, process.world.clock, ca, lambda: draw)


async def due_in_days(process: Process) -> float:
    at = (await process.standing()).next_action_at
    assert at
    days: float = (at - process.world.start) / DAY  # type: ignore[attr-defined]
    return days


async def test_renewal_is_due_at_a_moment_of_the_window(ours: Process, ca: Ca) -> None:
    assert await due_in_days(ours) == pytest.approx(60, abs=2)
    await windows(ours, ca).work()
    assert await due_in_days(ours) == 41
    held = await ours.certificate()
    assert held and ca.asked == [held.chain_pem]


async def test_moment_stays_while_the_window_stands_and_moves_with_it(
    our_world: World, ours: Process, ca: Ca
) -> None:
    await windows(ours, ca).work()
    our_world.clock.advance(hours=6)
    await windows(ours, ca, 0.9).work()
    assert (len(ca.asked), await due_in_days(ours)) == (2, 41)
    ca.window = (-2 * DAY, -DAY)  # a mass revocation is coming
    our_world.clock.advance(hours=6)
    await windows(ours, ca).work()
    assert await due_in_days(ours) == -1.5
    assert await ours.store.read(issuance.due, our_world.clock(), 5) == [SHOP]


async def test_nobody_is_asked_before_its_time(our_world: World, ours: Process, ca: Ca) -> None:
    ca.retry_after = 7200.0
    for _ in range(3):
        await windows(ours, ca).work()
    assert len(ca.asked) == 1
    our_world.clock.advance(hours=2)
    await windows(ours, ca).work()
    assert len(ca.asked) == 2


async def test_failing_ca_changes_nothing_and_is_asked_later(our_world: World, ours: Process, ca: Ca) -> None:
    before, ca.failure = await due_in_days(ours), NotIssued("ca:unreachable", "no route")
    await windows(ours, ca).work()
    assert await due_in_days(ours) == before
    our_world.clock.advance(hours=5)
    await windows(ours, ca).work()
    assert len(ca.asked) == 1
    our_world.clock.advance(hours=1)
    ca.failure = None
    await windows(ours, ca).work()
    assert await due_in_days(ours) == 41


async def test_ca_without_windows_leaves_our_own_rule(our_world: World, ours: Process, ca: Ca) -> None:
    before, ca.window = await due_in_days(ours), None
    await windows(ours, ca).work()
    assert await due_in_days(ours) == before
    our_world.clock.advance(seconds=ari.NO_SUCH_THING.total_seconds() - 1)
    await windows(ours, ca).work()
    assert len(ca.asked) == 1


async def test_window_of_a_certificate_that_was_replaced_counts_no_more(
    our_world: World, ours: Process, ca: Ca
) -> None:
    [asked] = await ours.store.read(renewal_windows.due, our_world.clock(), 5)
    await ours.certificates.renew(SHOP)
    after = await due_in_days(ours)
    kept = renewal_windows.Window(our_world.clock(), our_world.clock(), our_world.clock())
    assert not await ours.store.write(
        renewal_windows.keep, asked.certificate, kept, our_world.clock() + HOURS
    )
    assert await due_in_days(ours) == after


async def test_renewal_names_the_certificate_that_it_replaces(
    our_world: World, ours: Process, ca: Ca
) -> None:
    held = await ours.certificate()
    await ours.certificates.renew(SHOP)
    assert held and our_world.ca.replaced == ["", held.chain_pem]


@pytest.mark.parametrize("asked", [True, False])
async def test_renewal_within_the_cas_window_costs_no_order(
    our_world: World, ours: Process, ca: Ca, asked: bool
) -> None:
    our_world.limits = of_words(["orders=1/3h"])
    counting = await our_world.process()
    found = []
    for _ in range(2):
        if asked:
            await windows(ours, ca).work()
        found.append(await counting.certificates.renew(SHOP))
        our_world.clock.advance(hours=2)
    assert [isinstance(each, Denied) for each in found] == [False, not asked]


async def test_window_of_a_failing_name_waits_for_its_ladder(our_world: World, ours: Process, ca: Ca) -> None:
    our_world.ca.refusal = NotIssued("ca:dns", "no A record")
    await ours.certificates.renew(SHOP)
    before = await due_in_days(ours)
    await windows(ours, ca).work()
    assert await due_in_days(ours) == before


async def test_uploaded_certificate_is_not_replaced_by_a_window(
    our_world: World, ours: Process, ca: Ca
) -> None:
    await ours.upload(ends_at=our_world.clock() + 300 * DAY)
    before = await due_in_days(ours)
    await windows(ours, ca).work()
    assert await due_in_days(ours) == before
    held = await ours.store.read(certificates.standing, SHOP, our_world.clock())
    assert isinstance(held, Certificate) and held.serial == "ad"
