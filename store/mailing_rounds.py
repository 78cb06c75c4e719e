"""Mailing rounds: what the job that mails must look at, of every organisation that is not suspended."""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from store import mail_settings, mailings
from store.instants import from_ms, to_ms
from store.mail_settings import Kept
from store.mailings import Asked, Kind, Mailing

AT_ONCE = 20
"""So many mailings take turns."""


@dataclass(frozen=True, slots=True)
class Published:
    """A batch that its organisation wants mailed by itself."""

    organisation_id: int
    batch_id: int
    asked: Asked


@dataclass(frozen=True, slots=True)
class Reminding:
    """An organisation that sends reminders by itself."""

    organisation_id: int
    time_zone: str
    kept: Kept

    def today(self, now: datetime) -> date:
        """The date at the organisation's place."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()


def open_mailings(db: sqlite3.Connection, now: datetime) -> list[Mailing]:
    """Mailings with something to do, the oldest first."""
    rows = db.execute(
        "SELECT m.* FROM mailings m JOIN organisations o ON o.id = m.organisation_id AND o.status = 'active'"
        " WHERE m.state IN ('gathering', 'sending') AND m.starts_at <= :now ORDER BY m.starts_at LIMIT :limit",
        {"now": to_ms(now), "limit": AT_ONCE},
    )
    return [mailings.mailing(row) for row in rows]


def not_announced(db: sqlite3.Connection) -> list[Published]:
    """Published batches of invoices and payments that are to be mailed, and are not yet."""
    rows = db.execute(_NOT_ANNOUNCED)
    return [
        Published(
            row["organisation_id"],
            row["id"],
            Asked(
                kind=Kind(row["kind"]),
                made_by="system",
                starts_at=from_ms(row["published_at"]) + timedelta(minutes=row["wait"]),
                batch_id=row["id"],
                by_itself=True,
            ),
        )
        for row in rows
    ]


def reminding(db: sqlite3.Connection) -> list[Reminding]:
    """Every organisation that sends reminders."""
    rows = db.execute(
        "SELECT o.id, o.time_zone FROM mail_settings s JOIN organisations o ON o.id = s.organisation_id"
        " WHERE s.mail_reminders = 1 AND o.status = 'active' ORDER BY o.id"
    ).fetchall()
    return [Reminding(row["id"], row["time_zone"], mail_settings.find(db, row["id"])) for row in rows]


_NOT_ANNOUNCED = """
SELECT b.organisation_id, b.id, b.kind, b.published_at,
    CASE b.kind WHEN 'invoices' THEN s.wait_minutes ELSE 0 END AS wait
FROM mail_settings s
JOIN organisations o ON o.id = s.organisation_id AND o.status = 'active'
JOIN batches b ON b.organisation_id = s.organisation_id AND b.state = 'published'
    AND (b.kind = 'invoices' AND b.published_at >= s.invoices_since
        OR b.kind = 'payments' AND b.published_at >= s.payments_since)
WHERE NOT EXISTS (SELECT 1 FROM mailings m WHERE m.organisation_id = b.organisation_id AND m.kind = b.kind
    AND m.batch_id = b.id AND m.by_itself = 1 AND m.day IS NULL)
ORDER BY b.id LIMIT 100"""
