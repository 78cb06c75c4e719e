"""Report: what an import did, or why it did nothing."""

from dataclasses import dataclass, field

from store.importing.refusal import Refusal

KEPT_REFUSALS = 1000
"""So many faults are kept word for word; the rest is counted."""


@dataclass(slots=True)
class Refusals:
    """Faults as they are found: the first ones in words, all of their rows counted."""

    kept: list[Refusal] = field(default_factory=list)
    rows: int = 0
    _last_row: int = -1

    def add(self, refusal: Refusal) -> None:
        """One more fault; several of one row come one after another."""
        if refusal.row != self._last_row:
            self.rows += 1
            self._last_row = refusal.row
        if len(self.kept) < KEPT_REFUSALS:
            self.kept.append(refusal)


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of an import; refused rows mean that nothing of it is in the store."""

    read: int
    added: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()
    notices: tuple[str, ...] = ()
    batch_id: int | None = None
    longest_hold_seconds: float = 0.0
    longest_checkpoint_seconds: float = 0.0


def refused(read: int, refusals: Refusals, notices: tuple[str, ...] = ()) -> Report:
    """The report of an import that was refused."""
    return Report(read, refused=refusals.rows, refusals=tuple(refusals.kept), notices=notices)
