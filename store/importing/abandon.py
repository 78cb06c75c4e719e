"""Abandon: what a dead import left is removed in short writes, as if it had never begun."""

import json
import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime
from functools import partial
from glob import escape
from pathlib import Path

from store import attempts, batches, leases, refused_rows
from store.importing.writer import Pace, Writer
from store.instants import Clock

log = logging.getLogger(__name__)

_TABLES = {
    "customers": ("account_revisions",),
    "mandates": ("mandate_revisions",),
    "invoices": ("invoice_revisions",),
    "invoice_lines": ("invoice_lines", "invoice_taxes"),
    "payments": ("payment_revisions", "allocations"),
    "allocations": ("allocations",),
    "calls": (),
    "documents": ("documents",),
}
_CALLS_A_READ = 2000
_DIED = "the import ended before it was done: its process died"


def side_path(store: Path, token: str) -> Path:
    """Where this process stages: beside the store, named after its owner."""
    return store.with_name(f"{store.name}.import_{leases.this_process().replace(' ', '_')}_{token}")


def clear_dead(writer: Writer, store: Path, clock: Clock) -> None:
    """Remove the side files and the staging batches of processes that no longer live; their attempts failed."""
    for path in store.parent.glob(f"{escape(store.name)}.import_*"):
        owner = " ".join(path.name.removeprefix(f"{store.name}.import_").split("_")[:3])
        if not leases.lives(owner):
            path.unlink(missing_ok=True)
    for batch in batches.staging(writer.db):
        if not leases.lives(batch.owner):
            log.info("abandoning what a dead import left", extra={"batch": batch.id, "kind": batch.kind})
            abandon(writer, batch)
    for attempt in attempts.running(writer.db):
        if not leases.lives(attempt.owner):
            writer.write(partial(_fail, attempt, clock()))


def _fail(attempt: attempts.Attempt, now: datetime, db: sqlite3.Connection) -> None:
    attempts.fail(db, attempt.organisation_id, attempt.id, _DIED, now)


def forget_old_rows(writer: Writer, organisation_id: int) -> None:
    """Remove the refused rows of attempts that are long past."""
    while writer.write(lambda db: refused_rows.forget_old(db, organisation_id)):
        pass


def abandon(writer: Writer, batch: batches.Batch) -> None:
    """Remove a staging batch's rows, let go of those it would have superseded, and mark it."""
    with writer.relaxed():
        if batch.kind == "documents":
            _remove_pieces(writer, batch)
        for table in _TABLES[batch.kind]:
            _remove_rows(writer, table, batch.id)
            _let_go(writer, table, batch.id)
        if batch.kind == "calls":
            _undo_calls(writer, batch)
    writer.write(lambda db: batches.mark_abandoned(db, batch.id))


def _remove_pieces(writer: Writer, batch: batches.Batch) -> None:
    """The bytes of its documents that nothing else has a use for, some pieces at a time."""
    key: dict[str, object] = {"organisation": batch.organisation_id, "batch": batch.id}
    for (sha256,) in writer.db.execute(_ITS_ALONE, key).fetchall():
        values = key | {"sha256": sha256, "rows": _PIECES_A_WRITE}
        while writer.write(partial(_delete, _PIECES, values)):
            pass


def _delete(statement: str, values: dict[str, object], db: sqlite3.Connection) -> int:
    return db.execute(statement, values).rowcount


def _remove_rows(writer: Writer, table: str, batch_id: int) -> None:
    statement = (
        f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE batch_id = :batch LIMIT :rows)"
    )
    pace, removed = Pace(), 1
    while removed:
        values = {"batch": batch_id, "rows": pace.rows}
        removed = writer.write(lambda db, values=values: db.execute(statement, values).rowcount)  # type: ignore[misc]
        pace.took(removed, writer.last_hold_seconds)


def _let_go(writer: Writer, table: str, batch_id: int) -> None:
    """Look for superseded rows outside the lock, page by page, then free those found."""
    search = f"SELECT id FROM {table} WHERE id > :after AND superseded_by = :batch ORDER BY id LIMIT 200"
    free = (
        f"UPDATE {table} SET superseded_by = NULL"
        " WHERE superseded_by = :batch AND id IN (SELECT value FROM json_each(:ids))"
    )
    after = 0
    while found := [row["id"] for row in writer.db.execute(search, {"after": after, "batch": batch_id})]:
        values = {"batch": batch_id, "ids": json.dumps(found)}
        writer.write(lambda db, values=values: db.execute(free, values))  # type: ignore[misc]
        after = found[-1]


def _undo_calls(writer: Writer, batch: batches.Batch) -> None:
    """Calls are clustered and have no index by batch: one walk over the organisation's, in key order."""
    after = (0, -(2**62), 0, 0)
    while found := writer.db.execute(
        _CALLS, (batch.organisation_id, *after, batch.id, batch.id, _CALLS_A_READ)
    ).fetchall():
        keys = [tuple(row)[:4] for row in found]
        pace, done = Pace(), 0
        while done < len(keys):
            some = keys[done : done + pace.rows]
            writer.write(_undoing(batch, some))
            pace.took(len(some), writer.last_hold_seconds)
            done += len(some)
        after = keys[-1]


def _undoing(batch: batches.Batch, keys: list[tuple[int, ...]]) -> Callable[[sqlite3.Connection], None]:
    def change(db: sqlite3.Connection) -> None:
        rows = [(batch.organisation_id, *key, batch.id) for key in keys]
        db.executemany(f"DELETE FROM calls WHERE {_CALL_KEY} AND batch_id = ?", rows)
        db.executemany(f"UPDATE calls SET superseded_by = NULL WHERE {_CALL_KEY} AND superseded_by = ?", rows)

    return change


_PIECES_A_WRITE = 8
_ITS_ALONE = """
SELECT DISTINCT d.sha256 FROM documents d WHERE d.organisation_id = :organisation AND d.batch_id = :batch
AND NOT EXISTS (SELECT 1 FROM documents o WHERE o.organisation_id = :organisation AND o.sha256 = d.sha256
    AND o.batch_id <> :batch)
AND NOT EXISTS (SELECT 1 FROM outbox m WHERE m.organisation_id = :organisation AND m.attachment_sha256 = d.sha256)"""
_PIECES = """
DELETE FROM document_pieces WHERE (organisation_id, sha256, position) IN (
    SELECT organisation_id, sha256, position FROM document_pieces
    WHERE organisation_id = :organisation AND sha256 = :sha256 LIMIT :rows)
AND NOT EXISTS (SELECT 1 FROM documents o WHERE o.organisation_id = :organisation AND o.sha256 = :sha256
    AND o.batch_id <> :batch)"""
_CALL_KEY = "(organisation_id, account_id, started, external_hash, batch_id) = (?, ?, ?, ?, ?)"
_CALLS = """
SELECT account_id, started, external_hash, batch_id FROM calls
WHERE organisation_id = ? AND (account_id, started, external_hash, batch_id) > (?, ?, ?, ?)
AND (batch_id = ? OR superseded_by = ?)
ORDER BY account_id, started, external_hash, batch_id LIMIT ?"""
