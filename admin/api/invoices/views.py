"""Invoices: the list, one with its lines, and writes."""

import sqlite3

from admin.api import lists, writes
from admin.api.call import Call
from admin.api.invoices import reading
from admin.api.invoices.shapes import (
    MOST_ROWS,
    Invoice,
    InvoiceFields,
    InvoiceHead,
    InvoiceList,
    InvoiceRow,
    InvoiceRows,
    InvoicesQuery,
)
from admin.api.problems import not_found
from admin.api.routes import Body, route
from admin.api.writes import WriteQuery, WriteReport, Written, cells
from store import row_batches
from store.listings import invoices as listing
from store.listings.order import Asked, Page
from store.row_batches import Item


@route(
    method="GET",
    path="/invoices",
    summary="List invoices and credit notes",
    scope="invoices:read",
    query=InvoicesQuery,
    answers={200: InvoiceList},
)
async def index(call: Call) -> InvoiceList:
    """GET /invoices"""
    query = call.query(InvoicesQuery)
    asked = lists.asked(call, "invoices", query, listing.ORDERS, listing.FILTERS)
    page, data = await call.store.read(_page, call.organisation_id, asked)
    following = lists.next_cursor("invoices", query, page, listing.FILTERS, listing.ORDERS)
    return InvoiceList(data, following)


@route(
    method="GET",
    path="/invoices/{number}",
    summary="Read an invoice with its lines",
    scope="invoices:read",
    answers={200: Invoice},
)
async def show(call: Call) -> Invoice:
    """GET /invoices/{number}"""
    found = await call.store.read(reading.invoice, call.organisation_id, call.part("number"))
    if found is None:
        raise not_found()
    return found


@route(
    method="PUT",
    path="/invoices/{number}",
    summary="Add or revise an invoice",
    description="Lines, where they are given, are all of the invoice's lines and add up to it.",
    scope="invoices:write",
    query=WriteQuery,
    body=Body(InvoiceFields),
    answers={200: Written},
)
async def put(call: Call) -> Written:
    """PUT /invoices/{number}"""
    given = call.json(InvoiceFields)
    number = writes.same_key(given.number, call.part("number"), "number")
    return await writes.one(call, row_batches.invoices, _item(given, number), number)


@route(
    method="POST",
    path="/invoices",
    summary="Add or revise invoices",
    description="Each invoice is kept with its lines or refused by itself; the answer says so row by row.",
    scope="invoices:write",
    query=WriteQuery,
    body=Body(InvoiceRows),
    answers={200: WriteReport},
)
async def add(call: Call) -> WriteReport:
    """POST /invoices"""
    return await writes.rows(call, row_batches.invoices, InvoiceRow, _row_item, MOST_ROWS)


def _row_item(row: InvoiceRow) -> Item:
    return _item(row, row.number)


def _item(given: InvoiceFields, number: str) -> Item:
    lines = None
    if given.lines is not None:
        lines = tuple(
            {"position": str(place), **cells(line), "invoice_number": number}
            for place, line in enumerate(given.lines, 1)
        )
    return Item(number, {**cells(given, "lines"), "number": number}, lines)


def _page(db: sqlite3.Connection, organisation_id: int, asked: Asked) -> tuple[Page, list[InvoiceHead]]:
    page = listing.invoices(db, organisation_id, asked)
    return page, [InvoiceHead(**reading.head(row)) for row in page.rows]
