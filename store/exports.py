"""Exports: the archives that were asked for: one at a time an organisation, kept a week."""

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from store import leases
from store.instants import from_ms, maybe_instant, to_ms

KEPT = timedelta(days=7)

State = Literal["waiting", "running", "done", "failed", "removed"]


@dataclass(frozen=True, slots=True)
class Export:
    """One archive; `file_name` lies in the folder beside the store."""

    id: int
    organisation_id: int
    state: State
    file_name: str
    size: int
    error: str
    asked_by: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def kept_until(self) -> datetime:
        return (self.finished_at or self.created_at) + KEPT


@dataclass(frozen=True, slots=True)
class UnderWay:
    """One of this organisation is being made already."""

    export_id: int


def folder(store: Path) -> Path:
    """Where the archives lie: beside the store."""
    return store.with_name(f"{store.name}.exports")


def ask(db: sqlite3.Connection, organisation_id: int, asked_by: str, now: datetime) -> int | UnderWay:
    """Have an archive made; its id."""
    busy = db.execute(
        "SELECT id FROM exports WHERE organisation_id = :organisation_id AND state IN ('waiting', 'running')",
        {"organisation_id": organisation_id},
    ).fetchone()
    if busy:
        return UnderWay(busy["id"])
    row = db.execute(
        "INSERT INTO exports (organisation_id, file_name, asked_by, created_at)"
        " VALUES (:organisation_id, :file_name, :asked_by, :now) RETURNING id",
        {
            "organisation_id": organisation_id,
            "file_name": f"{secrets.token_hex(16)}.zip",
            "asked_by": asked_by,
            "now": to_ms(now),
        },
    ).fetchone()
    return int(row["id"])


def of_organisation(db: sqlite3.Connection, organisation_id: int, limit: int = 20) -> list[Export]:
    """An organisation's last exports, the newest first."""
    rows = db.execute(
        "SELECT * FROM exports WHERE organisation_id = :organisation_id ORDER BY id DESC LIMIT :limit",
        {"organisation_id": organisation_id, "limit": limit},
    )
    return [_export(row) for row in rows]


def find(db: sqlite3.Connection, organisation_id: int, export_id: int) -> Export | None:
    """The export of this id."""
    row = db.execute(
        "SELECT * FROM exports WHERE organisation_id = :organisation_id AND id = :id",
        {"organisation_id": organisation_id, "id": export_id},
    ).fetchone()
    return _export(row) if row else None


def is_due(db: sqlite3.Connection, now: datetime) -> bool:
    """Whether one is to be made, also one that was begun and came to no end, or its week is over."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM exports WHERE state IN ('waiting', 'running'))"
        " OR EXISTS (SELECT 1 FROM exports WHERE state = 'done' AND finished_at <= :before)",
        {"before": to_ms(now - KEPT)},
    ).fetchone()
    return bool(row[0])


def begin_next(db: sqlite3.Connection, owner: str) -> Export | None:
    """Take the oldest that waits, of whichever organisation, for the process `owner`."""
    row = db.execute(
        "UPDATE exports SET state = 'running', owner = :owner WHERE id ="
        " (SELECT id FROM exports WHERE state = 'waiting' ORDER BY id LIMIT 1) RETURNING *",
        {"owner": owner},
    ).fetchone()
    return _export(row) if row else None


def begin_anew(db: sqlite3.Connection, owner: str) -> None:
    """Put back what came to no end: its process died, or `owner`, who makes none now, could not keep its end."""
    for row in db.execute("SELECT id, owner FROM exports WHERE state = 'running'").fetchall():
        if row["owner"] == owner or not leases.lives(row["owner"]):
            db.execute("UPDATE exports SET state = 'waiting' WHERE id = :id", {"id": row["id"]})


def finish(db: sqlite3.Connection, organisation_id: int, export_id: int, size: int, now: datetime) -> None:
    """Keep that an archive is there."""
    _end(db, organisation_id, export_id, "done", size=size, now=now)


def fail(db: sqlite3.Connection, organisation_id: int, export_id: int, error: str, now: datetime) -> None:
    """Keep why an archive could not be made."""
    _end(db, organisation_id, export_id, "failed", error=error, now=now)


def kept_files(db: sqlite3.Connection, now: datetime) -> set[str]:
    """Files that are made or to be made, and not older than a week; every other one may go."""
    db.execute(
        "UPDATE exports SET state = 'removed' WHERE state = 'done' AND finished_at <= :before",
        {"before": to_ms(now - KEPT)},
    )
    rows = db.execute("SELECT file_name FROM exports WHERE state IN ('waiting', 'running', 'done')")
    return {row["file_name"] for row in rows}


def _end(
    db: sqlite3.Connection,
    organisation_id: int,
    export_id: int,
    state: State,
    *,
    now: datetime,
    size: int = 0,
    error: str = "",
) -> None:
    db.execute(
        "UPDATE exports SET state = :state, size = :size, error = :error, finished_at = :now"
        " WHERE organisation_id = :organisation_id AND id = :id",
        {
            "organisation_id": organisation_id,
            "id": export_id,
            "state": state,
            "size": size,
            "error": error,
            "now": to_ms(now),
        },
    )


def _export(row: sqlite3.Row) -> Export:
    return Export(
        id=row["id"],
        organisation_id=row["organisation_id"],
        state=row["state"],
        file_name=row["file_name"],
        size=row["size"],
        error=row["error"],
        asked_by=row["asked_by"],
        created_at=from_ms(row["created_at"]),
        finished_at=maybe_instant(row["finished_at"]),
    )
