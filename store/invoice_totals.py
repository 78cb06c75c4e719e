"""Invoice totals: what a customer owes, what they were invoiced month by month."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from store.money import Money

RECENT = 12
"""Invoices whose cost centres a filter offers: a year of them."""
MOST = 200
"""Cost centres that are offered."""


@dataclass(frozen=True, slots=True)
class Total:
    """What is open in one currency. `credit` is what open credit notes have left to give."""

    due: Money
    overdue: Money
    credit: Money
    open_invoices: int
    next_due_on: date | None


@dataclass(frozen=True, slots=True)
class MonthTotal:
    """What was invoiced in a month, credit notes taken off."""

    month: date
    gross: Money


def totals(db: sqlite3.Connection, organisation_id: int, account_id: int, today: date) -> list[Total]:
    """What is open, by currency."""
    rows = db.execute(
        "SELECT currency,"
        " sum(CASE WHEN kind = 'invoice' THEN due_amount ELSE 0 END) AS due,"
        " sum(CASE WHEN kind = 'invoice' AND due_on < :today THEN due_amount ELSE 0 END) AS overdue,"
        " sum(CASE WHEN kind = 'credit_note' THEN abs(due_amount) ELSE 0 END) AS credit,"
        " sum(CASE WHEN kind = 'invoice' THEN 1 ELSE 0 END) AS open_invoices,"
        " min(CASE WHEN kind = 'invoice' THEN due_on END) AS next_due_on"
        " FROM visible_invoices WHERE organisation_id = :organisation_id AND account_id = :account_id"
        " AND status IN ('outstanding', 'partly_settled') GROUP BY currency ORDER BY currency",
        {"organisation_id": organisation_id, "account_id": account_id, "today": today.isoformat()},
    )
    return [
        Total(
            due=Money(row["due"], row["currency"]),
            overdue=Money(row["overdue"], row["currency"]),
            credit=Money(row["credit"], row["currency"]),
            open_invoices=row["open_invoices"],
            next_due_on=date.fromisoformat(row["next_due_on"]) if row["next_due_on"] else None,
        )
        for row in rows
    ]


def years(db: sqlite3.Connection, organisation_id: int, account_id: int) -> list[int]:
    """The years in which something was invoiced, newest first."""
    rows = db.execute(
        "SELECT DISTINCT substr(issued_on, 1, 4) AS year FROM visible_invoices"
        " WHERE organisation_id = :organisation_id AND account_id = :account_id ORDER BY year DESC",
        {"organisation_id": organisation_id, "account_id": account_id},
    )
    return [int(row["year"]) for row in rows]


def cost_centres(db: sqlite3.Connection, organisation_id: int, account_id: int) -> list[str]:
    """The cost centres that lines of the customer's newest invoices name, in the order of their letters."""
    rows = db.execute(
        "SELECT DISTINCT l.cost_centre FROM visible_invoice_lines l"
        " WHERE l.organisation_id = :organisation_id AND l.cost_centre <> '' AND l.invoice_id IN ("
        " SELECT invoice_id FROM visible_invoices WHERE organisation_id = :organisation_id"
        f" AND account_id = :account_id ORDER BY issued_on DESC LIMIT {RECENT}) ORDER BY l.cost_centre LIMIT {MOST}",
        {"organisation_id": organisation_id, "account_id": account_id},
    )
    return [row["cost_centre"] for row in rows]


def by_month(
    db: sqlite3.Connection, organisation_id: int, account_id: int, first: date, currency: str
) -> list[MonthTotal]:
    """What was invoiced each month since `first`, in one currency; months with nothing are left out."""
    rows = db.execute(
        "SELECT substr(issued_on, 1, 7) AS month,"
        " sum(CASE WHEN kind = 'invoice' THEN gross ELSE -abs(gross) END) AS gross"
        " FROM visible_invoices WHERE organisation_id = :organisation_id AND account_id = :account_id"
        " AND issued_on >= :first AND currency = :currency AND status <> 'void' GROUP BY month ORDER BY month",
        {
            "organisation_id": organisation_id,
            "account_id": account_id,
            "first": first.isoformat(),
            "currency": currency,
        },
    )
    return [
        MonthTotal(date.fromisoformat(f"{row['month']}-01"), Money(row["gross"], currency)) for row in rows
    ]
