"""Mandates: the list, one of them, and writes."""

import sqlite3
from datetime import date

from admin.api import lists, writes
from admin.api.call import Call
from admin.api.mandates.shapes import (
    MOST_ROWS,
    Mandate,
    MandateFields,
    MandateList,
    MandateRow,
    MandateRows,
    MandatesQuery,
)
from admin.api.problems import not_found
from admin.api.routes import Body, route
from admin.api.writes import WriteQuery, WriteReport, Written, cells
from store import row_batches
from store.instants import from_ms
from store.listings import mandates as listing
from store.listings.order import Asked, Page
from store.row_batches import Item


@route(
    method="GET",
    path="/mandates",
    summary="List mandates",
    scope="payments:read",
    query=MandatesQuery,
    answers={200: MandateList},
)
async def index(call: Call) -> MandateList:
    """GET /mandates"""
    query = call.query(MandatesQuery)
    asked = lists.asked(call, "mandates", query, listing.ORDERS, listing.FILTERS)
    page, data = await call.store.read(_page, call.organisation_id, asked)
    following = lists.next_cursor("mandates", query, page, listing.FILTERS, listing.ORDERS)
    return MandateList(data, following)


@route(
    method="GET",
    path="/mandates/{external_id}",
    summary="Read a mandate",
    scope="payments:read",
    answers={200: Mandate},
)
async def show(call: Call) -> Mandate:
    """GET /mandates/{external_id}"""
    found = await call.store.read(_one, call.organisation_id, call.part("external_id"))
    if found is None:
        raise not_found()
    return found


@route(
    method="PUT",
    path="/mandates/{external_id}",
    summary="Add or change a mandate",
    description="It is shown to the customer; nothing is collected from here.",
    scope="payments:write",
    query=WriteQuery,
    body=Body(MandateFields),
    answers={200: Written},
)
async def put(call: Call) -> Written:
    """PUT /mandates/{external_id}"""
    given = call.json(MandateFields)
    external_id = writes.same_key(given.external_id, call.part("external_id"), "external_id")
    return await writes.one(call, row_batches.mandates, _item(given, external_id), external_id)


@route(
    method="POST",
    path="/mandates",
    summary="Add or change mandates",
    description="Each mandate is kept or refused by itself; the answer says so row by row.",
    scope="payments:write",
    query=WriteQuery,
    body=Body(MandateRows),
    answers={200: WriteReport},
)
async def add(call: Call) -> WriteReport:
    """POST /mandates"""
    return await writes.rows(call, row_batches.mandates, MandateRow, _row_item, MOST_ROWS)


def _row_item(row: MandateRow) -> Item:
    return _item(row, row.external_id)


def _item(given: MandateFields, external_id: str) -> Item:
    return Item(external_id, {**cells(given), "external_id": external_id})


def _page(db: sqlite3.Connection, organisation_id: int, asked: Asked) -> tuple[Page, list[Mandate]]:
    page = listing.mandates(db, organisation_id, asked)
    return page, [_mandate(row) for row in page.rows]


def _one(db: sqlite3.Connection, organisation_id: int, external_id: str) -> Mandate | None:
    row = listing.by_external_id(db, organisation_id, external_id)
    return _mandate(row) if row else None


def _mandate(row: sqlite3.Row) -> Mandate:
    return Mandate(
        external_id=row["external_id"],
        account_reference=row["account_reference"],
        scheme=row["scheme"],
        provider=row["provider"],
        bank=row["bank"],
        account_ending=row["account_ending"],
        status=row["status"],
        is_default=bool(row["is_default"]),
        collection_day=row["collection_day"],
        signed_on=date.fromisoformat(row["signed_on"]) if row["signed_on"] else None,
        updated_at=from_ms(row["published_at"]),
    )
