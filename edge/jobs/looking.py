"""Looking: while somebody has a name's page open its DNS is looked at again and again, by one looker a name.

A glimpse asks the zone's own servers whether anything changed; what changed is looked at from all sides, and
what is right goes on to its certificate by itself. Quick at first, then slower; bounded in all.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from store.hostname import Hostname
from store.tasks import OwnedTasks

PACES = ((120.0, 2.5), (600.0, 5.0), (1800.0, 15.0))
"""Until so many seconds after the page was opened, so many between two glimpses."""
SLOWEST = 60.0
WHOLE_EVERY = 24
"""Glimpses' time after which all sides are looked at although no glimpse saw a change: a minute, at first.

Not sooner: a resolver that is asked for what is not there yet goes on saying so for as long as the zone lets it.
"""
LINGER = 10.0
"""A page that is opened anew within so many seconds is followed on."""
MAX_NAMES = 100
AT_ONCE = 8

Glimpse = Callable[[Hostname], Awaitable[Mapping[Any, object] | None]]
"""What the name's own servers say now, by whatever tells answers apart; None: the name is not registered."""
Complete = Callable[[Hostname], Awaitable[None]]
"""Looks from all sides, keeps what was seen, and goes on to certificate and proof where it can."""


class Looking:
    """The lookers: one for each name that somebody follows."""

    def __init__(
        self, glimpse: Glimpse, complete: Complete, *, paces: tuple[tuple[float, float], ...] = PACES
    ):
        self._glimpse = glimpse
        self._complete = complete
        self._paces = paces
        self._watches: dict[Hostname, _Watch] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._tasks = OwnedTasks()

    @contextmanager
    def follow(self, hostname: Hostname) -> Iterator[None]:
        """Look at a name for as long as this is held; the names past `MAX_NAMES` are not looked at by themselves."""
        watch = self._watches.get(hostname)
        if watch is None and len(self._watches) < MAX_NAMES:
            watch = self._watches[hostname] = _Watch(_now())
            self._tasks.start(self._look(hostname, watch), f"look at {hostname}")
        if watch is None:
            yield
            return
        watch.followers += 1
        try:
            yield
        finally:
            watch.followers -= 1
            watch.left_at = _now()

    @property
    def names(self) -> frozenset[Hostname]:
        """The names that are looked at now."""
        return frozenset(self._watches)

    async def close(self) -> None:
        """Look at nothing any more."""
        await self._tasks.close()

    async def _look(self, hostname: Hostname, watch: "_Watch") -> None:
        known: dict[Any, object] = {}
        whole_at = -math.inf
        try:
            while watch.is_followed:
                started = _now()
                pace = self._pace(started - watch.began)
                async with self._turns:
                    said = await self._glimpse(hostname)
                if said is None:
                    return
                changed = any(known.get(key) != value for key, value in said.items())
                if changed or started - whole_at >= WHOLE_EVERY * pace:
                    known.update(said)
                    whole_at = started
                    await self._complete(hostname)
                await _until(started + pace, watch)
        finally:
            del self._watches[hostname]

    def _pace(self, elapsed: float) -> float:
        return next((pace for until, pace in self._paces if elapsed < until), SLOWEST)


@dataclass(slots=True)
class _Watch:
    """One name's looker: since when, for how many; the pace goes on where a page is only opened anew."""

    began: float
    followers: int = 0
    left_at: float = 0.0

    @property
    def is_followed(self) -> bool:
        return self.followers > 0 or _now() - self.left_at < LINGER


async def _until(then: float, watch: _Watch) -> None:
    """Wait, but no longer than there is somebody to wait for."""
    while (left := then - _now()) > 0 and watch.is_followed:
        await asyncio.sleep(min(left, LINGER))


def _now() -> float:
    return asyncio.get_running_loop().time()
