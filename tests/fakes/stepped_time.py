"""SteppedTime: a monotonic clock that moves when somebody sleeps, at once."""

import asyncio


class SteppedTime:
    """`slept` holds every wait in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)
