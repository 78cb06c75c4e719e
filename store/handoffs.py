"""Hand-offs: a customer's session goes along from a portal's former name to the one that took its place.

Good once, for a minute, on one host, in the browser that asked for it, and while the session lives.
"""

import hashlib
import secrets
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from store import known_devices, sessions
from store.hostname import Hostname
from store.instants import to_ms
from store.sessions import Session

LIFETIME = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a hand-off: its token, and the hash of what the browser keeps."""

    token: str
    browser: bytes


def issue(
    db: sqlite3.Connection,
    organisation_id: int,
    host: Hostname,
    browser: bytes,
    session: Session,
    now: datetime,
) -> str:
    """A token that lets this session go along to `host`; `browser` is the hash of what that browser keeps."""
    token = secrets.token_urlsafe(32)
    db.execute(
        "INSERT INTO handoffs (token_hash, organisation_id, host, browser_hash, session_hash, expires_at)"
        " VALUES (:token, :organisation_id, :host, :browser, :session, :expires_at)",
        {
            "token": _hash(token, host),
            "organisation_id": organisation_id,
            "host": host,
            "browser": browser,
            "session": session.token_hash,
            "expires_at": to_ms(now + LIFETIME),
        },
    )
    return token


def spend(
    db: sqlite3.Connection,
    organisation_id: int,
    host: Hostname,
    key: Key,
    new: Session,
    idle: timedelta,
) -> Session | None:
    """The session as it goes on at `host`, the one before being over; None: the token is good for nothing.

    `new` is a fresh session of that browser; whose it is, and until when, comes from the one before.
    """
    row = db.execute(
        "DELETE FROM handoffs WHERE token_hash = :token AND organisation_id = :organisation_id AND host = :host"
        " RETURNING browser_hash, session_hash, expires_at",
        {"token": _hash(key.token, host), "organisation_id": organisation_id, "host": host},
    ).fetchone()
    now = new.created_at
    if (
        row is None
        or row["expires_at"] <= to_ms(now)
        or not secrets.compare_digest(row["browser_hash"], key.browser)
    ):
        return None
    old = sessions.find(db, row["session_hash"], now, idle)
    if old is None or not may_go_along(old) or old.organisation_id != organisation_id:
        return None
    kept = replace(
        new,
        organisation_id=organisation_id,
        user_id=old.user_id,
        staff_id=None,
        chosen_account_id=old.chosen_account_id,
        expires_at=old.expires_at,
        proved_at=old.proved_at,
    )
    sessions.remove(db, old.token_hash)
    sessions.add(db, kept)
    known_devices.keep(db, kept.owner, kept.token_hash, now)
    return kept


def may_go_along(session: Session) -> bool:
    """A customer's, wholly signed in; staff who look are on one host alone."""
    return session.user_id is not None and not session.awaits_factor and not session.read_only


def remove_expired(db: sqlite3.Connection, now: datetime) -> int:
    """Sweep out those past their minute; how many."""
    return db.execute("DELETE FROM handoffs WHERE expires_at <= :now", {"now": to_ms(now)}).rowcount


def _hash(token: str, host: Hostname) -> bytes:
    return hashlib.sha256(f"handoff\0{token}\0{host}".encode()).digest()
