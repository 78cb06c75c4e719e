"""Report: what an import did, or why it did nothing."""

import sqlite3
from dataclasses import dataclass, field

from store.importing.refusal import Refusal

KEPT_REFUSALS = 1000
"""So many faults are kept word for word in memory; the rest is counted."""
KEPT_ROWS = 100_000
"""Of so many refused rows every fault is kept in the side file, so that they can be mended."""


class Refusals:
    """Faults as they are found: the first ones in words, all of their rows counted."""

    def __init__(self, side: sqlite3.Connection | None = None) -> None:
        self.kept: list[Refusal] = []
        self.rows = 0
        self._last_row = -1
        self.keep_in(side)

    def keep_in(self, side: sqlite3.Connection | None) -> None:
        """Where all of them are kept: a side file, for as long as it is open."""
        self._side = side
        if side:
            side.execute("CREATE TABLE IF NOT EXISTS refused (row INTEGER, name TEXT, reason TEXT)")

    def add(self, refusal: Refusal) -> None:
        """One more fault; several of one row come one after another."""
        if refusal.row != self._last_row:
            self.rows += 1
            self._last_row = refusal.row
        if len(self.kept) < KEPT_REFUSALS:
            self.kept.append(refusal)
        if self._side and self.rows <= KEPT_ROWS:
            values = refusal.row, refusal.column, refusal.reason
            self._side.execute("INSERT INTO refused VALUES (?, ?, ?)", values)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of an import; without a batch nothing of it is in the store."""

    read: int
    added: int = 0
    """New or changed."""
    unchanged: int = 0
    refused: int = 0
    changed: int = 0
    """Of those added: another row stood in their place."""
    superseded: int = 0
    """Rows that stood and that the file lacks, where it holds all of their group."""
    corrected: int = 0
    """Calls that now stand at another customer or time."""
    refusals: tuple[Refusal, ...] = ()
    notices: tuple[str, ...] = ()
    batch_id: int | None = None
    attempt_id: int | None = None
    longest_hold_seconds: float = field(default=0.0, compare=False)
    longest_checkpoint_seconds: float = field(default=0.0, compare=False)


def refused(read: int, refusals: Refusals, notices: tuple[str, ...] = ()) -> Report:
    """The report of an import that was refused."""
    return Report(read, refused=refusals.rows, refusals=tuple(refusals.kept), notices=notices)
