"""Who may have a certificate looked for, and how often."""

from datetime import UTC, datetime

from edge.tls.gate import Denied
from edge.tls.issuance_trace import Trace
from edge.tls.turns import AT_ONCE, CROWDED, PER_SECOND, REMEMBERED, REMEMBERED_SECONDS, Turns
from store.certificates import Certificate
from store.hostname import Hostname

LATER = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WAIT = Denied("limit", "none left", LATER)
NOW = Denied("dns:nowhere", "no record")


class Desk:
    """Says no, and remembers who asked; a name begins with its organisation's number."""

    def __init__(self, answer: Denied = WAIT) -> None:
        self.answer = answer
        self.asked: list[Hostname] = []
        self.now = 1_000.0
        self.turns = Turns(self._issue, lambda name: int(name.partition("-")[0]), lambda: self.now)

    async def _issue(
        self, hostname: Hostname, reason: str, *, replace: str = "", trace: Trace | None = None
    ) -> Certificate | Denied:
        self.asked.append(hostname)
        return self.answer

    async def visit(self, name: str, reason: str = "handshake") -> Certificate | Denied:
        return await self.turns.issue(Hostname(name), reason)


async def test_a_flood_of_one_organisation_is_looked_at_at_its_rate() -> None:
    desk = Desk()
    found = [await desk.visit(f"1-{number}.example") for number in range(1_000)]
    assert found[:AT_ONCE] == [WAIT] * AT_ONCE and found[AT_ONCE:] == [CROWDED] * (1_000 - AT_ONCE)
    assert len(desk.asked) == AT_ONCE
    desk.now += 2
    found = [await desk.visit(f"1-{number}.example") for number in range(1_000, 2_000)]
    assert len(desk.asked) == AT_ONCE + 2 * PER_SECOND


async def test_other_organisations_have_turns_of_their_own() -> None:
    desk = Desk()
    for number in range(1_000):
        await desk.visit(f"1-{number}.example")
    assert await desk.visit("2-first.example") == WAIT


async def test_who_asks_for_another_reason_needs_no_turn() -> None:
    desk = Desk()
    for number in range(1_000):
        await desk.visit(f"1-{number}.example", "wizard")
        await desk.visit(f"1-{number}.example", "renewal")
    assert len(desk.asked) == 2_000


async def test_a_wait_is_told_again_without_another_look() -> None:
    desk = Desk()
    assert [await desk.visit("1-shop.example") for _ in range(50)] == [WAIT] * 50
    assert len(desk.asked) == 1
    desk.now += REMEMBERED_SECONDS
    await desk.visit("1-shop.example")
    assert len(desk.asked) == 2


async def test_what_no_wait_holds_is_looked_at_each_time() -> None:
    desk = Desk(NOW)
    assert [await desk.visit("1-shop.example") for _ in range(3)] == [NOW] * 3
    assert len(desk.asked) == 3


async def test_what_is_kept_in_mind_is_bounded() -> None:
    desk = Desk()
    for number in range(REMEMBERED + 500):
        desk.now += 0.01
        await desk.visit(f"{number}-shop.example")
    assert len(desk.turns._told) == REMEMBERED
    assert len(desk.turns._left) <= REMEMBERED


async def test_turns_come_back_with_time_and_never_more_than_all() -> None:
    desk = Desk(NOW)
    for _ in range(AT_ONCE):
        await desk.visit("1-shop.example")
    desk.now += 1_000_000
    for _ in range(2 * AT_ONCE):
        await desk.visit("1-shop.example")
    assert len(desk.asked) == 2 * AT_ONCE
