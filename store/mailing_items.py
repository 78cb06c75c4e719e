"""Mailing items: one mail to one address, and what became of it.

An item waits until its message is put into the outbox, in one transaction: so it is sent once, whatever crashes.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store import outbox
from store.outbox import Message


class Purpose(StrEnum):
    """What an item says."""

    NEW_INVOICE = "new_invoice"
    REMINDER_BEFORE = "reminder_before"
    REMINDER_AFTER = "reminder_after"
    PAYMENT_RECEIVED = "payment_received"
    PAYMENT_FAILED = "payment_failed"


@dataclass(frozen=True, slots=True)
class New:
    """A mail to be made; with a reason there is none: its address is missing or no address."""

    account_id: int
    purpose: Purpose
    object_id: int
    recipient: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A mail that waits to be made; `object_id` is the invoice, or the payment."""

    id: int
    mailing_id: int
    account_id: int
    purpose: Purpose
    object_id: int
    recipient: str


def add(
    db: sqlite3.Connection,
    organisation_id: int,
    mailing_id: int,
    new: Iterable[New],
    *,
    again: bool,
    each: bool = False,
) -> int:
    """Add mails to a mailing; how many. Who had the same is left out, unless `again`.

    Whose other address had it has had it too, unless `each` address counts for itself.
    """
    added = 0
    for one in new:
        added += db.execute(
            _ADD,
            {
                "organisation_id": organisation_id,
                "mailing_id": mailing_id,
                "account_id": one.account_id,
                "purpose": one.purpose,
                "object_id": one.object_id,
                "recipient": one.recipient,
                "state": "failed" if one.reason else "waiting",
                "reason": one.reason,
                "again": again,
                "each": each,
            },
        ).rowcount
    return added


def waiting(db: sqlite3.Connection, organisation_id: int, mailing_id: int, limit: int) -> list[Item]:
    """The mails that are to be made next."""
    rows = db.execute(
        "SELECT id, mailing_id, account_id, purpose, object_id, recipient FROM mailing_items"
        " WHERE organisation_id = :organisation_id AND mailing_id = :mailing_id AND state = 'waiting'"
        " ORDER BY id LIMIT :limit",
        {"organisation_id": organisation_id, "mailing_id": mailing_id, "limit": limit},
    )
    return [
        Item(
            row["id"],
            row["mailing_id"],
            row["account_id"],
            Purpose(row["purpose"]),
            row["object_id"],
            row["recipient"],
        )
        for row in rows
    ]


def send(
    db: sqlite3.Connection, organisation_id: int, item_id: int, message: Message, now: datetime
) -> int | None:
    """Put an item's message into the outbox; None: it does not wait any more, or its mailing was stopped."""
    taken = db.execute(
        "UPDATE mailing_items SET state = 'queued' WHERE organisation_id = :organisation_id AND id = :id"
        " AND state = 'waiting' AND EXISTS (SELECT 1 FROM mailings m WHERE m.organisation_id = :organisation_id"
        " AND m.id = mailing_id AND m.state = 'sending')",
        {"organisation_id": organisation_id, "id": item_id},
    )
    if taken.rowcount == 0:
        return None
    outbox_id = outbox.put(db, organisation_id, message, now)
    db.execute(
        "UPDATE mailing_items SET outbox_id = :outbox_id WHERE organisation_id = :organisation_id AND id = :id",
        {"organisation_id": organisation_id, "id": item_id, "outbox_id": outbox_id},
    )
    return outbox_id


def fail(db: sqlite3.Connection, organisation_id: int, item_id: int, reason: str) -> None:
    """Keep why an item cannot be mailed."""
    _close(db, organisation_id, item_id, "failed", reason)


def leave_out(db: sqlite3.Connection, organisation_id: int, item_id: int, reason: str) -> None:
    """Keep why an item is not mailed after all."""
    _close(db, organisation_id, item_id, "left_out", reason)


def _close(db: sqlite3.Connection, organisation_id: int, item_id: int, state: str, reason: str) -> None:
    db.execute(
        "UPDATE mailing_items SET state = :state, reason = :reason"
        " WHERE organisation_id = :organisation_id AND id = :id AND state = 'waiting'",
        {"organisation_id": organisation_id, "id": item_id, "state": state, "reason": reason},
    )


HAD = (
    "EXISTS (SELECT 1 FROM mailing_items h JOIN mailings m ON m.organisation_id = h.organisation_id"
    " AND m.id = h.mailing_id LEFT JOIN outbox o ON o.id = h.outbox_id"
    " WHERE h.organisation_id = :organisation_id AND h.object_id = {object_id} AND h.purpose = {purpose}"
    " AND h.mailing_id <> {mailing_id} AND {whose} AND (h.state = 'queued'"
    " AND coalesce(o.state, '') NOT IN ('failed', 'bounced', 'cancelled')"
    " OR h.state = 'waiting' AND m.state IN ('gathering', 'sending')))"
)
"""SQL: whether another mailing has brought the same, or is about to; `whose`: to anybody (TRUE), or to whom."""
_HAD_IT = HAD.format(
    object_id=":object_id",
    purpose=":purpose",
    mailing_id=":mailing_id",
    whose="(NOT :each OR h.recipient = :recipient)",
)

_ADD = (
    "INSERT INTO mailing_items (organisation_id, mailing_id, account_id, purpose, object_id, recipient, state,"
    " reason) SELECT :organisation_id, :mailing_id, :account_id, :purpose, :object_id, :recipient, :state, :reason"
    f" WHERE :again OR NOT {_HAD_IT}"
    " ON CONFLICT (organisation_id, mailing_id, purpose, object_id, recipient) DO NOTHING"
)
