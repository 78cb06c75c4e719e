"""Lag: how late the event loop is: what everybody who is connected waits besides their own work."""

import asyncio

from prometheus_client import CollectorRegistry, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
EVERY_SECONDS = 0.5


class Lag:
    """Sleeps, and sees how much later than it asked for it is woken."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._late = Histogram(
            "brassplate_loop_lag_seconds",
            "How much later than asked for the event loop woke a sleeper.",
            buckets=SECONDS,
            registry=registry,
        )
        self._woken: float | None = None

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            asked = loop.time() + EVERY_SECONDS
            await asyncio.sleep(EVERY_SECONDS)
            self._woken = loop.time()
            self._late.observe(max(self._woken - asked, 0))

    def seconds(self) -> float:
        """How long ago it should have been woken; 0 while it is on time or does not run yet."""
        if self._woken is None:
            return 0.0
        return max(asyncio.get_running_loop().time() - self._woken - EVERY_SECONDS, 0.0)
