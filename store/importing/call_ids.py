"""Call ids: a file that gives a known call another customer or start moves it, instead of adding a second one.

Calls are clustered by customer and start, so another start is another place. `call_ids` leads from an external id to
the places where it may stand, among calls of about the same time (a span is some 48 days; the span before and the
one after are looked at too). Staged ids are looked up and added in the order of that table, so that each of its pages
is touched once. An id is its source's own: what came from another saved source is another call.
"""

import sqlite3
from functools import partial

from store.importing.conflicts import Conflicts, conflict
from store.importing.merge_sql import standing
from store.importing.writer import Pace, Writer

SPAN_BITS = 22
"""A span is 2**22 seconds."""


def correct(writer: Writer, organisation_id: int, batch_id: int) -> int:
    """Let the calls of a merged batch stand alone under their ids, and remember where they are; how many moved.

    `Conflicts`: one of them stands in a draft, or in another import just now.
    """
    writer.db.execute(_TABLE)
    try:
        writer.db.execute(_STAGED)
        size = int(writer.db.execute("SELECT coalesce(max(seq), 0) FROM side.ids").fetchone()[0])
        neighbours = _neighbours(writer.db, organisation_id)
        pace, last, moved = Pace(), 0, 0
        while last < size:
            after, last = last, min(last + pace.rows, size)
            values = {"organisation": organisation_id, "batch": batch_id, "after": after, "last": last}
            found = _elsewhere(writer.db, neighbours, values)
            moved += writer.write(partial(_correct, found, values))
            pace.took(last - after, writer.last_hold_seconds)
        return moved
    finally:
        writer.db.execute("DROP TABLE side.ids")


def _neighbours(db: sqlite3.Connection, organisation_id: int) -> list[int]:
    """Which of the spans before, of and after the file's hold anything: an empty one costs as much to look into."""
    spans = [row["span"] for row in db.execute("SELECT DISTINCT span FROM side.ids").fetchall()]
    known = "SELECT 1 FROM call_ids WHERE organisation_id = ? AND span = ? LIMIT 1"
    return [
        offset
        for offset in (-1, 0, 1)
        if any(db.execute(known, (organisation_id, span + offset)).fetchone() for span in spans)
    ]


def _elsewhere(db: sqlite3.Connection, neighbours: list[int], values: dict[str, int]) -> list[dict[str, int]]:
    """Where ids of a range may stand apart from where they were put now; read before the lock is taken."""
    return [
        dict(place)
        for offset in neighbours
        for place in db.execute(_ELSEWHERE, values | {"offset": offset}).fetchall()
    ]


def _correct(found: list[dict[str, int]], values: dict[str, int], db: sqlite3.Connection) -> int:
    moved = sum(_moved(db, values | place) for place in found)
    db.execute(_REMEMBER, values)
    return moved


def _moved(db: sqlite3.Connection, values: dict[str, int]) -> int:
    """Supersede a call that stands elsewhere under the same id of the same source."""
    if row := db.execute(_HELD, values).fetchone():
        raise Conflicts([conflict(row, "external_id")])
    return db.execute(_SUPERSEDE, values).rowcount


_TABLE = """
CREATE TABLE side.ids (seq INTEGER PRIMARY KEY, span, external_hash, account_id, started, staged_seq)"""
_STAGED = f"""
INSERT INTO side.ids (span, external_hash, account_id, started, staged_seq)
SELECT started >> {SPAN_BITS}, external_hash, account_id, started, seq FROM side.staged
ORDER BY started >> {SPAN_BITS}, external_hash"""
_RANGE = "i.seq > :after AND i.seq <= :last"
_ELSEWHERE = f"""
SELECT k.account_id, k.started, k.external_hash, i.staged_seq FROM side.ids i
CROSS JOIN call_ids k ON k.organisation_id = :organisation AND k.span = i.span + :offset
    AND k.external_hash = i.external_hash
WHERE {_RANGE} AND (k.account_id <> i.account_id OR k.started <> i.started)"""
_PLACE = """
t.organisation_id = :organisation AND t.account_id = :account_id AND t.started = :started
AND t.external_hash = :external_hash AND t.batch_id <> :batch
AND t.external_id = (SELECT s.external_id FROM side.staged s WHERE s.seq = :staged_seq)
AND EXISTS (SELECT 1 FROM batches o JOIN batches n ON n.id = :batch AND n.source_name = o.source_name
    WHERE o.id = t.batch_id)"""
_HELD = f"""
SELECT (SELECT s.row FROM side.staged s WHERE s.seq = :staged_seq) AS row, b.id AS batch_id, b.state
FROM calls t JOIN batches b ON b.id IN (t.batch_id, t.superseded_by)
WHERE {_PLACE} AND b.state IN ('draft', 'staging') AND b.id <> :batch LIMIT 1"""
_SUPERSEDE = f"""
UPDATE calls AS t SET superseded_by = :batch
WHERE {_PLACE} AND {standing("t")} AND t.superseded_by IS NOT :batch"""
_REMEMBER = f"""
INSERT OR IGNORE INTO call_ids (organisation_id, span, external_hash, account_id, started)
SELECT :organisation, i.span, i.external_hash, i.account_id, i.started FROM side.ids i WHERE {_RANGE} ORDER BY i.seq"""
