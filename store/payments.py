"""Payments of a customer, as published, and which invoices they settled."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from store.money import Money


class Status(Enum):
    """Where a payment is on its way."""

    PENDING_APPROVAL = "pending_approval"
    PENDING_SUBMISSION = "pending_submission"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    PAID_OUT = "paid_out"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CHARGED_BACK = "charged_back"
    DENIED = "denied"


UNDER_WAY = frozenset({Status.PENDING_APPROVAL, Status.PENDING_SUBMISSION, Status.SUBMITTED})
RECEIVED = frozenset({Status.CONFIRMED, Status.PAID_OUT})
RETURNED = frozenset({Status.FAILED, Status.CHARGED_BACK, Status.DENIED})


class Show(Enum):
    """What a list is narrowed to."""

    ALL = "all"
    RECEIVED = "received"
    UNDER_WAY = "under_way"
    RETURNED = "returned"
    CANCELLED = "cancelled"


_SHOWN = {
    Show.RECEIVED: RECEIVED,
    Show.UNDER_WAY: UNDER_WAY,
    Show.RETURNED: RETURNED,
    Show.CANCELLED: frozenset({Status.CANCELLED}),
}


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment; `invoice_number` is what the payer or the source named."""

    payment_id: int
    public_id: str
    external_id: str
    paid_on: date
    method: str
    status: Status
    amount: Money
    invoice_number: str
    collected_on: date | None = None
    """When it is, or was to be, collected."""
    failure: str = ""
    """Why it failed, as the bank says it."""

    @property
    def day(self) -> date:
        """When it is, or was to be, collected; else its date."""
        return self.collected_on or self.paid_on

    @property
    def place(self) -> tuple[date, int]:
        """Where it stands among the attempts to pay something."""
        return self.day, self.payment_id


@dataclass(frozen=True, slots=True)
class Filter:
    """How a list is narrowed."""

    show: Show = Show.ALL
    year: int | None = None


EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list: the row after which it goes on."""

    paid_on: date
    public_id: str


@dataclass(frozen=True, slots=True)
class Settled:
    """The part of a payment that went to one invoice."""

    invoice_public_id: str
    invoice_number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Received:
    """The part of an invoice that one payment settled."""

    payment_public_id: str
    paid_on: date
    method: str
    status: Status
    amount: Money


def page(
    db: sqlite3.Connection,
    organisation_id: int,
    account_id: int,
    after: Cursor | None,
    limit: int,
    narrowed: Filter = EVERYTHING,
) -> list[Payment]:
    """Payments, newest first, from a place on."""
    conditions = ["AND (paid_on, public_id) < (:after_on, :after_id)"] if after else []
    if narrowed.show is not Show.ALL:
        conditions.append("AND status IN (SELECT value FROM json_each(:statuses))")
    if narrowed.year is not None:
        conditions.append("AND paid_on >= :year_first AND paid_on <= :year_last")
    rest = f"{' '.join(conditions)} ORDER BY paid_on DESC, public_id DESC LIMIT :limit"
    values = {
        "statuses": json.dumps(sorted(status.value for status in _SHOWN.get(narrowed.show, ()))),
        "year_first": f"{narrowed.year}-01-01",
        "year_last": f"{narrowed.year}-12-31",
        "after_on": after.paid_on.isoformat() if after else None,
        "after_id": after.public_id if after else None,
        "limit": limit,
    }
    return chosen(db, organisation_id, account_id, rest, values)


def years(db: sqlite3.Connection, organisation_id: int, account_id: int) -> list[int]:
    """The years in which there were payments, newest first."""
    rows = db.execute(
        "SELECT DISTINCT substr(paid_on, 1, 4) AS year FROM visible_payments"
        " WHERE organisation_id = :organisation_id AND account_id = :account_id ORDER BY year DESC",
        {"organisation_id": organisation_id, "account_id": account_id},
    )
    return [int(row["year"]) for row in rows]


def chosen(
    db: sqlite3.Connection, organisation_id: int, account_id: int, rest: str, values: Mapping[str, object]
) -> list[Payment]:
    """The customer's payments that meet further conditions; `rest` is SQL of ours with the names of `values`."""
    key = {"organisation_id": organisation_id, "account_id": account_id}
    return [_payment(row) for row in db.execute(f"{_SELECT} {rest}", {**values, **key})]


def find(db: sqlite3.Connection, organisation_id: int, account_id: int, public_id: str) -> Payment | None:
    """The customer's payment of this public id."""
    found = chosen(db, organisation_id, account_id, "AND public_id = :public_id", {"public_id": public_id})
    return found[0] if found else None


def by_id(db: sqlite3.Connection, organisation_id: int, account_id: int, payment_id: int) -> Payment | None:
    """The customer's payment of this id."""
    found = chosen(
        db, organisation_id, account_id, "AND payment_id = :payment_id", {"payment_id": payment_id}
    )
    return found[0] if found else None


def settled_by(
    db: sqlite3.Connection, organisation_id: int, account_id: int, payment: Payment
) -> list[Settled]:
    """Which of the customer's invoices a payment went to, oldest first."""
    rows = db.execute(
        "SELECT i.public_id, i.number, a.amount FROM visible_allocations a"
        " JOIN visible_invoices i ON i.organisation_id = a.organisation_id AND i.invoice_id = a.invoice_id"
        " WHERE a.organisation_id = :organisation_id AND a.payment_id = :payment_id"
        " AND i.account_id = :account_id ORDER BY i.issued_on, i.number",
        {"organisation_id": organisation_id, "account_id": account_id, "payment_id": payment.payment_id},
    )
    currency = payment.amount.currency
    return [Settled(row["public_id"], row["number"], Money(row["amount"], currency)) for row in rows]


def received_for(
    db: sqlite3.Connection, organisation_id: int, account_id: int, invoice_id: int
) -> list[Received]:
    """Which of the customer's payments went to an invoice, oldest first."""
    rows = db.execute(
        "SELECT p.public_id, p.paid_on, p.method, p.status, a.amount, p.currency FROM visible_allocations a"
        " JOIN visible_payments p ON p.organisation_id = a.organisation_id AND p.payment_id = a.payment_id"
        " WHERE a.organisation_id = :organisation_id AND a.invoice_id = :invoice_id"
        " AND p.account_id = :account_id ORDER BY p.paid_on, p.public_id",
        {"organisation_id": organisation_id, "account_id": account_id, "invoice_id": invoice_id},
    )
    return [
        Received(
            payment_public_id=row["public_id"],
            paid_on=date.fromisoformat(row["paid_on"]),
            method=row["method"],
            status=Status(row["status"]),
            amount=Money(row["amount"], row["currency"]),
        )
        for row in rows
    ]


_SELECT = (
    "SELECT payment_id, public_id, external_id, paid_on, method, status, amount, currency, invoice_number,"
    " collected_on, failure"
    " FROM visible_payments WHERE organisation_id = :organisation_id AND account_id = :account_id"
)


def _payment(row: sqlite3.Row) -> Payment:
    return Payment(
        payment_id=row["payment_id"],
        public_id=row["public_id"],
        external_id=row["external_id"],
        paid_on=date.fromisoformat(row["paid_on"]),
        method=row["method"],
        status=Status(row["status"]),
        amount=Money(row["amount"], row["currency"]),
        invoice_number=row["invoice_number"],
        collected_on=date.fromisoformat(row["collected_on"]) if row["collected_on"] else None,
        failure=row["failure"],
    )
