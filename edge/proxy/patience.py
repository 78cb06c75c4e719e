"""Patience: how long a connection may go on waiting: one timer for its life, however often its deadline moves."""

import asyncio
from collections.abc import Callable


class Patience:
    """Whatever moves only shifts the deadline; the timer looks at it when it fires, and goes on."""

    __slots__ = ("_deadline", "_is_up", "_loop", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, is_up: Callable[[], None], seconds: float) -> None:
        self._loop = loop
        self._is_up: Callable[[], None] | None = is_up
        self._deadline = loop.time() + seconds
        self._timer = loop.call_at(self._deadline, self._look)

    def wait(self, seconds: float) -> None:
        """So long from now on; a shorter span than the one before may be noticed when that one is over."""
        self._deadline = self._loop.time() + seconds

    def end(self) -> None:
        """Nobody waits any more."""
        self._timer.cancel()
        self._is_up = None

    def _look(self) -> None:
        if self._is_up is not None and self._loop.time() >= self._deadline:
            self._is_up()  # which may end it, or set another deadline
        if self._is_up is not None:
            self._timer = self._loop.call_at(max(self._deadline, self._loop.time() + 0.001), self._look)
