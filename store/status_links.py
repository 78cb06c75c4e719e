"""Status links: how a name stands, for whoever runs its DNS and has no sign-in; kept as a hash, mailed once.

A link ends after thirty days, with its name, or when an admin takes it back. Unknown and ended ones are the same.
"""

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from store.hostname import Hostname
from store.instants import from_ms, to_ms

LIFETIME = timedelta(days=30)
MOST = 10
"""Of one name at a time: the oldest gives way."""


@dataclass(frozen=True, slots=True)
class StatusLink:
    """A link without its secret: whose name it shows, and to whom it was mailed."""

    id: int
    organisation_id: int
    hostname: Hostname
    recipient: str
    created_at: datetime
    expires_at: datetime


def add(
    db: sqlite3.Connection, organisation_id: int, hostname: Hostname, recipient: str, now: datetime
) -> str:
    """A new link's token, for its mail alone."""
    token = secrets.token_urlsafe(32)
    db.execute(
        "INSERT INTO status_links (organisation_id, hostname, token_hash, recipient, created_at, expires_at)"
        " VALUES (:organisation_id, :hostname, :hash, :recipient, :now, :expires_at)",
        {
            "organisation_id": organisation_id,
            "hostname": hostname,
            "hash": _hash(token),
            "recipient": recipient,
            "now": to_ms(now),
            "expires_at": to_ms(now + LIFETIME),
        },
    )
    db.execute(
        "DELETE FROM status_links WHERE id IN (SELECT id FROM status_links WHERE organisation_id = :organisation_id"
        " AND hostname = :hostname ORDER BY id DESC LIMIT -1 OFFSET :most)",
        {"organisation_id": organisation_id, "hostname": hostname, "most": MOST},
    )
    return token


def of_name(
    db: sqlite3.Connection, organisation_id: int, hostname: Hostname, now: datetime
) -> list[StatusLink]:
    """The links that open how this name stands, newest first."""
    rows = db.execute(
        f"{_SELECT} WHERE organisation_id = :organisation_id AND hostname = :hostname AND expires_at > :now"
        " ORDER BY id DESC",
        {"organisation_id": organisation_id, "hostname": hostname, "now": to_ms(now)},
    )
    return [_link(row) for row in rows]


def revoke(db: sqlite3.Connection, organisation_id: int, link_id: int) -> StatusLink | None:
    """Take a link back: it opens nothing any more; None: there is none such."""
    row = db.execute(
        "DELETE FROM status_links WHERE id = :id AND organisation_id = :organisation_id"
        " RETURNING id, organisation_id, hostname, recipient, created_at, expires_at",
        {"id": link_id, "organisation_id": organisation_id},
    ).fetchone()
    return _link(row) if row else None


def find(db: sqlite3.Connection, token: str, now: datetime) -> StatusLink | None:
    """The link that a token opens."""
    row = db.execute(
        f"{_SELECT} WHERE token_hash = :hash AND expires_at > :now",
        {"hash": _hash(token), "now": to_ms(now)},
    ).fetchone()
    return _link(row) if row else None


def remove_expired(db: sqlite3.Connection, now: datetime) -> int:
    """Sweep out some links that are over; how many."""
    return db.execute(
        "DELETE FROM status_links WHERE id IN"
        " (SELECT id FROM status_links WHERE expires_at <= :now ORDER BY expires_at LIMIT 500)",
        {"now": to_ms(now)},
    ).rowcount


_SELECT = "SELECT id, organisation_id, hostname, recipient, created_at, expires_at FROM status_links"


def _hash(token: str) -> bytes:
    return sha256(token.encode(errors="surrogatepass")).digest()


def _link(row: sqlite3.Row) -> StatusLink:
    return StatusLink(
        id=row["id"],
        organisation_id=row["organisation_id"],
        hostname=Hostname(row["hostname"]),
        recipient=row["recipient"],
        created_at=from_ms(row["created_at"]),
        expires_at=from_ms(row["expires_at"]),
    )
