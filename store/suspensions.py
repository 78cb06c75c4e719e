"""Suspensions: an organisation that the operator has stopped: nothing of it is served, renewed or mailed."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.instants import from_ms, to_ms

MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class Suspension:
    """Why, and since when; the reason is for staff and is never shown to customers."""

    reason: str
    since: datetime


def suspend(db: sqlite3.Connection, organisation_id: int, reason: str, now: datetime) -> bool:
    """Stop an organisation; False when it is stopped already, and then nothing is changed."""
    changed = db.execute(
        "UPDATE organisations SET status = 'suspended', suspended_reason = :reason, suspended_at = :now"
        " WHERE id = :id AND status = 'active'",
        {"id": organisation_id, "reason": reason[:MAX_REASON], "now": to_ms(now)},
    )
    return changed.rowcount > 0


def resume(db: sqlite3.Connection, organisation_id: int) -> bool:
    """Let an organisation go on; False when it is not stopped, or is being removed."""
    changed = db.execute(
        "UPDATE organisations SET status = 'active', suspended_reason = '', suspended_at = NULL"
        " WHERE id = :id AND status = 'suspended' AND removing = 0",
        {"id": organisation_id},
    )
    return changed.rowcount > 0


def of_organisation(db: sqlite3.Connection, organisation_id: int) -> Suspension | None:
    """Why an organisation is stopped; None: it is not."""
    row = db.execute(
        "SELECT suspended_reason, coalesce(suspended_at, created_at) AS since FROM organisations"
        " WHERE id = :id AND status = 'suspended'",
        {"id": organisation_id},
    ).fetchone()
    return Suspension(row["suspended_reason"], from_ms(row["since"])) if row else None
