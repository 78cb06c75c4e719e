"""Calls of one customer, as published: that is how they are clustered, so a list is always of one customer."""

import sqlite3

from store.listings.order import Asked, Order, Page, page

_OF_ACCOUNT = "visible_calls v WHERE v.organisation_id = :organisation AND v.account_id = :account_id"
_KEYS = ("v.started", "v.external_hash")
ORDERS = {
    "started": Order(_OF_ACCOUNT, _KEYS, (int, int)),
    "-started": Order(_OF_ACCOUNT, _KEYS, (int, int), descending=True),
}
FILTERS = {
    "started_from": "v.started >= (:started_from + 999) / 1000",
    "started_to": "v.started < (:started_to + 999) / 1000",
    "cli": "v.cli = :cli",
    "type": "v.type = :type",
}
_COLUMNS = (
    "v.external_id, v.started, v.cli, v.direction, v.type, v.duration_seconds, v.billed_seconds, v.data_bytes,"
    " v.number, v.destination, v.destination_group, v.charge_band, v.net_price, v.access_charge,"
    " v.service_charge, v.in_bundle, v.cost_centre, v.currency, v.line_position,"
    " (SELECT i.number FROM visible_invoices i"
    " WHERE i.organisation_id = v.organisation_id AND i.invoice_id = v.invoice_id) AS invoice_number"
)


def calls(db: sqlite3.Connection, organisation_id: int, account_id: int, asked: Asked) -> Page:
    """A page of a customer's calls."""
    return page(db, organisation_id, _COLUMNS, _of(asked, account_id))


def account_id_of(db: sqlite3.Connection, organisation_id: int, reference: str) -> int | None:
    """The id of the visible customer of this reference."""
    row = db.execute(
        "SELECT account_id FROM visible_accounts WHERE organisation_id = :organisation AND reference = :reference",
        {"organisation": organisation_id, "reference": reference},
    ).fetchone()
    return row["account_id"] if row else None


def _of(asked: Asked, account_id: int) -> Asked:
    values = {**asked.values, "account_id": account_id}
    return Asked(asked.order, asked.limit, asked.after, asked.conditions, values)
