"""Mailings: invoices, reminders or notices of payments that an organisation mails together.

gathering ──> sending ──> done, or stopped on the way. A job gathers whom it concerns, a few hundred at a time,
and puts each mail into the outbox; both go on where a crash left them.
"""

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from store.instants import from_ms, maybe_instant, to_ms


class Kind(StrEnum):
    """What a mailing is about."""

    INVOICES = "invoices"
    REMINDERS_BEFORE = "reminders_before"
    REMINDERS_AFTER = "reminders_after"
    PAYMENTS = "payments"


class State(StrEnum):
    """How far a mailing has come."""

    GATHERING = "gathering"
    SENDING = "sending"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Mailing:
    """One mailing; `batch_id` is the billing run or import that it is about, if it is about one."""

    id: int
    organisation_id: int
    kind: Kind
    batch_id: int | None
    day: date | None
    by_itself: bool
    again: bool
    made_by: str
    state: State
    place: int
    starts_at: datetime
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in (State.GATHERING, State.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be mailed. With a batch or a day it is gathered by the job; else its items come with it."""

    kind: Kind
    made_by: str
    starts_at: datetime
    batch_id: int | None = None
    day: date | None = None
    by_itself: bool = False
    again: bool = False
    """Also to those who had it already."""


def create(db: sqlite3.Connection, organisation_id: int, asked: Asked, now: datetime) -> int | None:
    """A new mailing; None: what goes by itself has been made for this batch or day already."""
    row = db.execute(
        "INSERT INTO mailings (organisation_id, kind, batch_id, day, by_itself, again, made_by, state,"
        " starts_at, created_at) VALUES (:organisation_id, :kind, :batch_id, :day, :by_itself, :again, :made_by,"
        " :state, :starts_at, :now) ON CONFLICT DO NOTHING RETURNING id",
        {
            "organisation_id": organisation_id,
            "kind": asked.kind,
            "batch_id": asked.batch_id,
            "day": asked.day.isoformat() if asked.day else None,
            "by_itself": int(asked.by_itself),
            "again": int(asked.again),
            "made_by": asked.made_by,
            "state": State.GATHERING if asked.batch_id or asked.day else State.SENDING,
            "starts_at": to_ms(asked.starts_at),
            "now": to_ms(now),
        },
    ).fetchone()
    return int(row["id"]) if row else None


def find(db: sqlite3.Connection, organisation_id: int, mailing_id: int) -> Mailing | None:
    """The mailing of this id."""
    row = db.execute(
        "SELECT * FROM mailings WHERE organisation_id = :organisation_id AND id = :id",
        {"organisation_id": organisation_id, "id": mailing_id},
    ).fetchone()
    return mailing(row) if row else None


def page(db: sqlite3.Connection, organisation_id: int, before: int | None, limit: int) -> list[Mailing]:
    """Mailings from the newest down; the next page is `before` the last one's id."""
    rows = db.execute(
        "SELECT * FROM mailings WHERE organisation_id = :organisation_id AND (:before IS NULL OR id < :before)"
        " ORDER BY id DESC LIMIT :limit",
        {"organisation_id": organisation_id, "before": before, "limit": limit},
    )
    return [mailing(row) for row in rows]


def gathered(db: sqlite3.Connection, organisation_id: int, mailing_id: int, place: int | None) -> None:
    """Keep how far the gathering has come; None: it is over."""
    db.execute(
        "UPDATE mailings SET place = coalesce(:place, place),"
        " state = CASE WHEN :place IS NULL THEN 'sending' ELSE state END"
        " WHERE organisation_id = :organisation_id AND id = :id AND state = 'gathering'",
        {"organisation_id": organisation_id, "id": mailing_id, "place": place},
    )


def finish(db: sqlite3.Connection, organisation_id: int, mailing_id: int, now: datetime) -> None:
    """Nothing of it waits any more."""
    _end(db, organisation_id, mailing_id, State.DONE, now)


def stop(db: sqlite3.Connection, organisation_id: int, mailing_id: int, now: datetime) -> bool:
    """Mail nothing more of it; what is in the outbox goes. False: it was over."""
    return _end(db, organisation_id, mailing_id, State.STOPPED, now)


def mailing(row: sqlite3.Row) -> Mailing:
    """The record of a whole row."""
    return Mailing(
        id=row["id"],
        organisation_id=row["organisation_id"],
        kind=Kind(row["kind"]),
        batch_id=row["batch_id"],
        day=date.fromisoformat(row["day"]) if row["day"] else None,
        by_itself=bool(row["by_itself"]),
        again=bool(row["again"]),
        made_by=row["made_by"],
        state=State(row["state"]),
        place=row["place"],
        starts_at=from_ms(row["starts_at"]),
        created_at=from_ms(row["created_at"]),
        finished_at=maybe_instant(row["finished_at"]),
    )


def _end(db: sqlite3.Connection, organisation_id: int, mailing_id: int, state: State, now: datetime) -> bool:
    changed = db.execute(
        "UPDATE mailings SET state = :state, finished_at = :now WHERE organisation_id = :organisation_id"
        " AND id = :id AND state IN ('gathering', 'sending')",
        {"organisation_id": organisation_id, "id": mailing_id, "state": state, "now": to_ms(now)},
    )
    return changed.rowcount > 0
