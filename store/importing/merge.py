"""Merge: staged rows go into the store in key order, some milliseconds at a time; others get in between."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from store.importing.kind import Kind, Target
from store.importing.merge_sql import Statements, statements
from store.importing.refusal import Refusal
from store.importing.writer import Pace, Writer

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Told the phase, how far it is and how far it goes."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Rows that are new or changed; the others stood already."""

    added: int
    unchanged: int


class Conflicts(Exception):
    """Rows that a draft or another import has its hands on; the batch must be abandoned."""

    def __init__(self, refusals: list[Refusal]):
        super().__init__(f"{len(refusals)} rows in other batches")
        self.refusals = refusals


@contextmanager
def attached(writer: Writer, side: Path) -> Iterator[None]:
    """The side file as `side` for the block; nobody else has it open, so it needs no journal."""
    writer.db.execute("ATTACH :file AS side", {"file": str(side)})
    try:
        writer.db.execute("PRAGMA side.journal_mode = OFF").fetchall()
        writer.db.execute("PRAGMA side.locking_mode = EXCLUSIVE").fetchall()
        yield
    finally:
        writer.db.execute("DETACH side")


def merge(writer: Writer, kind: Kind, organisation_id: int, batch_id: int, progress: Progress) -> Merged:
    """Merge all targets of a kind from the attached side file; `Conflicts` leaves a part of it behind."""
    sizes = [_size(writer.db, target) for target in kind.targets]
    done, added = 0, 0
    for target, size in zip(kind.targets, sizes, strict=True):
        log.info("merging", extra={"batch": batch_id, "table": target.table, "rows": size})
        for last, new in _merge_target(writer, kind, target, (organisation_id, batch_id), size):
            added += new if target.counted else 0
            progress("merge", done + last, sum(sizes))
        done += size
    return Merged(added, sizes[0] - added)


def _size(db: sqlite3.Connection, target: Target) -> int:
    return int(db.execute(f"SELECT coalesce(max(seq), 0) FROM side.{target.staged}").fetchone()[0])


def _merge_target(
    writer: Writer, kind: Kind, target: Target, into: tuple[int, int], size: int
) -> Iterator[tuple[int, int]]:
    sql, pace, last = statements(target), Pace(), 0
    while last < size:
        after, last = last, min(last + pace.rows, size)
        values = {
            "organisation": into[0],
            "batch": into[1],
            "after": after,
            "last": last,
            "total": size,
        }
        added = writer.write(partial(_merge_range, kind, target, sql, values))
        pace.took(last - after, writer.last_hold_seconds)
        yield last, added


def _merge_range(
    kind: Kind, target: Target, sql: Statements, values: dict[str, int], db: sqlite3.Connection
) -> int:
    if target.keys:
        db.execute(target.keys, values)
    if db.execute(sql.touched, values).fetchone() is None:
        return db.execute(sql.insert_untouched, values).rowcount
    if found := db.execute(sql.conflicts, values).fetchall():
        raise Conflicts([_conflict(row, kind) for row in found])
    for statement in sql.supersede:
        db.execute(statement, values)
    return db.execute(sql.insert, values).rowcount


def _conflict(row: sqlite3.Row, kind: Kind) -> Refusal:
    if row["state"] == "draft":
        reason = f"stands in batch {row['batch_id']}, a draft; publish or withdraw that first"
    else:
        reason = f"is being imported just now by another process, as batch {row['batch_id']}"
    return Refusal(row["row"], kind.key_name, reason)
