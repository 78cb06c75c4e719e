"""Awaiting: names that are being set up go live by themselves once their record is right, with no page open."""

import asyncio

from edge.jobs.looking import Complete
from edge.jobs.rounds import Rounds
from store import awaited
from store.database import Store
from store.hostname import Hostname
from store.instants import Clock

EVERY_SECONDS = 15.0
AT_ONCE = 4
IN_A_ROUND = 40
"""Names: at two seconds a look, 160 a minute; the others wait for the next round."""


class Awaiting:
    """Completes what is due, a few at once."""

    def __init__(self, store: Store, clock: Clock, complete: Complete):
        self._store = store
        self._clock = clock
        self._complete = complete

    async def run(self, rounds: Rounds) -> None:
        """Look again and again; runs until cancelled."""
        await rounds.repeat("names being set up", self.look, EVERY_SECONDS)

    async def look(self) -> None:
        """Have the names looked at whose turn has come; what is right goes on to certificate and proof."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def in_turn(hostname: Hostname) -> None:
            async with turns:
                await self._complete(hostname)

        names = await self._store.read(awaited.due, self._clock(), IN_A_ROUND)
        await asyncio.gather(*map(in_turn, names))
