"""Uploads: files that were sent for an import, what their senders called them, and how long they are kept.

A file is written down before its first byte, so that what an organisation has here is bounded and a server that
dies leaves nothing that nobody knows of.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.instants import from_ms, maybe_instant, to_ms

KEPT_FOR = timedelta(days=7)
MANDATES_KEPT_FOR = timedelta(days=1)
"""Whole account numbers that were sent by mistake are refused, and gone with their file."""
COMING_FOR = timedelta(hours=6)
"""A file that has not come whole by then does not come any more."""
MOST_FILES = 50
MOST_BYTES = 2 * 2**30
"""Of one organisation's files at a time."""
LONGEST_NAME = 120
A_LOOK = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on the disk from `received_at` until `removed_at`."""

    id: int
    organisation_id: int
    kind: str
    file_name: str
    stored_name: str
    size: int
    actor: str
    created_at: datetime
    received_at: datetime | None
    removed_at: datetime | None

    @property
    def here(self) -> bool:
        """Whether the file is on the disk, and whole."""
        return self.received_at is not None and self.removed_at is None


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that somebody is about to send; its size may turn out smaller."""

    kind: str
    file_name: str
    stored_name: str
    size: int
    actor: str


@dataclass(frozen=True, slots=True)
class Full:
    """An organisation has as much here as it may."""

    files: int
    bytes: int


def shown_name(given: str) -> str:
    """What a sender calls a file, as people may be shown it: no folders, one printable line."""
    last = given.replace("\\", "/").rpartition("/")[2].encode("utf-8", "replace").decode()
    name = "".join(character if character.isprintable() else "_" for character in last).strip()
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def begin(db: sqlite3.Connection, organisation_id: int, announced: Announced, now: datetime) -> int | Full:
    """Write down a file before it comes; its id, unless the organisation has too much here already."""
    here = db.execute(
        "SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM uploads"
        " WHERE organisation_id = :organisation AND removed_at IS NULL",
        {"organisation": organisation_id},
    ).fetchone()
    if here["files"] >= MOST_FILES or here["bytes"] + announced.size > MOST_BYTES:
        return Full(here["files"], here["bytes"])
    row = db.execute(
        "INSERT INTO uploads (organisation_id, kind, file_name, stored_name, size, actor, created_at)"
        " VALUES (:organisation, :kind, :file_name, :stored_name, :size, :actor, :now) RETURNING id",
        {
            "organisation": organisation_id,
            "kind": announced.kind,
            "file_name": shown_name(announced.file_name),
            "stored_name": announced.stored_name,
            "size": announced.size,
            "actor": announced.actor,
            "now": to_ms(now),
        },
    ).fetchone()
    return int(row["id"])


def complete(db: sqlite3.Connection, organisation_id: int, upload_id: int, size: int, now: datetime) -> None:
    """The file has come whole, with this many bytes."""
    db.execute(
        "UPDATE uploads SET received_at = :now, size = :size"
        " WHERE organisation_id = :organisation AND id = :id AND removed_at IS NULL",
        {"organisation": organisation_id, "id": upload_id, "size": size, "now": to_ms(now)},
    )


def find(db: sqlite3.Connection, organisation_id: int, upload_id: int) -> Upload | None:
    """The upload of this id, also one whose file is gone."""
    row = db.execute(
        "SELECT * FROM uploads WHERE organisation_id = :organisation AND id = :id",
        {"organisation": organisation_id, "id": upload_id},
    ).fetchone()
    return _upload(row) if row else None


def here(db: sqlite3.Connection, organisation_id: int) -> list[Upload]:
    """The organisation's files that are on the disk, newest first; at most `MOST_FILES`."""
    rows = db.execute(
        "SELECT * FROM uploads WHERE organisation_id = :organisation AND removed_at IS NULL"
        " AND received_at IS NOT NULL ORDER BY id DESC",
        {"organisation": organisation_id},
    )
    return [_upload(row) for row in rows]


def mark_removed(db: sqlite3.Connection, organisation_id: int, upload_id: int, now: datetime) -> None:
    """Its file is gone, or did not come."""
    db.execute(
        "UPDATE uploads SET removed_at = :now"
        " WHERE organisation_id = :organisation AND id = :id AND removed_at IS NULL",
        {"organisation": organisation_id, "id": upload_id, "now": to_ms(now)},
    )


def known_names(db: sqlite3.Connection) -> frozenset[str]:
    """The names on the disk of every organisation's files."""
    rows = db.execute("SELECT stored_name FROM uploads WHERE removed_at IS NULL")
    return frozenset(row["stored_name"] for row in rows)


def overdue(db: sqlite3.Connection, now: datetime) -> list[Upload]:
    """Some files of any organisation that were kept long enough, and that no import needs any more."""
    times = {
        "kept": to_ms(now - KEPT_FOR),
        "mandates": to_ms(now - MANDATES_KEPT_FOR),
        "coming": to_ms(now - COMING_FOR),
        "limit": A_LOOK,
    }
    return [_upload(row) for row in db.execute(_OVERDUE, times)]


_OVERDUE = """
SELECT u.* FROM uploads u WHERE u.removed_at IS NULL
AND (u.created_at < :kept OR u.created_at < :mandates AND u.kind = 'mandates'
    OR u.created_at < :coming AND u.received_at IS NULL)
AND NOT EXISTS (SELECT 1 FROM import_jobs j WHERE j.organisation_id = u.organisation_id
    AND j.upload_id = u.id AND j.state IN ('waiting', 'running'))
ORDER BY u.id LIMIT :limit"""


def _upload(row: sqlite3.Row) -> Upload:
    return Upload(
        id=row["id"],
        organisation_id=row["organisation_id"],
        kind=row["kind"],
        file_name=row["file_name"],
        stored_name=row["stored_name"],
        size=row["size"],
        actor=row["actor"],
        created_at=from_ms(row["created_at"]),
        received_at=maybe_instant(row["received_at"]),
        removed_at=maybe_instant(row["removed_at"]),
    )
