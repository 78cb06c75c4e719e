"""Idempotency: a request that is sent again under its key gets the answer of the first time.

A key is taken before the work begins and keeps the answer for a day. Whoever dies in between leaves a key
without an answer; the next one takes it over, as what is done here can be done again.
"""

import sqlite3
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from store import leases
from store.instants import to_ms

KEPT = timedelta(hours=24)
_A_SWEEP = 200
"""Answers removed in one transaction."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered the first time."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Begun:
    """The key is ours: do the work, then `finish` or `release`."""


@dataclass(frozen=True, slots=True)
class InFlight:
    """The first request of this key is still at work."""


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """The key was used for another request."""


def begin(
    db: sqlite3.Connection, organisation_id: int, key: str, fingerprint: bytes, now: datetime
) -> Begun | Answer | InFlight | OtherRequest:
    """Take a key for a request, or say what became of it."""
    row = db.execute(
        "SELECT fingerprint, owner, status, content_type, body, created_at FROM api_answers"
        " WHERE organisation_id = :organisation AND idempotency_key = :key",
        {"organisation": organisation_id, "key": key},
    ).fetchone()
    if row is None or row["created_at"] <= to_ms(now - KEPT):
        return _take(db, organisation_id, key, fingerprint, now)
    if row["fingerprint"] != fingerprint:
        return OtherRequest()
    if row["status"] is not None:
        return Answer(row["status"], row["content_type"], zlib.decompress(row["body"]))
    if leases.lives(row["owner"]):
        return InFlight()
    return _take(db, organisation_id, key, fingerprint, now)


def finish(
    db: sqlite3.Connection, organisation_id: int, key: str, status: int, sent: tuple[str, bytes]
) -> None:
    """Keep the answer; `sent` is its content type and its body, packed by `packed`."""
    content_type, body = sent
    db.execute(
        "UPDATE api_answers SET owner = '', status = :status, content_type = :content_type, body = :body"
        " WHERE organisation_id = :organisation AND idempotency_key = :key",
        {
            "status": status,
            "content_type": content_type,
            "body": body,
            "organisation": organisation_id,
            "key": key,
        },
    )


def packed(body: bytes) -> bytes:
    """A body as it is kept; packed before the transaction begins."""
    return zlib.compress(body, 1)


def release(db: sqlite3.Connection, organisation_id: int, key: str) -> None:
    """The work failed on our side: the key is free again."""
    db.execute(
        "DELETE FROM api_answers WHERE organisation_id = :organisation AND idempotency_key = :key"
        " AND status IS NULL",
        {"organisation": organisation_id, "key": key},
    )


def remove_expired(db: sqlite3.Connection, now: datetime) -> int:
    """Sweep out some of the answers that nobody may ask for any more; how many."""
    return db.execute(
        "DELETE FROM api_answers WHERE id IN"
        " (SELECT id FROM api_answers WHERE created_at <= :before ORDER BY created_at LIMIT :rows)",
        {"before": to_ms(now - KEPT), "rows": _A_SWEEP},
    ).rowcount


def _take(db: sqlite3.Connection, organisation_id: int, key: str, fingerprint: bytes, now: datetime) -> Begun:
    db.execute(
        "INSERT INTO api_answers (organisation_id, idempotency_key, fingerprint, owner, created_at)"
        " VALUES (:organisation, :key, :fingerprint, :owner, :now)"
        " ON CONFLICT (organisation_id, idempotency_key) DO UPDATE SET fingerprint = excluded.fingerprint,"
        " owner = excluded.owner, status = NULL, content_type = '', body = x'', created_at = excluded.created_at",
        {
            "organisation": organisation_id,
            "key": key,
            "fingerprint": fingerprint,
            "owner": leases.this_process(),
            "now": to_ms(now),
        },
    )
    return Begun()
