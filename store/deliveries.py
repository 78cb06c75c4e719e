"""Deliveries: which message of the outbox goes next, and what became of it.

Messages of a suspended organisation are held, without a time, and released once it is resumed.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from store import documents
from store.instants import maybe_instant, to_ms
from store.outbox import BLANK, Queued, blanked, queued

STEP = 100
"""Rows that are held or released in one transaction."""

KEPT = timedelta(days=400)
"""So long after its end a message can be looked up."""
OLD_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Next:
    """The message whose turn it is."""

    queued: Queued
    suspended: bool
    """Its organisation is: it must be held."""


def next_due(db: sqlite3.Connection, now: datetime) -> Next | None:
    """The message that is due: those that somebody waits for first, then the longest overdue."""
    for urgent in (1, 0):
        row = db.execute(
            "SELECT m.*, o.status = 'suspended' AS suspended FROM outbox m"
            " LEFT JOIN organisations o ON o.id = m.organisation_id"
            " WHERE m.urgent = :urgent AND m.next_at <= :now ORDER BY m.next_at, m.id LIMIT 1",
            {"urgent": urgent, "now": to_ms(now)},
        ).fetchone()
        if row:
            return Next(queued(row), bool(row["suspended"]))
    return None


def next_at(db: sqlite3.Connection) -> datetime | None:
    """When the next message is due."""
    row = db.execute(
        "SELECT min(at) AS at FROM (SELECT min(next_at) AS at FROM outbox WHERE urgent = 1 AND next_at IS NOT NULL"
        " UNION ALL SELECT min(next_at) FROM outbox WHERE urgent = 0 AND next_at IS NOT NULL)"
    ).fetchone()
    return maybe_instant(row["at"])


def attachment(db: sqlite3.Connection, organisation_id: int, sha256: bytes) -> bytes | None:
    """The whole of a document; None: it is not there any more."""
    pieces, position = [], -1
    while found := documents.piece(db, organisation_id, sha256, position):
        position, piece = found
        pieces.append(piece)
    return b"".join(pieces) if pieces else None


def sent(db: sqlite3.Connection, outbox_id: int, now: datetime) -> None:
    """The mail server took it: also where it was cancelled meanwhile. One-time tokens in it are blanked."""
    row = db.execute(
        "SELECT body_text, body_html, secret FROM outbox WHERE id = :id", {"id": outbox_id}
    ).fetchone()
    if row is None:
        return
    db.execute(
        "UPDATE outbox SET state = 'sent', attempts = attempts + 1, next_at = NULL, error = '',"
        " finished_at = :now, body_text = :text, body_html = :html, secret = :secret WHERE id = :id",
        {
            "id": outbox_id,
            "now": to_ms(now),
            "text": blanked(row["body_text"], row["secret"]),
            "html": blanked(row["body_html"], row["secret"]),
            "secret": BLANK if row["secret"] else "",
        },
    )


def put_off(db: sqlite3.Connection, outbox_id: int, words: str, at: datetime) -> None:
    """Not this time; try again then."""
    db.execute(
        "UPDATE outbox SET attempts = attempts + 1, error = :words, next_at = :at"
        " WHERE id = :id AND state = 'waiting'",
        {"id": outbox_id, "words": words, "at": to_ms(at)},
    )


def bounced(db: sqlite3.Connection, outbox_id: int, words: str, now: datetime) -> None:
    """The other side refused it for good."""
    _finish(db, outbox_id, "bounced", words, now)


def failed(db: sqlite3.Connection, outbox_id: int, words: str, now: datetime) -> None:
    """It is given up."""
    _finish(db, outbox_id, "failed", words, now)


def bounced_later(db: sqlite3.Connection, message_id: str, words: str, now: datetime) -> int | None:
    """A message that was taken came back; its id, None where no sent message has this Message-ID."""
    row = db.execute(
        "UPDATE outbox SET state = 'bounced', error = :words, finished_at = :now"
        " WHERE message_id = :message_id AND state IN ('sent', 'bounced') RETURNING id",
        {"message_id": message_id, "words": words, "now": to_ms(now)},
    ).fetchone()
    return int(row["id"]) if row else None


def hold(db: sqlite3.Connection, organisation_id: int) -> int:
    """Take the time from some of a suspended organisation's messages; how many."""
    held = db.execute(
        "UPDATE outbox SET next_at = NULL WHERE id IN (SELECT id FROM outbox"
        " WHERE organisation_id = :organisation_id AND state = 'waiting' AND next_at IS NOT NULL LIMIT :step)",
        {"organisation_id": organisation_id, "step": STEP},
    )
    return held.rowcount


def resumed(db: sqlite3.Connection) -> int | None:
    """An organisation that is no longer suspended while messages of it are held."""
    row = db.execute(
        "WITH RECURSIVE held (id) AS ("
        " SELECT min(organisation_id) FROM outbox WHERE state = 'waiting' AND next_at IS NULL"
        " UNION ALL SELECT (SELECT min(organisation_id) FROM outbox"
        " WHERE state = 'waiting' AND next_at IS NULL AND organisation_id > held.id)"
        " FROM held WHERE held.id IS NOT NULL)"
        " SELECT o.id FROM held JOIN organisations o ON o.id = held.id WHERE o.status = 'active' LIMIT 1"
    ).fetchone()
    return int(row["id"]) if row else None


def release(db: sqlite3.Connection, organisation_id: int, now: datetime) -> int:
    """Make some of an organisation's held messages due; how many."""
    released = db.execute(
        "UPDATE outbox SET next_at = :now WHERE id IN (SELECT id FROM outbox"
        " WHERE organisation_id = :organisation_id AND state = 'waiting' AND next_at IS NULL LIMIT :step)",
        {"organisation_id": organisation_id, "now": to_ms(now), "step": STEP},
    )
    return released.rowcount


def remove_old(db: sqlite3.Connection, now: datetime) -> int:
    """Forget some messages that ended more than a year ago; how many."""
    removed = 0
    for state in ("sent", "failed", "bounced", "cancelled"):
        removed += db.execute(
            "DELETE FROM outbox WHERE id IN (SELECT id FROM (SELECT id, finished_at FROM outbox"
            " WHERE state = :state ORDER BY id LIMIT :rows) WHERE finished_at <= :before)",
            {"state": state, "rows": OLD_AT_ONCE, "before": to_ms(now - KEPT)},
        ).rowcount
    return removed


def _finish(db: sqlite3.Connection, outbox_id: int, state: str, words: str, now: datetime) -> None:
    db.execute(
        "UPDATE outbox SET state = :state, attempts = attempts + 1, next_at = NULL, error = :words,"
        " finished_at = :now WHERE id = :id AND state = 'waiting'",
        {"id": outbox_id, "state": state, "words": words, "now": to_ms(now)},
    )
