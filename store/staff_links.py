"""Staff links: one-time links by which somebody of the staff chooses a password; the store keeps hashes."""

import hashlib
import secrets
import sqlite3
from datetime import datetime, timedelta

from store import staff
from store.hostname import Hostname
from store.instants import to_ms
from store.staff import Member

LIFETIME = timedelta(days=7)


def issue(db: sqlite3.Connection, staff_id: int, host: Hostname, now: datetime) -> str:
    """A new link's token, for its mail alone; older ones of this member are void."""
    void(db, staff_id)
    token = secrets.token_urlsafe(32)
    db.execute(
        "INSERT INTO staff_links (token_hash, staff_id, created_at, expires_at)"
        " VALUES (:hash, :staff_id, :now, :expires_at)",
        {
            "hash": _hash(token, host),
            "staff_id": staff_id,
            "now": to_ms(now),
            "expires_at": to_ms(now + LIFETIME),
        },
    )
    return token


def look(db: sqlite3.Connection, token: str, host: Hostname, now: datetime) -> Member | None:
    """Whose a link is, while it is good; this does not spend it."""
    row = db.execute(
        "SELECT staff_id FROM staff_links WHERE token_hash = :hash AND expires_at > :now",
        {"hash": _hash(token, host), "now": to_ms(now)},
    ).fetchone()
    return staff.by_id(db, row["staff_id"]) if row else None


def spend(db: sqlite3.Connection, token: str, host: Hostname, now: datetime) -> Member | None:
    """As `look`, and the link is used up."""
    member = look(db, token, host, now)
    if member:
        void(db, member.id)
    return member


def void(db: sqlite3.Connection, staff_id: int) -> None:
    """Make every link of a member void."""
    db.execute("DELETE FROM staff_links WHERE staff_id = :staff_id", {"staff_id": staff_id})


def remove_expired(db: sqlite3.Connection, now: datetime) -> int:
    """Sweep out links past their end; how many."""
    return db.execute("DELETE FROM staff_links WHERE expires_at <= :now", {"now": to_ms(now)}).rowcount


def _hash(token: str, host: Hostname) -> bytes:
    return hashlib.sha256(f"staff link\0{host}\0{token}".encode(errors="surrogatepass")).digest()
