"""Invoices and credit notes of an organisation, as published, with what they are made of."""

import sqlite3

from store.listings.order import PUBLISHED, Asked, Order, Page, by_publication, page

_BY_NUMBER = (
    "invoices k CROSS JOIN visible_invoices v ON v.organisation_id = k.organisation_id AND v.invoice_id = k.id"
    " WHERE k.organisation_id = :organisation"
)
_OF_ACCOUNT = (
    "(SELECT a.id FROM accounts a"
    " WHERE a.organisation_id = :organisation AND a.reference = :account_reference)"
)
OF_KEY = {"account_reference": f"k.account_id = {_OF_ACCOUNT}"}
_BY_DAY = "visible_invoices v WHERE v.organisation_id = :organisation"
ORDERS = {
    "number": Order(_BY_NUMBER, ("k.number",), (str,), filters=OF_KEY),
    "-number": Order(_BY_NUMBER, ("k.number",), (str,), descending=True, filters=OF_KEY),
    "date": Order(_BY_DAY, ("v.issued_on", "v.id"), (str, int)),
    "-date": Order(_BY_DAY, ("v.issued_on", "v.id"), (str, int), descending=True),
    "updated": by_publication("visible_invoices"),
}
FILTERS = {
    "account_reference": f"v.account_id = {_OF_ACCOUNT}",
    "status": "v.status = :status",
    "kind": "v.kind = :kind",
    "date_from": "v.issued_on >= :date_from",
    "date_to": "v.issued_on <= :date_to",
    "due_from": "v.due_on >= :due_from",
    "due_to": "v.due_on <= :due_to",
}
_COLUMNS = (
    "v.invoice_id, v.account_id, v.number, v.kind, v.issued_on, v.due_on, v.period_from, v.period_to, v.status,"
    " v.net, v.tax, v.gross, v.paid, v.due_amount, v.currency, v.po_number, v.credits_number,"
    " (SELECT a.reference FROM accounts a WHERE a.organisation_id = v.organisation_id AND a.id = v.account_id)"
    f" AS account_reference, {PUBLISHED}"
)


def invoices(db: sqlite3.Connection, organisation_id: int, asked: Asked) -> Page:
    """A page of invoices without their lines."""
    return page(db, organisation_id, _COLUMNS, asked)


def by_number(db: sqlite3.Connection, organisation_id: int, number: str) -> sqlite3.Row | None:
    """The visible invoice of this number, as a row of the list."""
    found: sqlite3.Row | None = db.execute(
        f"SELECT {_COLUMNS} FROM {_BY_NUMBER} AND k.number = :number",
        {"organisation": organisation_id, "number": number},
    ).fetchone()
    return found


def allocations(db: sqlite3.Connection, organisation_id: int, invoice_id: int) -> list[sqlite3.Row]:
    """What payments settle of an invoice: `external_id` of the payment and `amount`."""
    return db.execute(
        "SELECT p.external_id, a.amount FROM visible_allocations a"
        " JOIN visible_payments p ON p.organisation_id = a.organisation_id AND p.payment_id = a.payment_id"
        " WHERE a.organisation_id = :organisation AND a.invoice_id = :invoice ORDER BY p.external_id",
        {"organisation": organisation_id, "invoice": invoice_id},
    ).fetchall()
