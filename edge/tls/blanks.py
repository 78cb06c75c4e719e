"""Blanks: contexts that have everything but a certificate, made ahead, so that a name's first visitor does not wait."""

import asyncio
import ssl
from collections.abc import Callable
from concurrent.futures import Executor

MOST = 16
"""Kept ready; 20 KiB each."""


class Blanks:
    """`take` one; when half are gone, a thread makes new ones, all in one piece of work."""

    def __init__(
        self, make: Callable[[], ssl.SSLContext], *, most: int = MOST, executor: Executor | None = None
    ) -> None:
        self._make = make
        self._most = most
        self._executor = executor
        self._ready: list[ssl.SSLContext] = []
        self._filling: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._ready)

    def take(self) -> ssl.SSLContext | None:
        """One that nobody else has; None: more were taken at once than are kept."""
        blank = self._ready.pop() if self._ready else None
        if len(self._ready) <= self._most // 2 and (self._filling is None or self._filling.done()):
            self._filling = asyncio.get_running_loop().run_in_executor(self._executor, self._fill)
        return blank

    def _fill(self) -> None:
        while len(self._ready) < self._most:
            self._ready.append(self._make())
