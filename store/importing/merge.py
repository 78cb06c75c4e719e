"""Merge: staged rows go into the store in key order, some milliseconds at a time; others get in between."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from store.importing.conflicts import Conflicts as Conflicts
from store.importing.conflicts import conflict
from store.importing.kind import Kind, Target
from store.importing.merge_sql import Statements, statements
from store.importing.writer import Pace, Writer

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Told the phase, how far it is and how far it goes."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Rows that are new or changed; the others stood already."""

    added: int = 0
    unchanged: int = 0
    changed: int = 0
    """Of those added."""
    superseded: int = 0
    """Rows that the file lacks."""
    corrected: int = 0
    summary: tuple[dict[str, object], ...] = ()


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
    sizes = [size(writer.db, target) for target in kind.targets]
    done, total = 0, _Range()
    for target, rows in zip(kind.targets, sizes, strict=True):
        log.info("merging", extra={"batch": batch_id, "table": target.table, "rows": rows})
        for last, merged in _merge_target(writer, kind, target, (organisation_id, batch_id), rows):
            if target.counted:
                total = _Range(*map(sum, zip(total, merged, strict=True)))
            progress("merge", done + last, sum(sizes))
        done += rows
    corrected = kind.after(writer, organisation_id, batch_id) if kind.after and total.added else 0
    summary = tuple(dict(row) for row in writer.db.execute(kind.summary)) if kind.summary else ()
    return Merged(total.added, sizes[0] - total.added, total.changed, total.superseded, corrected, summary)


def size(db: sqlite3.Connection, target: Target) -> int:
    """How many rows are staged for a target."""
    return int(db.execute(f"SELECT coalesce(max(seq), 0) FROM side.{target.staged}").fetchone()[0])


class _Range(NamedTuple):
    added: int = 0
    changed: int = 0
    superseded: int = 0


def _merge_target(
    writer: Writer, kind: Kind, target: Target, into: tuple[int, int], rows: int
) -> Iterator[tuple[int, _Range]]:
    sql, pace, last = statements(target), Pace(), 0
    while last < rows:
        after, last = last, min(last + pace.rows, rows)
        values = {
            "organisation": into[0],
            "batch": into[1],
            "after": after,
            "last": last,
            "total": rows,
        }
        merged = writer.write(partial(_merge_range, kind, target, sql, values))
        pace.took(last - after, writer.last_hold_seconds)
        yield last, merged


def _merge_range(
    kind: Kind, target: Target, sql: Statements, values: dict[str, int], db: sqlite3.Connection
) -> _Range:
    if target.keys:
        db.execute(target.keys, values)
    if db.execute(sql.touched, values).fetchone() is None:
        return _Range(db.execute(sql.insert_untouched, values).rowcount)
    if found := db.execute(sql.conflicts + " LIMIT 100", values).fetchall():
        raise Conflicts([conflict(row, kind.key_name) for row in found])
    superseded = [db.execute(statement, values).rowcount for statement in sql.supersede]
    return _Range(db.execute(sql.insert, values).rowcount, *superseded)
