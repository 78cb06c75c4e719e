"""Watch: every name that serves is looked at again, by due times in the store: never all at once, never a scan.

A light look asks our resolvers. Only where it differs from what was seen before, all sides are asked.
"""

import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from edge.jobs import watch_steps
from edge.jobs.pace import Pace
from edge.jobs.rounds import Rounds
from edge.jobs.watch_record import Examined, Recorder
from store import domains, watches
from store.database import Store
from store.destination import Destination
from store.hostname import Hostname
from store.instants import Clock
from store.tasks import OwnedTasks
from store.unwritable import Unwritable
from store.watches import Watch

log = logging.getLogger(__name__)

QUESTIONS_A_SECOND = 50.0
"""To the DNS, by the watch: 100,000 names that are all looked at hourly need 28, once they are quiet 2."""
AT_ONCE = 100
EVERY_SECONDS = 1.0
OUR_OWN_LACK = 30
"""Light looks in a row that nobody answered, by which it is our resolvers and not the names."""
REST = timedelta(minutes=1)
"""While the store takes nothing, nobody is asked: what they said would be lost."""
LIGHT, THOROUGH = 1, 40
"""Questions that a look is expected to cost; what it did cost is settled after it."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A light look: whether somebody answered, whether the name leads here, and what tells two answers apart."""

    certain: bool
    well: bool
    fingerprint: str
    questions: int


GlanceAt = Callable[[Destination], Awaitable[Glance]]
Examine = Callable[[Hostname], Awaitable[Examined]]


class Watcher:
    """Looks at what is due, some at once, at a bounded pace."""

    def __init__(
        self, store: Store, clock: Clock, pace: Pace, glance: GlanceAt, examine: Examine, recorder: Recorder
    ):
        self._store = store
        self._clock = clock
        self._pace = pace
        self._glance = glance
        self._examine = examine
        self._recorder = recorder
        self._running: set[Hostname] = set()
        self._tasks = OwnedTasks()
        self._rests_until = clock()
        self._unheard = 0

    async def run(self, rounds: Rounds) -> None:
        """Look at what is due, again and again; runs until cancelled."""
        try:
            await rounds.repeat("watch", self.begin_due, EVERY_SECONDS)
        finally:
            await self._tasks.close()

    @property
    def running(self) -> frozenset[Hostname]:
        """The names that are looked at now, or wait for their turn."""
        return frozenset(self._running)

    async def begin_due(self) -> None:
        """Begin looks at the names whose time has come, the longest overdue first."""
        if len(self._running) >= AT_ONCE or self._clock() < self._rests_until:
            return
        busy = set(self._running)  # whoever ends while we read was due before, not any more
        due = await self._store.read(watches.due, self._clock(), AT_ONCE)
        idle = [watch for watch in due if watch.hostname not in busy | self._running]
        for watch in idle[: AT_ONCE - len(self._running)]:
            self._running.add(watch.hostname)
            self._tasks.start(self._look(watch), f"watch {watch.hostname}")

    async def _look(self, watch: Watch) -> None:
        try:
            await self._look_at(watch)
        except (sqlite3.OperationalError, OSError) as error:
            if not isinstance(error, Unwritable):
                log.error("a look was not kept", extra={"hostname": watch.hostname, "reason": str(error)})
            self._rests_until = self._clock() + REST
        except Exception:
            # Kept as a look that nobody answered: else it would be made again every second.
            log.exception("a look broke", extra={"hostname": watch.hostname})
            await self._store.write(self._recorder.unheard, watch.hostname, self._clock())
        finally:
            self._running.discard(watch.hostname)

    async def _look_at(self, watch: Watch) -> None:
        domain = await self._store.read(domains.by_hostname, watch.hostname)
        if domain is None:
            return
        await self._pace.turn(LIGHT)
        light = await self._glance(domain.destination)
        self._pace.settle(LIGHT, light.questions)
        self._count_unheard(light)
        news = watch_steps.is_news(
            watch, certain=light.certain, well=light.well, fingerprint=light.fingerprint
        )
        if self._unheard >= OUR_OWN_LACK:
            news = False
        if news or (light.certain and watch_steps.is_outdated(domain.diagnosis, well=light.well)):
            await self._look_from_all_sides(watch.hostname, light.fingerprint if light.certain else "")
        elif light.certain:
            await self._store.write(self._recorder.quiet, watch.hostname, light.fingerprint, self._clock())
        else:
            await self._store.write(self._recorder.unheard, watch.hostname, self._clock())

    def _count_unheard(self, light: Glance) -> None:
        self._unheard = 0 if light.certain else self._unheard + 1
        if self._unheard == OUR_OWN_LACK:
            log.error("our resolvers answer nothing: names are not asked about from all sides meanwhile")

    async def _look_from_all_sides(self, hostname: Hostname, fingerprint: str) -> None:
        await self._pace.turn(THOROUGH)
        try:
            found = await self._examine(hostname)
        except LookupError:
            return  # it was removed meanwhile
        survey = found.evidence.survey
        self._pace.settle(THOROUGH, len(survey.answers) if survey else 0)
        await self._store.write(self._recorder.thorough, hostname, found, fingerprint, self._clock())
