"""Rounds: a job's work, again and again; one that the store or the disk fails is logged, and the next one tries."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace

from store.instants import Clock
from store.operations import Round
from store.unwritable import Unwritable

log = logging.getLogger(__name__)

HELD_SECONDS = 1.0
"""How often a job looks whether it may work again."""
Sleep = Callable[[float], Awaitable[None]]


class Rounds:
    """Runs the jobs of a process, and knows how the last round of each went; none while the store is held."""

    def __init__(
        self,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
        ended: Callable[[Round], None] = lambda one: None,
        is_held: Callable[[], bool] = lambda: False,
    ):
        """`ended` hears of each round that has ended."""
        self._clock = clock
        self._ended = ended
        self._is_held = is_held
        self._sleep = sleep
        self._last: dict[str, Round] = {}

    async def repeat(self, job: str, work: Callable[[], Awaitable[None]], seconds: float) -> None:
        """Work, then sleep so many seconds, until cancelled; a full disk must not end the process."""
        while True:
            if self._is_held():
                await self._sleep(HELD_SECONDS)
                continue
            begun = self._last[job] = Round(job, self._clock(), None, "")
            error = ""
            try:
                await work()
            except (sqlite3.OperationalError, OSError) as failure:
                error = str(failure)
                if not isinstance(failure, Unwritable):  # which the store has said once for all jobs
                    log.error("a round failed; the next one tries again", extra={"job": job, "reason": error})
            done = self._last[job] = replace(begun, ended_at=self._clock(), error=error)
            self._ended(done)
            await self._sleep(seconds)

    def last(self) -> tuple[Round, ...]:
        """The last round of each job, in the order in which they began first."""
        return tuple(self._last.values())
