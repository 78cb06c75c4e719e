"""Mailing results: what became of each mail of a mailing, and how many stand where."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store.instants import maybe_instant
from store.mailing_items import Purpose


class Outcome(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    """It is not made yet, or no server has taken it yet."""
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    CANCELLED = "cancelled"
    LEFT_OUT = "left_out"


AGAIN = (Outcome.FAILED, Outcome.BOUNCED, Outcome.CANCELLED)
"""What may be mailed again."""


@dataclass(frozen=True, slots=True)
class Result:
    """One mail; `words` say why it failed; `object_number` is the invoice's number, or the payment's reference."""

    item_id: int
    purpose: Purpose
    object_id: int
    object_number: str
    account_id: int
    account_reference: str
    recipient: str
    outcome: Outcome
    words: str
    attempts: int
    outbox_id: int | None
    at: datetime | None


def counts(db: sqlite3.Connection, organisation_id: int, mailing_id: int) -> dict[Outcome, int]:
    """How many mails of a mailing stand where."""
    rows = db.execute(
        f"SELECT {_OUTCOME} AS outcome, count(*) AS number {_FROM}"
        " WHERE i.organisation_id = :organisation_id AND i.mailing_id = :mailing_id GROUP BY 1",
        {"organisation_id": organisation_id, "mailing_id": mailing_id},
    )
    return dict.fromkeys(Outcome, 0) | {Outcome(row["outcome"]): row["number"] for row in rows}


def page(
    db: sqlite3.Connection,
    organisation_id: int,
    mailing_id: int,
    outcome: Outcome | None,
    *,
    after: int,
    limit: int,
) -> list[Result]:
    """The mails of a mailing in their order, from a place on."""
    chosen = f" AND {_OUTCOME} = :outcome" if outcome else ""
    rows = db.execute(
        f"SELECT i.id, i.purpose, i.object_id, coalesce(v.number, p.external_id, '') AS object_number,"
        f" i.account_id, a.reference, i.recipient, {_OUTCOME} AS outcome, o.attempts, i.outbox_id,"
        " coalesce(nullif(i.reason, ''), o.error, '') AS words, o.finished_at"
        f" {_FROM} JOIN accounts a ON a.organisation_id = i.organisation_id AND a.id = i.account_id"
        " LEFT JOIN invoices v ON v.organisation_id = i.organisation_id AND v.id = i.object_id"
        " AND i.purpose IN ('new_invoice', 'reminder_before', 'reminder_after')"
        " LEFT JOIN payments p ON p.organisation_id = i.organisation_id AND p.id = i.object_id"
        " AND i.purpose IN ('payment_received', 'payment_failed')"
        " WHERE i.organisation_id = :organisation_id AND i.mailing_id = :mailing_id AND i.id > :after"
        f"{chosen} ORDER BY i.id LIMIT :limit",
        {
            "organisation_id": organisation_id,
            "mailing_id": mailing_id,
            "outcome": outcome,
            "after": after,
            "limit": limit,
        },
    )
    return [_result(row) for row in rows]


def to_mail_again(
    db: sqlite3.Connection, organisation_id: int, mailing_id: int, after: int, limit: int
) -> list[tuple[int, int]]:
    """Customer and invoice of mails that were not delivered, from a place (the invoice) on.

    None that a later mailing is about: what became of it stands there.
    """
    names = ", ".join(f"'{outcome}'" for outcome in AGAIN)
    rows = db.execute(
        f"SELECT DISTINCT i.account_id, i.object_id {_FROM} WHERE i.organisation_id = :organisation_id"
        f" AND i.mailing_id = :mailing_id AND i.purpose = 'new_invoice' AND {_OUTCOME} IN ({names})"
        f" AND NOT {_LATER} AND i.object_id > :after ORDER BY i.object_id LIMIT :limit",
        {"organisation_id": organisation_id, "mailing_id": mailing_id, "after": after, "limit": limit},
    )
    return [(row["account_id"], row["object_id"]) for row in rows]


_OUTCOME = (
    "CASE WHEN i.state = 'queued' THEN coalesce(o.state, 'sent')"
    " WHEN i.state = 'waiting' AND m.state = 'stopped' THEN 'left_out' ELSE i.state END"
)
_FROM = (
    "FROM mailing_items i JOIN mailings m ON m.organisation_id = i.organisation_id AND m.id = i.mailing_id"
    " LEFT JOIN outbox o ON o.id = i.outbox_id AND o.organisation_id = i.organisation_id"
)
_LATER = (
    "EXISTS (SELECT 1 FROM mailing_items h JOIN mailings l ON l.organisation_id = h.organisation_id"
    " AND l.id = h.mailing_id WHERE h.organisation_id = i.organisation_id AND h.object_id = i.object_id"
    " AND h.purpose = i.purpose AND +h.mailing_id > i.mailing_id AND h.state <> 'left_out'"
    " AND NOT (h.state = 'waiting' AND l.state = 'stopped'))"
)


def _result(row: sqlite3.Row) -> Result:
    return Result(
        item_id=row["id"],
        purpose=Purpose(row["purpose"]),
        object_id=row["object_id"],
        object_number=row["object_number"],
        account_id=row["account_id"],
        account_reference=row["reference"],
        recipient=row["recipient"],
        outcome=Outcome(row["outcome"]),
        words=row["words"],
        attempts=row["attempts"] or 0,
        outbox_id=row["outbox_id"],
        at=maybe_instant(row["finished_at"]),
    )
