"""Gathering: whom a mailing concerns, a few hundred at a time, from a place on."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from store import accounts
from store.mailing_items import Purpose

STEP = 200
REMIND_WITHIN = timedelta(days=14)
"""A reminder that could not be sent on its day still goes so long; later ones would come out of the blue."""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody's invoice or payment; `email` is the customer's, as they or the import last said. `place`: here."""

    place: int
    account_id: int
    purpose: Purpose
    object_id: int
    email: str


@dataclass(frozen=True, slots=True)
class Remind:
    """Which reminders are due: `days` before or after the due date, of those whose day came since `since`."""

    today: date
    days: int
    since: date


def of_run(
    db: sqlite3.Connection, organisation_id: int, batch_id: int, after: int, oldest: date | None = None
) -> list[Found]:
    """The invoices and credit notes that a billing run published first, none that are void."""
    values = {"batch": batch_id, "after": after, "oldest": oldest.isoformat() if oldest else None}
    return _found(db, organisation_id, Purpose.NEW_INVOICE, _OF_RUN, values)


def due_soon(db: sqlite3.Connection, organisation_id: int, remind: Remind, after: int) -> list[Found]:
    """Open invoices that are due within so many days, with terms longer than that."""
    values = {
        "after": after,
        "first": max(remind.today, remind.since + timedelta(days=remind.days)).isoformat(),
        "last": (remind.today + timedelta(days=remind.days)).isoformat(),
        "days": f"-{remind.days} days",
    }
    return _found(db, organisation_id, Purpose.REMINDER_BEFORE, _DUE_SOON, values)


def overdue(db: sqlite3.Connection, organisation_id: int, remind: Remind, after: int) -> list[Found]:
    """Open invoices that have been due for so many days."""
    days = timedelta(days=remind.days)
    values = {
        "after": after,
        "first": max(remind.today - days - REMIND_WITHIN, remind.since - days).isoformat(),
        "last": (remind.today - days).isoformat(),
    }
    return _found(db, organisation_id, Purpose.REMINDER_AFTER, _OVERDUE, values)


def payments_of(
    db: sqlite3.Connection, organisation_id: int, batch_id: int, after: int, oldest: date
) -> list[Found]:
    """The payments of a batch that have come in, or have failed."""
    rows = db.execute(
        _PAYMENTS,
        {
            "organisation_id": organisation_id,
            "batch": batch_id,
            "after": after,
            "oldest": oldest.isoformat(),
            "limit": STEP,
        },
    ).fetchall()
    return [
        Found(
            row["place"],
            row["account_id"],
            Purpose(row["purpose"]),
            row["object_id"],
            email_of(db, organisation_id, row["account_id"]),
        )
        for row in rows
    ]


def email_of(db: sqlite3.Connection, organisation_id: int, account_id: int) -> str:
    """The address of a customer; empty where they have none, or are not visible."""
    account = accounts.find(db, organisation_id, account_id)
    return account.value("email") if account else ""


def _found(
    db: sqlite3.Connection, organisation_id: int, purpose: Purpose, query: str, values: Mapping[str, object]
) -> list[Found]:
    key = {"organisation_id": organisation_id, "limit": STEP, "purpose": purpose}
    return [
        Found(
            row["place"],
            row["account_id"],
            purpose,
            row["object_id"],
            email_of(db, organisation_id, row["account_id"]),
        )
        for row in db.execute(query, {**values, **key}).fetchall()
    ]


_OF_RUN = """
SELECT r.id AS place, i.account_id, i.invoice_id AS object_id FROM invoice_revisions r
JOIN visible_invoices i ON i.organisation_id = r.organisation_id AND i.invoice_id = r.invoice_id
WHERE r.batch_id = :batch AND r.organisation_id = :organisation_id AND r.id > :after AND i.status <> 'void'
AND (:oldest IS NULL OR i.issued_on >= :oldest)
AND NOT EXISTS (SELECT 1 FROM invoice_revisions o JOIN batches b ON b.id = o.batch_id
    WHERE o.organisation_id = r.organisation_id AND o.invoice_id = r.invoice_id AND o.id < r.id
    AND b.state = 'published')
ORDER BY r.id LIMIT :limit"""
_OPEN = """
SELECT id AS place, account_id, invoice_id AS object_id FROM visible_invoices i
WHERE organisation_id = :organisation_id AND kind = 'invoice' AND status IN ('outstanding', 'partly_settled')
AND due_amount > 0 AND due_on BETWEEN :first AND :last AND id > :after
AND NOT EXISTS (SELECT 1 FROM mailing_items h WHERE h.organisation_id = :organisation_id
    AND h.object_id = i.invoice_id AND h.purpose = :purpose AND h.state <> 'left_out')"""
_DUE_SOON = f"{_OPEN} AND issued_on < date(due_on, :days) ORDER BY id LIMIT :limit"
_OVERDUE = f"{_OPEN} ORDER BY id LIMIT :limit"
_PAYMENTS = """
SELECT p.id AS place, p.account_id, p.payment_id AS object_id,
    CASE WHEN p.status IN ('confirmed', 'paid_out') THEN 'payment_received' ELSE 'payment_failed' END AS purpose
FROM payment_revisions r
JOIN visible_payments p ON p.organisation_id = r.organisation_id AND p.payment_id = r.payment_id
WHERE r.batch_id = :batch AND r.organisation_id = :organisation_id AND p.id > :after AND p.id = r.id
AND p.paid_on >= :oldest AND p.status IN ('confirmed', 'paid_out', 'failed', 'denied', 'charged_back')
ORDER BY p.id LIMIT :limit"""
