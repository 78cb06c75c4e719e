"""Trace: how many milliseconds each phase of one issuance took."""

import time
from collections.abc import Callable


class Trace:
    """Marks the end of phases on a monotonic clock: `trace.mark("order")`."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic):
        self._monotonic = monotonic
        self._last = monotonic()
        self.milliseconds: dict[str, float] = {}

    def mark(self, phase: str) -> None:
        """The phase that ran since the last mark has ended."""
        now = self._monotonic()
        spent = (now - self._last) * 1000
        self.milliseconds[phase] = round(self.milliseconds.get(phase, 0.0) + spent, 2)
        self._last = now
