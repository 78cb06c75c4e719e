"""Certificate reminders: uploaded certificates that end soon, and what admins were told of that."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from store.hostname import Hostname
from store.instants import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Ending:
    """An uploaded certificate that serves a name and ends; `replaced`: we order for that name ourselves."""

    hostname: Hostname
    organisation_id: int
    serial: str
    not_after: datetime
    replaced: bool


def ending(db: sqlite3.Connection, now: datetime, before: datetime) -> list[Ending]:
    """Those that end before then, of names of active organisations."""
    rows = db.execute(
        "SELECT c.hostname, d.organisation_id, c.serial, c.not_after_at, d.ordered FROM certificates c"
        " JOIN domains d ON d.hostname = c.hostname JOIN organisations o ON o.id = d.organisation_id"
        " WHERE c.source = 'uploaded' AND c.not_after_at > :now AND c.not_after_at <= :before"
        " AND o.status = 'active' AND c.id = (SELECT max(id) FROM certificates"
        " WHERE hostname = c.hostname AND source = 'uploaded') ORDER BY c.hostname",
        {"now": to_ms(now), "before": to_ms(before)},
    )
    return [
        Ending(
            hostname=Hostname(row["hostname"]),
            organisation_id=row["organisation_id"],
            serial=row["serial"],
            not_after=from_ms(row["not_after_at"]),
            replaced=bool(row["ordered"]),
        )
        for row in rows
    ]


def told(db: sqlite3.Connection, end: Ending) -> int | None:
    """The fewest days that admins were told of this certificate; None: they were not yet."""
    row = db.execute(
        "SELECT days FROM certificate_reminders WHERE hostname = :hostname AND serial = :serial",
        {"hostname": end.hostname, "serial": end.serial},
    ).fetchone()
    return row["days"] if row else None


def tell(db: sqlite3.Connection, end: Ending, days: int) -> None:
    """Keep that admins were told at this threshold."""
    db.execute(
        "INSERT INTO certificate_reminders (hostname, serial, days) VALUES (:hostname, :serial, :days)"
        " ON CONFLICT (hostname) DO UPDATE SET serial = excluded.serial, days = excluded.days",
        {"hostname": end.hostname, "serial": end.serial, "days": days},
    )
