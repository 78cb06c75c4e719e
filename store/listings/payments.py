"""Payments of an organisation, as published, and what they settle."""

import sqlite3

from store.listings.invoices import FILTERS as OF_INVOICES
from store.listings.invoices import OF_KEY
from store.listings.order import PUBLISHED, Asked, Order, Page, by_publication, page

_BY_ID = (
    "payments k CROSS JOIN visible_payments v ON v.organisation_id = k.organisation_id AND v.payment_id = k.id"
    " WHERE k.organisation_id = :organisation"
)
_BY_DAY = "visible_payments v WHERE v.organisation_id = :organisation"
ORDERS = {
    "external_id": Order(_BY_ID, ("k.external_id",), (str,), filters=OF_KEY),
    "-external_id": Order(_BY_ID, ("k.external_id",), (str,), descending=True, filters=OF_KEY),
    "date": Order(_BY_DAY, ("v.paid_on", "v.id"), (str, int)),
    "-date": Order(_BY_DAY, ("v.paid_on", "v.id"), (str, int), descending=True),
    "updated": by_publication("visible_payments"),
}
FILTERS = {
    "account_reference": OF_INVOICES["account_reference"],
    "status": "v.status = :status",
    "invoice_number": "v.invoice_number = :invoice_number",
    "date_from": "v.paid_on >= :date_from",
    "date_to": "v.paid_on <= :date_to",
}
_COLUMNS = (
    "v.payment_id, v.external_id, v.paid_on, v.method, v.status, v.amount, v.currency, v.invoice_number,"
    " v.collected_on, v.failure,"
    " (SELECT a.reference FROM accounts a WHERE a.organisation_id = v.organisation_id AND a.id = v.account_id)"
    f" AS account_reference, {PUBLISHED}"
)


def payments(db: sqlite3.Connection, organisation_id: int, asked: Asked) -> Page:
    """A page of payments."""
    return page(db, organisation_id, _COLUMNS, asked)


def by_external_id(db: sqlite3.Connection, organisation_id: int, external_id: str) -> sqlite3.Row | None:
    """The visible payment of this external id, as a row of the list."""
    found: sqlite3.Row | None = db.execute(
        f"SELECT {_COLUMNS} FROM {_BY_ID} AND k.external_id = :external_id",
        {"organisation": organisation_id, "external_id": external_id},
    ).fetchone()
    return found


def allocations(db: sqlite3.Connection, organisation_id: int, payment_id: int) -> list[sqlite3.Row]:
    """What a payment settles: `number` of the invoice and `amount`."""
    return db.execute(
        "SELECT i.number, a.amount FROM visible_allocations a"
        " JOIN visible_invoices i ON i.organisation_id = a.organisation_id AND i.invoice_id = a.invoice_id"
        " WHERE a.organisation_id = :organisation AND a.payment_id = :payment ORDER BY i.number",
        {"organisation": organisation_id, "payment": payment_id},
    ).fetchall()
