"""Pace: so many questions a second, however much there is to ask: whoever comes waits for their turn."""

import asyncio
from collections.abc import Awaitable, Callable


class Pace:
    """Turns in the order of asking; what a turn cost in the end is settled after it."""

    def __init__(
        self,
        per_second: float,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ):
        self._per_second = per_second
        self._monotonic = monotonic
        self._sleep = sleep
        self._free_at = 0.0

    async def turn(self, questions: int) -> None:
        """Wait until so many questions may be asked."""
        now = self._monotonic()
        begins = max(self._free_at, now)
        self._free_at = begins + questions / self._per_second
        if begins > now:
            await self._sleep(begins - now)

    def settle(self, expected: int, asked: int) -> None:
        """Put right what a turn took, once it is known; those who wait already keep their places."""
        self._free_at += (asked - expected) / self._per_second
