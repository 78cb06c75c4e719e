"""Trace: when each phase of one issuance began and how long it took, from the visitor's connection on."""

import time
from collections.abc import Callable

from store.phases import Phase

COMMIT = "commit"
"""The phase that ends with the certificate in the store."""


class Trace:
    """Marks the end of phases on a monotonic clock: `trace.mark("order")`."""

    def __init__(self, began: float | None = None, monotonic: Callable[[], float] = time.monotonic):
        """`began`: when the connection came that set this off, by the same clock; None: just now."""
        self._monotonic = monotonic
        self._began = self._last = monotonic() if began is None else began
        self._phases: list[Phase] = []

    @property
    def phases(self) -> tuple[Phase, ...]:
        """What was marked so far."""
        return tuple(self._phases)

    def has(self, name: str) -> bool:
        """Whether a phase of this name has ended."""
        return any(phase.name == name for phase in self._phases)

    def mark(self, name: str) -> None:
        """The phase that ran since the last mark has ended."""
        now = self._monotonic()
        self._phases.append(Phase(name, self._milliseconds(self._last), round((now - self._last) * 1000, 2)))
        self._last = now

    def note(self, name: str) -> None:
        """Something was seen in the middle of a phase."""
        self._phases.append(Phase(name, self._milliseconds(self._monotonic()), 0.0))

    def _milliseconds(self, at: float) -> float:
        return round((at - self._began) * 1000, 2)
