"""Viewings of whichever organisation: those that end by themselves, and those that end with who looks."""

import sqlite3
from datetime import datetime

from store import sessions, viewing
from store.instants import from_ms, to_ms
from store.owner import of_staff
from store.sessions import Session
from store.viewing import How

_AT_ONCE = 100


def lapse(db: sqlite3.Connection, now: datetime) -> int:
    """End those whose time is over, as of when it was; how many."""
    rows = db.execute(
        "SELECT token_hash, expires_at FROM sessions WHERE expires_at <= :now AND read_only = 1 LIMIT :some",
        {"now": to_ms(now), "some": _AT_ONCE},
    ).fetchall()
    for row in rows:
        at = from_ms(row["expires_at"])
        session = sessions.kept(db, row["token_hash"])
        if session:
            _end(db, session, How.OVER, at)
    return len(rows)


def end_of_staff(db: sqlite3.Connection, staff_id: int, now: datetime) -> None:
    """End those of a member of staff who is signed out everywhere."""
    for session in sessions.of_owner(db, of_staff(staff_id), now):
        if session.read_only:
            _end(db, session, How.SIGNED_OUT, now)


def _end(db: sqlite3.Connection, session: Session, how: How, at: datetime) -> None:
    assert session.organisation_id is not None
    viewing.end(db, session.organisation_id, session, how, at)
