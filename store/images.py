"""Images: an organisation's pictures as we made them of what it uploaded, by the hash of their content."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from store.instants import to_ms

LOGO = "logo"
SMALL_ICON, LARGE_ICON = "32", "180"
KEPT_PICTURES = 60
"""So many pictures that nothing but the log of changes names are kept, for a change to be undone."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One size of a picture, as PNG."""

    name: str
    width: int
    height: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page needs to name a picture and to leave room for it: its hash, and its largest size."""

    sha256: str
    width: int
    height: int


def put(db: sqlite3.Connection, organisation_id: int, renditions: Sequence[Rendition], now: datetime) -> str:
    """Keep a picture, once; its SHA-256."""
    digest = sha256(b"".join(each.content for each in renditions)).hexdigest()
    for each in renditions:
        db.execute(
            "INSERT INTO images (organisation_id, sha256, rendition, width, height, bytes, kept_at)"
            " VALUES (:organisation_id, :sha256, :rendition, :width, :height, :bytes, :now)"
            " ON CONFLICT (organisation_id, sha256, rendition) DO UPDATE SET kept_at = excluded.kept_at",
            {
                "organisation_id": organisation_id,
                "sha256": digest,
                "rendition": each.name,
                "width": each.width,
                "height": each.height,
                "bytes": each.content,
                "now": to_ms(now),
            },
        )
    return digest


def find(db: sqlite3.Connection, organisation_id: int, digest: str) -> Picture | None:
    """A picture of an organisation's."""
    row = db.execute(
        "SELECT sha256, width, height FROM images WHERE organisation_id = :organisation_id"
        " AND sha256 = :sha256 ORDER BY width DESC LIMIT 1",
        {"organisation_id": organisation_id, "sha256": digest},
    ).fetchone()
    return Picture(row["sha256"], row["width"], row["height"]) if row else None


def content(db: sqlite3.Connection, organisation_id: int, digest: str, rendition: str) -> bytes | None:
    """A picture's bytes in one size."""
    row = db.execute(
        "SELECT bytes FROM images WHERE organisation_id = :organisation_id"
        " AND sha256 = :sha256 AND rendition = :rendition",
        {"organisation_id": organisation_id, "sha256": digest, "rendition": rendition},
    ).fetchone()
    return bytes(row["bytes"]) if row else None


def renditions(db: sqlite3.Connection, organisation_id: int, digest: str) -> list[Rendition]:
    """A picture in all its sizes."""
    rows = db.execute(
        "SELECT rendition, width, height, bytes FROM images WHERE organisation_id = :organisation_id"
        " AND sha256 = :sha256 ORDER BY id",
        {"organisation_id": organisation_id, "sha256": digest},
    )
    return [Rendition(row["rendition"], row["width"], row["height"], bytes(row["bytes"])) for row in rows]


def all_of(db: sqlite3.Connection, organisation_id: int) -> Iterator[str]:
    """Every picture of an organisation's, the one that was kept last first."""
    rows = db.execute(
        "SELECT sha256, max(kept_at) AS at FROM images WHERE organisation_id = :organisation_id"
        " GROUP BY sha256 ORDER BY at DESC, sha256",
        {"organisation_id": organisation_id},
    )
    return (row["sha256"] for row in rows.fetchall())


def sweep(db: sqlite3.Connection, organisation_id: int, used: frozenset[str]) -> None:
    """Remove what is neither in use nor in the log of changes, and the oldest of what only the log names."""
    logged = 0
    for digest in all_of(db, organisation_id):
        if digest in used:
            continue
        logged += (in_log := _in_log(db, organisation_id, digest))
        if not in_log or logged > KEPT_PICTURES:
            db.execute(
                "DELETE FROM images WHERE organisation_id = :organisation_id AND sha256 = :sha256",
                {"organisation_id": organisation_id, "sha256": digest},
            )


def _in_log(db: sqlite3.Connection, organisation_id: int, digest: str) -> bool:
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM setting_changes WHERE organisation_id = :organisation_id"
        " AND instr(changes, :sha256))",
        {"organisation_id": organisation_id, "sha256": digest},
    ).fetchone()
    return bool(row[0])
