"""Known devices: browsers in which somebody was wholly signed in before.

Attempts to sign in from elsewhere are counted by account and by network; those from a known device by the device alone.
So a hundred wrong guesses of others do not keep an owner out. Nothing but a count hangs on it: a known device has the
password to give like any other.
"""

import hashlib
import sqlite3
from datetime import datetime, timedelta

from store.instants import to_ms
from store.owner import Owner

LASTS = timedelta(days=180)
MOST = 10
"""Devices of one owner; the one that was not seen for longest makes room."""


def device_hash(session_hash: bytes) -> bytes:
    """What a device is known by: the hash of the session that was opened there last, hashed once more."""
    return hashlib.sha256(b"known device\0" + session_hash).digest()


def keep(db: sqlite3.Connection, owner: Owner, session_hash: bytes, now: datetime) -> None:
    """Know the browser in which this session was opened."""
    db.execute(
        "INSERT OR REPLACE INTO known_devices (device_hash, staff_id, organisation_id, user_id, seen_at)"
        " VALUES (:hash, :staff_id, :organisation_id, :user_id, :now)",
        owner.values | {"hash": device_hash(session_hash), "now": to_ms(now)},
    )
    db.execute(
        f"DELETE FROM known_devices WHERE {owner.condition} AND device_hash NOT IN (SELECT device_hash"
        f" FROM known_devices WHERE {owner.condition} ORDER BY seen_at DESC, device_hash LIMIT {MOST})",
        owner.values,
    )


def is_known(db: sqlite3.Connection, owner: Owner, session_hash: bytes, now: datetime) -> bool:
    """Whether somebody signed in before in the browser that says it had this session."""
    row = db.execute(
        f"SELECT 1 FROM known_devices WHERE device_hash = :hash AND seen_at > :since AND {owner.condition}",
        owner.values | {"hash": device_hash(session_hash), "since": to_ms(now - LASTS)},
    ).fetchone()
    return row is not None


def forget(db: sqlite3.Connection, owner: Owner, session_hash: bytes | None = None) -> None:
    """Know one of somebody's browsers no longer; without a session all of them."""
    which = " AND device_hash = :hash" if session_hash else ""
    db.execute(
        f"DELETE FROM known_devices WHERE {owner.condition}{which}",
        owner.values | {"hash": device_hash(session_hash) if session_hash else None},
    )


def forget_others(db: sqlite3.Connection, owner: Owner, session_hash: bytes) -> None:
    """Know none of somebody's browsers any more but the one in which this session was opened."""
    db.execute(
        f"DELETE FROM known_devices WHERE {owner.condition} AND device_hash <> :kept",
        owner.values | {"kept": device_hash(session_hash)},
    )


def remove_expired(db: sqlite3.Connection, now: datetime) -> int:
    """Sweep out those that were not seen for long; how many."""
    return db.execute("DELETE FROM known_devices WHERE seen_at <= :at", {"at": to_ms(now - LASTS)}).rowcount
