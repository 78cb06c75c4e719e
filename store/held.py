"""Held: a store that was restored from a backup. It is served, and nothing goes out by itself, until it is resumed.

The copy does not know what happened after it was made: which mails have gone, which certificates were ordered, whose
DNS has changed. Whoever restored it looks first, and resumes.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store import installation
from store.instants import from_ms, to_ms

_NAME = "held_since"
WORDS = "the store was restored from a backup and is held until `brassplate resume`"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What goes out once a store is resumed."""

    mails: int
    renewals: int
    """Certificates whose time has come."""


def since(db: sqlite3.Connection) -> datetime | None:
    """From when on the store is held; None: it is not."""
    kept = installation.value(db, _NAME)
    return from_ms(int(kept)) if kept else None


def hold(db: sqlite3.Connection, now: datetime) -> None:
    """Let nothing go out from now on. Everybody signs in again: who was signed out since the backup stays so."""
    installation.put(db, {_NAME: str(to_ms(now)).encode()})
    db.execute("DELETE FROM sessions")


def waiting(db: sqlite3.Connection, now: datetime) -> Waiting:
    """What would go out if the store were resumed now."""
    mails, renewals = db.execute(
        "SELECT (SELECT count(*) FROM outbox WHERE state = 'waiting' AND next_at IS NOT NULL),"
        " (SELECT count(*) FROM issuance WHERE next_action_at <= :now)",
        {"now": to_ms(now)},
    ).fetchone()
    return Waiting(mails, renewals)


def resume(db: sqlite3.Connection, now: datetime, *, drop_mails: bool) -> bool:
    """Let things go out again, the mails that wait with them or without; False: the store was not held."""
    if since(db) is None:
        return False
    if drop_mails:
        db.execute(
            "UPDATE outbox SET state = 'cancelled', next_at = NULL, finished_at = :now,"
            " error = 'not sent again after a backup was restored' WHERE state = 'waiting'",
            {"now": to_ms(now)},
        )
    installation.remove(db, _NAME)
    return True
