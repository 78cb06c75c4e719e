"""Calls: the list of a customer's, and writes of many."""

import sqlite3

from admin.api import lists, writes
from admin.api.amounts import plain
from admin.api.call import Call
from admin.api.calls.shapes import MOST_ROWS, CallList, CallRow, CallRows, CallShown, CallsQuery
from admin.api.routes import Body, route
from admin.api.writes import WriteQuery, WriteReport, cells
from store import row_batches
from store.instants import from_ms
from store.listings import calls as listing
from store.listings.order import Asked, Page
from store.row_batches import Item

_FILTERS = listing.FILTERS | {"account_reference": ":account_reference IS NOT NULL"}


@route(
    method="GET",
    path="/calls",
    summary="List a customer's calls",
    scope="calls:read",
    query=CallsQuery,
    answers={200: CallList},
)
async def index(call: Call) -> CallList:
    """GET /calls?account_reference="""
    query = call.query(CallsQuery)
    asked = lists.asked(call, "calls", query, listing.ORDERS, _FILTERS)
    found = await call.store.read(_page, call.organisation_id, query.account_reference, asked)
    if found is None:
        return CallList([], None)
    page, data = found
    return CallList(data, lists.next_cursor("calls", query, page, _FILTERS, listing.ORDERS))


@route(
    method="POST",
    path="/calls",
    summary="Add calls",
    description="Each call is kept or refused by itself; the answer says so row by row.",
    scope="calls:write",
    query=WriteQuery,
    body=Body(CallRows),
    answers={200: WriteReport},
)
async def add(call: Call) -> WriteReport:
    """POST /calls"""
    return await writes.rows(call, row_batches.calls, CallRow, _item, MOST_ROWS)


def _item(row: CallRow) -> Item:
    return Item(row.external_id, cells(row))


def _page(
    db: sqlite3.Connection, organisation_id: int, reference: str, asked: Asked
) -> tuple[Page, list[CallShown]] | None:
    account_id = listing.account_id_of(db, organisation_id, reference)
    if account_id is None:
        return None
    page = listing.calls(db, organisation_id, account_id, asked)
    return page, [_shown(row) for row in page.rows]


def _shown(row: sqlite3.Row) -> CallShown:
    same = (
        "external_id",
        "cli",
        "direction",
        "type",
        "duration_seconds",
        "billed_seconds",
        "data_bytes",
        "number",
        "destination",
        "destination_group",
        "charge_band",
        "cost_centre",
        "currency",
        "invoice_number",
    )
    return CallShown(
        **{name: row[name] for name in same},
        started=from_ms(row["started"] * 1000),
        net_price=plain(row["net_price"]),
        access_charge=plain(row["access_charge"]),
        service_charge=plain(row["service_charge"]),
        in_bundle=bool(row["in_bundle"]),
        invoice_line=row["line_position"] if row["invoice_number"] else None,
    )
