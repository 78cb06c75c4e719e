"""A hundred thousand names on a virtual clock: questions a second, what is overdue, who is renewed.

The rule and the pace are the real ones; the DNS and the store are not asked. A sample has a tenth of the names,
and a tenth of the questions a second.
"""

import asyncio
import heapq
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from edge.jobs import watch_steps
from edge.jobs.pace import Pace
from edge.jobs.watch import LIGHT, QUESTIONS_A_SECOND, THOROUGH
from store.hostname import Hostname
from store.watches import Place, Seen, Watch
from tests.e2e.size import FULL

NAMES = 100_000 if FULL else 10_000
A_SECOND = QUESTIONS_A_SECOND * NAMES / 100_000
START = datetime(2026, 11, 23, tzinfo=UTC)
DAY, HOUR = 86_400.0, 3600.0
COMES_AND_GOES = 2
HERE_FOR, GONE_FOR = 20 * 60, 10 * 60
"""What those do that come and go."""
LIGHT_OF_A_LOST_NAME = 3


class Many:
    """Names by number: of a thousand one is gone from the second day on, one comes and goes, one is silent."""

    def __init__(self, *, spread: float) -> None:
        self.now = 0.0
        self.random = random.Random(7)
        self.pace = Pace(A_SECOND, lambda: self.now, self._sleep)
        self.watches: dict[int, Watch] = {}
        self.due: list[tuple[float, int]] = []
        self.questions: Counter[int] = Counter()
        self.looked: Counter[int] = Counter()
        self.late: Counter[int] = Counter()
        """How late a look was at most, by the minute."""
        for number in range(NAMES):
            at = self.random.uniform(0, spread)
            self.watches[number] = Watch(Hostname(f"shop{number}.example"), self.instant(at))
            self.due.append((at, number))
        heapq.heapify(self.due)

    async def go_on(self, until: float, *, rests_until: float = 0.0) -> None:
        """Look at whatever is due in its order; nobody looks before `rests_until`."""
        self.now = max(self.now, rests_until)
        while self.due[0][0] <= until:
            at, number = heapq.heappop(self.due)
            self.now = max(self.now, at)
            await self._look(number)
            heapq.heappush(self.due, (self._seconds(self.watches[number].next_look_at), number))
            minute = int(self.now // 60)
            self.late[minute] = max(self.late[minute], int(self.now - at))
        self.now = max(self.now, until)

    def most(self, begin: float, end: float, seconds: int) -> float:
        """The most questions a second, over any so many seconds."""
        starts = range(int(begin), int(end), seconds)
        return max(sum(self.questions[at + n] for n in range(seconds)) / seconds for at in starts)

    def latest(self, begin: float, end: float) -> int:
        """Seconds by which a look was late, at most."""
        return max(self.late[minute] for minute in range(int(begin // 60), int(end // 60)))

    async def _look(self, number: int) -> None:
        watch, seen = self.watches[number], self._seen(number)
        print_ = "here" if seen is Seen.WELL else "gone"
        await self._ask(LIGHT, 1 if seen is Seen.WELL else LIGHT_OF_A_LOST_NAME)
        self.looked[number] += 1
        now, jitter = self.instant(self.now), self.random.random()
        certain = seen is not Seen.UNHEARD
        if watch_steps.is_news(watch, certain=certain, well=seen is Seen.WELL, fingerprint=print_):
            await self._ask(THOROUGH, 35)
            self.watches[number] = watch_steps.after(watch, seen, print_ if certain else "", now, jitter)
        elif certain:
            self.watches[number] = watch_steps.quiet(watch, print_, now, jitter)
        else:
            self.watches[number] = watch_steps.after(watch, seen, "", now, jitter)

    async def _ask(self, expected: int, asked: int) -> None:
        await self.pace.turn(expected)
        self.questions[int(self.now)] += asked
        self.pace.settle(expected, asked)

    def _seen(self, number: int) -> Seen:
        match number % 1000:
            case 1 if self.now > DAY:
                return Seen.AWAY
            case 2 if (self.now + 7 * number) % (HERE_FOR + GONE_FOR) > HERE_FOR:
                return Seen.AWAY
            case 3:
                return Seen.UNHEARD
            case _:
                return Seen.WELL

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    @staticmethod
    def instant(seconds: float) -> datetime:
        return START + timedelta(seconds=seconds)

    @staticmethod
    def _seconds(instant: datetime) -> float:
        return (instant - START).total_seconds()


@pytest.mark.proof
async def test_names_of_a_whole_installation_are_watched_within_bounds() -> None:
    many = Many(spread=DAY)
    rest_begins, rest_ends, end = 3 * DAY, 4 * DAY, 9 * DAY
    await many.go_on(rest_begins)
    assert set(many.looked) == set(many.watches)
    await many.go_on(end, rests_until=rest_ends)

    begins, resumes = many.most(0, HOUR, 60), many.most(rest_ends, rest_ends + HOUR, 60)
    most, quiet = many.most(0, end, 60), many.most(8 * DAY, end, 3600)
    print(
        f"watch of {NAMES} names: {most:.1f} questions a second at most over a minute,"
        f" {begins:.1f} after the start, {resumes:.1f} after a day of rest, {quiet:.1f} once they are quiet"
    )
    assert most <= A_SECOND * 1.15
    assert begins <= A_SECOND / 4
    assert quiet <= A_SECOND / 5
    assert many.latest(0, rest_begins) < 120
    assert many.latest(rest_ends + 1.5 * HOUR, end) < 120
    places = Counter((number % 1000, watch.place) for number, watch in many.watches.items())
    assert places[(1, Place.MOVED)] == NAMES / 1000
    assert {kind for kind, place in places if place is not Place.HERE} == {1}


async def test_names_that_come_and_go_are_never_renewed_once_that_is_known() -> None:
    many = Many(spread=HOUR)
    fickle = [number for number in many.watches if number % 1000 == COMES_AND_GOES]
    many.due = [each for each in many.due if each[1] in fickle]
    heapq.heapify(many.due)
    known: set[int] = set()
    for minute in range(5, 3 * 24 * 60, 5):
        await many.go_on(minute * 60.0)
        for number in fickle:
            renews = many.watches[number].renews(many.instant(many.now))
            assert not (renews and number in known)
            if many.watches[number].steady_from is not None:
                known.add(number)
    assert known == set(fickle)
