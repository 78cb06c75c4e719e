"""Merging: staged parts go into batches, one a kind; all of them are shown in one moment, or none."""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from store import audit, batches, leases
from store.audit import Entry
from store.batches import Counts
from store.importing import abandon
from store.importing.conflicts import Conflicts
from store.importing.merge import Merged, attached, merge
from store.importing.refusal import Refusal
from store.importing.writer import Writer
from store.instants import Clock
from store.row_batches.document import write_pieces
from store.row_batches.item import BatchRef, Order, Word
from store.row_batches.part import Origin, Part, Touched

FILE_NAME = "api"
"""What batches of rows are called where those of files have a file's name."""


class Held(Exception):
    """Rows that another batch has its hands on, found while they were merged; nothing was kept."""

    def __init__(self, found: list[tuple[Origin, Refusal]]):
        super().__init__()
        self.found = found


@dataclass(slots=True)
class _Batch:
    """A batch while it is filled."""

    id: int
    kind: str
    read: int = 0
    merged: list[Merged] = field(default_factory=list)
    touched: list[Touched] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not any(each.fresh or each.replaced or each.otherwise for each in self.touched)

    def counts(self, refused: int) -> Counts:
        added, changed = sum(each.added for each in self.merged), sum(each.changed for each in self.merged)
        superseded = sum(each.superseded for each in self.merged)
        return Counts(self.read, added, self.read - added, changed, superseded, refused)


class Merging:
    """Parts on their way; `run` it once. What is `kept` then are the batches, drafts to be published in this order."""

    def __init__(self, writer: Writer, order: Order, refused: int, clock: Clock):
        self.kept: tuple[BatchRef, ...] = ()
        self._writer, self._order, self._refused, self._clock = writer, order, refused, clock
        self._batches: list[_Batch] = []

    def run(self, parts: list[tuple[Part, Path]]) -> dict[int, Word]:
        """Merge and show; what became of each item that was not refused."""
        kinds = dict.fromkeys(part.batch_kind for part, _ in parts)
        self._batches = self._writer.write(lambda db: self._create(db, list(kinds)))
        try:
            with self._writer.relaxed():
                for part, path in parts:
                    self._merge(part, path)
        except BaseException:
            with suppress(Exception):
                self._abandon()
            raise
        self._writer.write(self._finish)
        words: dict[int, Word] = {}
        for batch in self._batches:
            for each in batch.touched:
                words[each.item] = _word(words.get(each.item), each)
        return words

    def _create(self, db: sqlite3.Connection, kinds: list[str]) -> list[_Batch]:
        owner, now = leases.this_process(), self._clock()
        return [
            _Batch(batches.create(db, self._order.organisation_id, kind, FILE_NAME, owner, now), kind)
            for kind in kinds
        ]

    def _merge(self, part: Part, path: Path) -> None:
        batch = next(batch for batch in self._batches if batch.kind == part.batch_kind)
        organisation_id = self._order.organisation_id
        if part.kind.before:
            part.kind.before(self._writer, organisation_id)
        with attached(self._writer, path):
            try:
                merged = merge(self._writer, part.kind, organisation_id, batch.id, _unseen)
            except Conflicts as conflicts:
                raise Held(part.origins(conflicts.refusals)) from conflicts
            batch.merged.append(merged)
            batch.touched += part.touched(self._writer, organisation_id, batch.id)
        batch.read += len(part.rows)
        write_pieces(self._writer, organisation_id, part)

    def _finish(self, db: sqlite3.Connection) -> None:
        """The moment in which it all becomes visible; batches that changed nothing go."""
        now = self._clock()
        kept = [batch for batch in self._batches if not batch.is_empty]
        for batch in self._batches:
            if batch not in kept:
                _discard(db, self._order.organisation_id, batch.id)
        for place, batch in enumerate(kept):
            counts = batch.counts(self._refused if place == 0 else 0)
            summary = [each for merged in batch.merged for each in merged.summary]
            at = None if self._order.draft else now
            batches.finish(db, self._order.organisation_id, batch.id, counts, at, summary)
            audit.record(db, self._entry(batch, counts, now))
        self.kept = tuple(BatchRef(batch.id, batch.kind) for batch in reversed(kept))

    def _entry(self, batch: _Batch, counts: Counts, now: datetime) -> Entry:
        return Entry(
            organisation_id=self._order.organisation_id,
            actor=self._order.actor,
            action="batch.drafted" if self._order.draft else "batch.published",
            object=f"batch:{batch.id}",
            detail={"kind": batch.kind, "rows": str(counts.read), "changed": str(counts.added)},
            address=self._order.address,
            at=now,
        )

    def _abandon(self) -> None:
        for batch in self._batches:
            found = batches.by_id(self._writer.db, self._order.organisation_id, batch.id)
            if found and found.state == "staging":
                abandon.abandon(self._writer, found)


def _discard(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> None:
    db.execute(
        "DELETE FROM batches WHERE organisation_id = :organisation AND id = :id AND state = 'staging'",
        {"organisation": organisation_id, "id": batch_id},
    )


def _unseen(phase: str, done: int, total: int) -> None:
    """Nobody looks at the progress of a request."""


def _word(before: Word | None, touched: Touched) -> Word:
    """The things themselves come first; what else was touched of them makes them updated."""
    if before is None:
        if touched.fresh and not touched.replaced:
            return "added"
        return "updated" if touched.fresh or touched.replaced or touched.otherwise else "unchanged"
    changed = touched.fresh or touched.replaced or touched.otherwise
    return "updated" if before == "unchanged" and changed else before
