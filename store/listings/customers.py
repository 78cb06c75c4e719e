"""Customers of an organisation, as published."""

import sqlite3

from store.listings.order import PUBLISHED, Asked, Order, Page, by_publication, page

_BY_REFERENCE = (
    "accounts k CROSS JOIN visible_accounts v ON v.organisation_id = k.organisation_id AND v.account_id = k.id"
    " WHERE k.organisation_id = :organisation"
)
ORDERS = {
    "reference": Order(_BY_REFERENCE, ("k.reference",), (str,)),
    "-reference": Order(_BY_REFERENCE, ("k.reference",), (str,), descending=True),
    "updated": by_publication("visible_accounts"),
}
FILTERS = {"type": "v.type = :type", "email": "v.email = :email COLLATE NOCASE"}
_COLUMNS = f"v.account_id, {PUBLISHED}"


def customers(db: sqlite3.Connection, organisation_id: int, asked: Asked) -> Page:
    """A page of customers: their ids; `store.accounts.find` gives each with its edits."""
    return page(db, organisation_id, _COLUMNS, asked)


def by_reference(db: sqlite3.Connection, organisation_id: int, reference: str) -> sqlite3.Row | None:
    """The visible customer of this reference, as a row of the list."""
    found: sqlite3.Row | None = db.execute(
        f"SELECT {_COLUMNS} FROM {_BY_REFERENCE} AND k.reference = :reference",
        {"organisation": organisation_id, "reference": reference},
    ).fetchone()
    return found
