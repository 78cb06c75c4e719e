"""Audit: who did what to which thing, and when; rows are added, never changed."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store.instants import from_ms, maybe_instant, to_ms


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed: `actor` is staff:3, user:17, cli or system; `organisation_id` None: the provider's own."""

    organisation_id: int | None
    actor: str
    action: str
    object: str
    detail: Mapping[str, str]
    address: str
    at: datetime


def record(db: sqlite3.Connection, entry: Entry) -> None:
    """Keep a deed, in the transaction that does it."""
    db.execute(
        "INSERT INTO audit (organisation_id, actor, action, object, detail, address, at)"
        " VALUES (:organisation_id, :actor, :action, :object, :detail, :address, :at)",
        {
            "organisation_id": entry.organisation_id,
            "actor": entry.actor,
            "action": entry.action,
            "object": entry.object,
            "detail": json.dumps(dict(entry.detail)),
            "address": entry.address,
            "at": to_ms(entry.at),
        },
    )


def last_at(
    db: sqlite3.Connection, organisation_id: int, action: str, subject: str, since: datetime
) -> datetime | None:
    """When this was last done to that thing, at or after `since`."""
    row = db.execute(
        "SELECT max(at) AS at FROM audit WHERE organisation_id = :organisation_id"
        " AND action = :action AND object = :object AND at >= :since",
        {"organisation_id": organisation_id, "action": action, "object": subject, "since": to_ms(since)},
    ).fetchone()
    return maybe_instant(row["at"])


def of_organisation(db: sqlite3.Connection, organisation_id: int, limit: int = 50) -> list[Entry]:
    """An organisation's last deeds, newest first."""
    rows = db.execute(
        "SELECT organisation_id, actor, action, object, detail, address, at FROM audit"
        " WHERE organisation_id = :organisation_id ORDER BY id DESC LIMIT :limit",
        {"organisation_id": organisation_id, "limit": limit},
    )
    return [_entry(row) for row in rows]


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        organisation_id=row["organisation_id"],
        actor=row["actor"],
        action=row["action"],
        object=row["object"],
        detail=json.loads(row["detail"]),
        address=row["address"],
        at=from_ms(row["at"]),
    )
