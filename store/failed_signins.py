"""Failed sign-ins: attempts to sign in as somebody with what was wrong, for them to see.

Whoever guesses writes here, so it is bounded: so many of one person, and none that is old.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.instants import from_ms, to_ms
from store.owner import Owner

LASTS = timedelta(days=90)
MOST = 25
"""Of one person; the oldest make room."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt; `gave` is what was wrong: password, code, mailed code."""

    at: datetime
    gave: str
    device: str
    address: str


def keep(db: sqlite3.Connection, owner: Owner, failure: Failure) -> None:
    """Write an attempt down."""
    db.execute(
        "INSERT INTO failed_signins (staff_id, organisation_id, user_id, gave, device, address, at)"
        " VALUES (:staff_id, :organisation_id, :user_id, :gave, :device, :address, :at)",
        owner.values
        | {
            "gave": failure.gave,
            "device": failure.device,
            "address": failure.address,
            "at": to_ms(failure.at),
        },
    )
    db.execute(
        f"DELETE FROM failed_signins WHERE {owner.condition} AND id NOT IN (SELECT id FROM failed_signins"
        f" WHERE {owner.condition} ORDER BY at DESC, id DESC LIMIT {MOST})",
        owner.values,
    )


def of_owner(db: sqlite3.Connection, owner: Owner, now: datetime) -> list[Failure]:
    """Somebody's, the newest first."""
    rows = db.execute(
        f"SELECT at, gave, device, address FROM failed_signins WHERE {owner.condition} AND at > :since"
        " ORDER BY at DESC, id DESC",
        owner.values | {"since": to_ms(now - LASTS)},
    )
    return [Failure(from_ms(row["at"]), row["gave"], row["device"], row["address"]) for row in rows]


def remove_expired(db: sqlite3.Connection, now: datetime) -> int:
    """Sweep out a few hundred that are old; how many."""
    return db.execute(
        "DELETE FROM failed_signins WHERE id IN"
        " (SELECT id FROM failed_signins WHERE at <= :at ORDER BY at LIMIT 500)",
        {"at": to_ms(now - LASTS)},
    ).rowcount
