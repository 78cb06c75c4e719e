"""Batches of an organisation: everything that was brought in, the newest first."""

import sqlite3

from store.listings.order import Asked, Order, Page, page

ORDERS = {
    "-id": Order("batches b WHERE b.organisation_id = :organisation", ("b.id",), (int,), descending=True)
}
FILTERS = {"kind": "b.kind = :kind", "state": "b.state = :state"}


def batches(db: sqlite3.Connection, organisation_id: int, asked: Asked) -> Page:
    """A page of batches: their ids; `store.batches.by_id` gives each."""
    return page(db, organisation_id, "b.id", asked)
