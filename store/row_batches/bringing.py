"""Bringing: items are read, what is wrong is taken out, and the rest is merged into batches and shown."""

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from store import audit, batches, leases, organisations
from store.audit import Entry
from store.batches import Counts
from store.importing import abandon
from store.importing.columns import Context
from store.importing.conflicts import Conflicts
from store.importing.merge import Merged, attached, merge
from store.importing.references import References
from store.importing.refusal import Refusal
from store.importing.writer import Writer, opened
from store.instants import Clock
from store.row_batches.desk import EXACT, Desk
from store.row_batches.document import write_pieces
from store.row_batches.item import BatchRef, Brought, Item, Order, Outcome, Plan, Word
from store.row_batches.part import Origin, Part, Touched

TRIES = 5
FILE_NAME = "api"
"""What batches of rows are called where those of files have a file's name."""


class InTheWay(Exception):
    """Other imports took hold of the same rows again and again; nothing of this one is kept."""


class _Held(Exception):
    """Rows that another batch has its hands on, found while they were merged; nothing was kept."""

    def __init__(self, found: list[tuple[Origin, Refusal]]):
        super().__init__()
        self.found = found


class OrganisationGone(LookupError):
    """The organisation was removed meanwhile."""


def bring(store: Path, order: Order, plan: Plan, items: Sequence[Item], clock: Clock) -> Brought:
    """Bring items in; blocks for as long as it takes, in transactions of some milliseconds. `InTheWay`."""
    with opened(store) as writer:
        organisation = organisations.by_id(writer.db, order.organisation_id)
        if organisation is None:
            raise OrganisationGone
        abandon.clear_dead(writer, store, clock)
        references = References(writer.db, organisation.id, EXACT)
        desk = Desk(writer, organisation.id, Context(EXACT, references, organisation.currency))
        parts = plan(desk, items)
        with _places(store, len(parts)) as places:
            words, kept = _brought(desk, order, list(zip(parts, places, strict=True)), clock)
            return Brought(tuple(_outcome(desk, words, item) for item in range(len(items))), kept)


def _brought(
    desk: Desk, order: Order, parts: list[tuple[Part, Path]], clock: Clock
) -> tuple[dict[int, Word], tuple[BatchRef, ...]]:
    """Merge what is good; rows that turn out to be in somebody else's hands are refused, and the rest is merged."""
    for _ in range(TRIES):
        parts = _without_faults(desk, parts)
        if not parts:
            return {}, ()
        merging = _Merging(desk.writer, order, desk, clock)
        try:
            return merging.run(parts), merging.kept
        except _Held as held:
            for origin, refusal in held.found:
                desk.refuse(origin.item, origin.prefix + refusal.column, refusal.reason)
    raise InTheWay


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


class _Merging:
    """Parts on their way into batches, one a kind; all of them are shown in one moment, or none."""

    def __init__(self, writer: Writer, order: Order, desk: Desk, clock: Clock):
        self.kept: tuple[BatchRef, ...] = ()
        self._writer, self._order, self._desk, self._clock = writer, order, desk, clock
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
                raise _Held(part.origins(conflicts.refusals)) from conflicts
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
            counts = batch.counts(len(self._desk.faults) if place == 0 else 0)
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


def _without_faults(desk: Desk, parts: list[tuple[Part, Path]]) -> list[tuple[Part, Path]]:
    """Parts of which every row may be merged: an item of which one row is refused goes as a whole."""
    while True:
        for part, _ in parts:
            part.drop(desk.faults.keys())
        parts = [(part, path) for part, path in parts if part.rows]
        before = len(desk.faults)
        for part, path in parts:
            for origin, refusal in part.faults(desk.writer, desk.organisation_id, path):
                desk.refuse(origin.item, origin.prefix + refusal.column, refusal.reason)
        if len(desk.faults) == before:
            return parts


@contextmanager
def _places(store: Path, count: int) -> Iterator[list[Path]]:
    """Where parts are staged; the files of a process that dies are removed by the next import."""
    token = secrets.token_hex(4)
    places = [abandon.side_path(store, f"{token}_{number}") for number in range(count)]
    try:
        yield places
    finally:
        for place in places:
            place.unlink(missing_ok=True)


def _unseen(phase: str, done: int, total: int) -> None:
    """Nobody looks at the progress of a request."""


def _discard(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> None:
    db.execute(
        "DELETE FROM batches WHERE organisation_id = :organisation AND id = :id AND state = 'staging'",
        {"organisation": organisation_id, "id": batch_id},
    )


def _word(before: Word | None, touched: Touched) -> Word:
    """The things themselves come first; what else was touched of them makes them updated."""
    if before is None:
        if touched.fresh and not touched.replaced:
            return "added"
        return "updated" if touched.fresh or touched.replaced or touched.otherwise else "unchanged"
    changed = touched.fresh or touched.replaced or touched.otherwise
    return "updated" if before == "unchanged" and changed else before


def _outcome(desk: Desk, words: dict[int, Word], item: int) -> Outcome:
    if item in desk.faults:
        return Outcome("refused", tuple(desk.faults[item]))
    return Outcome(words[item])
