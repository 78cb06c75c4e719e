"""Batches: what an import brought, shown or taken back as a whole by one update of one row.

staging ──> draft ──> published ──> withdrawn
    └────> published      (a staging batch whose process died becomes abandoned: its rows are removed)
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from store.instants import from_ms, maybe_instant, to_ms

State = Literal["staging", "draft", "published", "withdrawn", "abandoned"]


@dataclass(frozen=True, slots=True)
class Batch:
    """One import into one organisation."""

    id: int
    organisation_id: int
    kind: str
    file_name: str
    state: State
    owner: str
    rows_read: int
    rows_added: int
    rows_unchanged: int
    created_at: datetime
    published_at: datetime | None
    source_name: str = ""
    rows_changed: int = 0
    rows_superseded: int = 0
    rows_refused: int = 0
    summary: Sequence[Mapping[str, object]] = ()
    """Sums of its file, where its kind makes them while it reads: one record a currency."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a batch: `added` are new or changed, `superseded` those that its file lacked."""

    read: int
    added: int
    unchanged: int
    changed: int = 0
    superseded: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class NotPossible:
    """Why a batch is not published or withdrawn, in words for whoever asked."""

    reason: str


def create(
    db: sqlite3.Connection,
    organisation_id: int,
    kind: str,
    file_name: str,
    owner: str,
    now: datetime,
    *,
    source_name: str = "",
) -> int:
    """A batch in staging, owned by a process; its id."""
    row = db.execute(
        "INSERT INTO batches (organisation_id, kind, file_name, source_name, state, owner, created_at)"
        " VALUES (:organisation, :kind, :file_name, :source_name, 'staging', :owner, :now) RETURNING id",
        {
            "organisation": organisation_id,
            "kind": kind,
            "file_name": file_name,
            "source_name": source_name,
            "owner": owner,
            "now": to_ms(now),
        },
    ).fetchone()
    return int(row["id"])


def finish(
    db: sqlite3.Connection,
    organisation_id: int,
    batch_id: int,
    counts: Counts,
    published_at: datetime | None,
    summary: Sequence[Mapping[str, object]] = (),
) -> None:
    """Staging is over: published at once, or kept as a draft."""
    changed = db.execute(
        "UPDATE batches SET state = CASE WHEN :at IS NULL THEN 'draft' ELSE 'published' END, owner = '',"
        " published_at = :at, rows_read = :read, rows_added = :added, rows_unchanged = :unchanged,"
        " rows_changed = :changed, rows_superseded = :superseded, rows_refused = :refused, summary = :summary"
        " WHERE organisation_id = :organisation AND id = :id AND state = 'staging'",
        asdict(counts)
        | {
            "organisation": organisation_id,
            "id": batch_id,
            "at": None if published_at is None else to_ms(published_at),
            "summary": json.dumps([dict(each) for each in summary]),
        },
    ).rowcount
    if changed != 1:
        raise LookupError(f"batch {batch_id} is not being staged any more")


def publish(
    db: sqlite3.Connection, organisation_id: int, batch_id: int, now: datetime
) -> Batch | NotPossible:
    """Show a draft to customers; a published batch stays as it is."""
    batch = by_id(db, organisation_id, batch_id)
    if batch is None:
        return NotPossible("there is no such batch")
    if batch.state == "published":
        return batch
    if batch.state != "draft":
        return NotPossible(f"the batch is {batch.state}, not a draft")
    db.execute(
        "UPDATE batches SET state = 'published', published_at = :now"
        " WHERE organisation_id = :organisation AND id = :id",
        {"organisation": organisation_id, "id": batch_id, "now": to_ms(now)},
    )
    return by_id(db, organisation_id, batch_id) or batch


def withdraw(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> Batch | NotPossible:
    """Take a batch back: what it replaced stands again. Newest first among batches of the same tables."""
    if no := cannot_withdraw(db, organisation_id, batch_id):
        return no
    db.execute(
        "UPDATE batches SET state = 'withdrawn' WHERE organisation_id = :organisation AND id = :id",
        {"organisation": organisation_id, "id": batch_id},
    )
    return by_id(db, organisation_id, batch_id) or NotPossible("there is no such batch")


def cannot_withdraw(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> NotPossible | None:
    """Why a batch cannot be taken back now; None: it can."""
    batch = by_id(db, organisation_id, batch_id)
    if batch is None:
        return NotPossible("there is no such batch")
    if batch.state not in ("draft", "published"):
        return NotPossible(f"the batch is {batch.state}")
    newer = db.execute(_NEWER, {"organisation": organisation_id, "id": batch_id, "kind": batch.kind})
    if row := newer.fetchone():
        return NotPossible(f"batch {row['id']} ({row['kind']}) came later; withdraw that first")
    return None


def by_id(db: sqlite3.Connection, organisation_id: int, batch_id: int) -> Batch | None:
    """The batch of this id."""
    row = db.execute(
        "SELECT * FROM batches WHERE organisation_id = :organisation AND id = :id",
        {"organisation": organisation_id, "id": batch_id},
    ).fetchone()
    return _batch(row) if row else None


def newest(
    db: sqlite3.Connection, organisation_id: int, limit: int = 50, before: int | None = None
) -> list[Batch]:
    """Batches from the newest down; the next page is `before` the last one's id."""
    rows = db.execute(
        "SELECT * FROM batches WHERE organisation_id = :organisation AND (:before IS NULL OR id < :before)"
        " ORDER BY id DESC LIMIT :limit",
        {"organisation": organisation_id, "before": before, "limit": limit},
    )
    return [_batch(row) for row in rows]


def staging(db: sqlite3.Connection) -> list[Batch]:
    """Every batch of any organisation that is being staged, or was when its process died."""
    return [_batch(row) for row in db.execute("SELECT * FROM batches WHERE state = 'staging' ORDER BY id")]


def mark_abandoned(db: sqlite3.Connection, batch_id: int) -> None:
    """The rows of a batch whose process died are gone."""
    db.execute(
        "UPDATE batches SET state = 'abandoned', owner = '' WHERE id = :id AND state = 'staging'",
        {"id": batch_id},
    )


_NEWER = """
SELECT id, kind FROM batches
WHERE organisation_id = :organisation AND id > :id AND state IN ('staging', 'draft', 'published')
AND (kind = :kind OR kind IN ('payments', 'allocations') AND :kind IN ('payments', 'allocations'))
ORDER BY id DESC LIMIT 1"""


def _batch(row: sqlite3.Row) -> Batch:
    return Batch(
        id=row["id"],
        organisation_id=row["organisation_id"],
        kind=row["kind"],
        file_name=row["file_name"],
        state=row["state"],
        owner=row["owner"],
        rows_read=row["rows_read"],
        rows_added=row["rows_added"],
        rows_unchanged=row["rows_unchanged"],
        created_at=from_ms(row["created_at"]),
        published_at=maybe_instant(row["published_at"]),
        source_name=row["source_name"],
        rows_changed=row["rows_changed"],
        rows_superseded=row["rows_superseded"],
        rows_refused=row["rows_refused"],
        summary=tuple(json.loads(row["summary"])),
    )
