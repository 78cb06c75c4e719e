"""Health: whether this process lives, and whether it wants visitors."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum

STORE_SECONDS = 2.0
LATE_SECONDS = 10.0


class Phase(Enum):
    """Of a process."""

    STARTING = "starting"
    SERVING = "serving"
    LEAVING = "leaving"
    """It still serves, and asks that nobody new be sent."""


class Health:
    """Told by the composition root how far the process is; asked by the metrics listener."""

    def __init__(self, lag: Callable[[], float], *, store_seconds: float = STORE_SECONDS) -> None:
        self._lag = lag
        self._store_seconds = store_seconds
        self._read: Callable[[], Awaitable[object]] | None = None
        self.phase = Phase.STARTING
        self.held: Callable[[], bool] = lambda: False
        """Whether a restored store waits to be resumed; visitors are served meanwhile."""

    @property
    def ready(self) -> bool:
        """Whether visitors are welcome."""
        return self.phase is Phase.SERVING

    def reads(self, read: Callable[[], Awaitable[object]]) -> None:
        """From here on there is a store, and this reads it."""
        self._read = read

    async def faults(self) -> list[str]:
        """What is wrong, in words; a process that still starts has no store to be wrong."""
        found = []
        if (late := self._lag()) > LATE_SECONDS:
            found.append(f"loop: {late:.0f} seconds late")
        if self._read is not None and (words := await self._store_fault(self._read)):
            found.append(f"store: {words}")
        return found

    async def _store_fault(self, read: Callable[[], Awaitable[object]]) -> str:
        try:
            async with asyncio.timeout(self._store_seconds):
                _ = await read()
        except TimeoutError:
            return f"no answer within {self._store_seconds:g} seconds"
        except Exception as error:  # whatever it is, it is what is wrong
            return type(error).__name__
        return ""
