"""SetClock: an instant that moves when the test says so, or when somebody sleeps by it."""

import asyncio
from datetime import UTC, datetime, timedelta


class SetClock:
    """Call it for the present instant."""

    def __init__(self, now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds=seconds)
        await asyncio.sleep(0)
