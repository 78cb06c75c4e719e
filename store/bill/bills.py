"""Bills: an invoice with all that a comparison needs of it, and the ones before it."""

import sqlite3
from datetime import date, timedelta

from store import invoice_lines, invoices
from store.bill.difference import Bill, BillLine, Tax
from store.invoice_lines import LineKind
from store.invoices import Cursor, Filter, Invoice, Status

LOOKED_AT = 40
"""So many documents before an invoice are looked at for bills like it."""


def load(db: sqlite3.Connection, organisation_id: int, account_id: int, invoice: Invoice) -> Bill:
    """A customer's invoice as a bill."""
    key = {"organisation_id": organisation_id, "account_id": account_id, "invoice_id": invoice.invoice_id}
    lines = tuple(
        BillLine(kind=LineKind(row["kind"]), **{name: row[name] for name in _COPIED})
        for row in db.execute(_LINES, key)
    )
    taxes = invoice_lines.taxes(db, organisation_id, account_id, invoice.invoice_id, invoice.gross.currency)
    return Bill(
        lines=lines,
        taxes=tuple(Tax(tax.code, tax.rate, tax.tax.minor) for tax in taxes),
        net=invoice.net.minor,
        tax=invoice.tax.minor,
    )


def earlier(
    db: sqlite3.Connection, organisation_id: int, account_id: int, invoice: Invoice, today: date
) -> list[Invoice]:
    """Bills before this one that it can be held against, newest first: the same currency, neither void nor credit."""
    found = invoices.page(
        db,
        organisation_id,
        account_id,
        Filter(),
        today=today,
        after=Cursor(invoice.issued_on, invoice.number),
        limit=LOOKED_AT,
    )
    return [each for each in found if is_bill(each) and each.gross.currency == invoice.gross.currency]


def is_bill(invoice: Invoice) -> bool:
    """Whether it charges something that is to be paid."""
    return not invoice.is_credit and invoice.status is not Status.VOID


def one_before(invoice: Invoice, candidates: list[Invoice]) -> Invoice | None:
    """The bill that a reader means by the one before: the last for about as long a time, else the last of all."""
    like = (each for each in candidates if _alike(_days(invoice), _days(each)))
    return next(like, candidates[0] if candidates else None)


def _alike(days: timedelta | None, others: timedelta | None) -> bool:
    if days is None or others is None:
        return days == others
    return 2 * min(days, others) >= max(days, others)


def _days(invoice: Invoice) -> timedelta | None:
    if invoice.period_from is None or invoice.period_to is None:
        return None
    return invoice.period_to - invoice.period_from + timedelta(days=1)


_COPIED = ("position", "category", "description", "cli", "quantity", "unit_price", "net")
_LINES = (
    f"SELECT kind, {', '.join(_COPIED)} FROM visible_invoice_lines l WHERE l.organisation_id = :organisation_id"
    " AND l.invoice_id = :invoice_id AND EXISTS (SELECT 1 FROM invoices i WHERE i.organisation_id = l.organisation_id"
    " AND i.id = l.invoice_id AND i.account_id = :account_id) ORDER BY l.position"
)
