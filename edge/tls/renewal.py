"""Renewal: when a certificate is renewed (pure), and the one loop that does it, traffic or not."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from store import certificates, domains, issuance, watches
from store.database import Store
from store.hostname import Hostname
from store.instants import Clock
from store.tasks import OwnedTasks
from store.unwritable import Unwritable
from store.watches import Watch

log = logging.getLogger(__name__)

SHORT_LIFE = timedelta(days=10)
JITTER = 0.02
"""Of a certificate's life, to either side, so that names issued together do not renew together."""
AT_ONCE = 8
LONGEST_SLEEP_SECONDS = 2.0
"""The loop looks at least this often: another process may have stored a certificate."""
LEAST_SLEEP_SECONDS = 0.05
TRIES_LEFT = 50
"""A name whose renewal could not even be tried is tried again after this part of what is left of its life."""
UNWRITABLE_SECONDS = 60.0
"""How long a name is left alone whose next time could not be kept."""
SOONEST, LATEST = timedelta(seconds=10), timedelta(hours=6)


class Renews(Protocol):
    """Renews one name; `edge.tls.certificates.Certificates.renew` is the real one."""

    def __call__(self, hostname: Hostname) -> Awaitable[object]: ...


def renew_at(not_before: datetime, not_after: datetime, jitter: float) -> datetime:
    """At 2/3 of the certificate's own life, 1/2 if it lasts 10 days or less; jitter is -1 to 1."""
    life = not_after - not_before
    share = 1 / 2 if life <= SHORT_LIFE else 2 / 3
    return not_before + life * (share + jitter * JITTER)


def held_until(watch: Watch, now: datetime) -> datetime:
    """When a renewal that waits for its name is looked at again: once it has stayed, or after a while."""
    steady = watch.steady_from if watch.is_well else None
    return steady or now + LATEST


def later(not_after: datetime, now: datetime) -> datetime:
    """When a renewal that was not even tried is tried again, by what is left of the certificate."""
    return now + min(max((not_after - now) / TRIES_LEFT, SOONEST), LATEST)


class Timer:
    """Renews each name when its time has come, by the index of due times; never a scan."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        renew: Renews,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        is_held: Callable[[], bool] = lambda: False,
    ):
        """While `is_held`, what is due waits."""
        self._store = store
        self._clock = clock
        self._renew = renew
        self._sleep = sleep
        self._is_held = is_held
        self._running: set[Hostname] = set()

    async def run(self) -> None:
        """Renew what is due, sleep until the next is; runs until cancelled."""
        tasks = OwnedTasks()
        try:
            while True:
                if not self._is_held():
                    await self._start_due(tasks)
                await self._sleep(await self._until_next())
        finally:
            await tasks.close()

    async def _start_due(self, tasks: OwnedTasks) -> None:
        busy = set(self._running)  # whoever ends while we read was due before, not any more
        due = await self._store.read(_due, self._clock())
        idle = [each for each in due if each[0] not in busy | self._running]
        for hostname, watch in idle[: AT_ONCE - len(self._running)]:
            self._running.add(hostname)
            tasks.start(self._renew_one(hostname, watch), f"renew {hostname}")

    async def _renew_one(self, hostname: Hostname, watch: Watch | None) -> None:
        started_at = self._clock()
        try:
            if watch and not watch.renews(started_at):
                await self._store.write(_hold, watch, started_at)
            else:
                await self._renew(hostname)
        finally:
            try:
                await self._store.write(_look_later, hostname, started_at)
            except Unwritable:
                await self._sleep(UNWRITABLE_SECONDS)
            finally:
                self._running.discard(hostname)

    async def _until_next(self) -> float:
        if self._running or self._is_held():
            return 1.0
        due = await self._store.read(issuance.next_due)
        seconds = (due - self._clock()).total_seconds() if due else LONGEST_SLEEP_SECONDS
        return min(max(seconds, LEAST_SLEEP_SECONDS), LONGEST_SLEEP_SECONDS)


def _due(db: sqlite3.Connection, now: datetime) -> list[tuple[Hostname, Watch | None]]:
    return [(hostname, watches.of(db, hostname)) for hostname in issuance.due(db, now, AT_ONCE)]


def _hold(db: sqlite3.Connection, watch: Watch, now: datetime) -> None:
    """A name that has left, or is in doubt, is not renewed: its watch has it go on once it is well again."""
    watches.hold_renewal(db, watch.hostname)
    issuance.postpone(db, watch.hostname, held_until(watch, now))


def _look_later(db: sqlite3.Connection, hostname: Hostname, now: datetime) -> None:
    """Where nothing moved the name's due time, move it, so that one stuck name does not spin."""
    at = issuance.standing(db, hostname).next_action_at
    if at is None or at > now:
        return
    standing = certificates.standing(db, hostname, now)
    if standing is None or domains.by_hostname(db, hostname) is None:
        issuance.postpone(db, hostname, None)  # nothing left to keep: a visitor will ask, if there is one
    else:
        issuance.postpone(db, hostname, later(standing.not_after, now))
