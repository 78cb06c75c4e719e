"""Mandates of an organisation, as published."""

import sqlite3

from store.listings.invoices import FILTERS as OF_INVOICES
from store.listings.invoices import OF_KEY
from store.listings.order import PUBLISHED, Asked, Order, Page, by_publication, page

_BY_ID = (
    "mandates k CROSS JOIN visible_mandates v ON v.organisation_id = k.organisation_id AND v.mandate_id = k.id"
    " WHERE k.organisation_id = :organisation"
)
ORDERS = {
    "external_id": Order(_BY_ID, ("k.external_id",), (str,), filters=OF_KEY),
    "-external_id": Order(_BY_ID, ("k.external_id",), (str,), descending=True, filters=OF_KEY),
    "updated": by_publication("visible_mandates"),
}
FILTERS = {"account_reference": OF_INVOICES["account_reference"], "status": "v.status = :status"}
_COLUMNS = (
    "v.mandate_id, v.external_id, v.scheme, v.provider, v.bank, v.account_ending, v.status, v.is_default,"
    " v.collection_day, v.signed_on,"
    " (SELECT a.reference FROM accounts a WHERE a.organisation_id = v.organisation_id AND a.id = v.account_id)"
    f" AS account_reference, {PUBLISHED}"
)


def mandates(db: sqlite3.Connection, organisation_id: int, asked: Asked) -> Page:
    """A page of mandates."""
    return page(db, organisation_id, _COLUMNS, asked)


def by_external_id(db: sqlite3.Connection, organisation_id: int, external_id: str) -> sqlite3.Row | None:
    """The visible mandate of this external id, as a row of the list."""
    found: sqlite3.Row | None = db.execute(
        f"SELECT {_COLUMNS} FROM {_BY_ID} AND k.external_id = :external_id",
        {"organisation": organisation_id, "external_id": external_id},
    ).fetchone()
    return found
