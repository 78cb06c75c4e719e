"""Payments: the list, one with what it settles, and writes."""

import sqlite3
from datetime import date
from typing import Any

from admin.api import lists, writes
from admin.api.amounts import amount
from admin.api.call import Call
from admin.api.payments.shapes import (
    MOST_ROWS,
    Allocation,
    Payment,
    PaymentFields,
    PaymentHead,
    PaymentList,
    PaymentRow,
    PaymentRows,
    PaymentsQuery,
)
from admin.api.problems import not_found
from admin.api.routes import Body, route
from admin.api.words import camel
from admin.api.writes import WriteQuery, WriteReport, Written, cells
from store import row_batches
from store.instants import from_ms
from store.listings import payments as listing
from store.listings.order import Asked, Page
from store.row_batches import Item


@route(
    method="GET",
    path="/payments",
    summary="List payments",
    scope="payments:read",
    query=PaymentsQuery,
    answers={200: PaymentList},
)
async def index(call: Call) -> PaymentList:
    """GET /payments"""
    query = call.query(PaymentsQuery)
    asked = lists.asked(call, "payments", query, listing.ORDERS, listing.FILTERS)
    page, data = await call.store.read(_page, call.organisation_id, asked)
    following = lists.next_cursor("payments", query, page, listing.FILTERS, listing.ORDERS)
    return PaymentList(data, following)


@route(
    method="GET",
    path="/payments/{external_id}",
    summary="Read a payment with what it settles",
    scope="payments:read",
    answers={200: Payment},
)
async def show(call: Call) -> Payment:
    """GET /payments/{external_id}"""
    found = await call.store.read(_one, call.organisation_id, call.part("external_id"))
    if found is None:
        raise not_found()
    return found


@route(
    method="PUT",
    path="/payments/{external_id}",
    summary="Add or change a payment",
    description="Allocations, where they are given, are all of the payment's allocations.",
    scope="payments:write",
    query=WriteQuery,
    body=Body(PaymentFields),
    answers={200: Written},
)
async def put(call: Call) -> Written:
    """PUT /payments/{external_id}"""
    given = call.json(PaymentFields)
    external_id = writes.same_key(given.external_id, call.part("external_id"), "external_id")
    return await writes.one(call, row_batches.payments, _item(given, external_id), external_id)


@route(
    method="POST",
    path="/payments",
    summary="Add or change payments",
    description="Each payment is kept with its allocations or refused by itself; the answer says so row by row.",
    scope="payments:write",
    query=WriteQuery,
    body=Body(PaymentRows),
    answers={200: WriteReport},
)
async def add(call: Call) -> WriteReport:
    """POST /payments"""
    return await writes.rows(call, row_batches.payments, PaymentRow, _row_item, MOST_ROWS)


def _row_item(row: PaymentRow) -> Item:
    return _item(row, row.external_id)


def _item(given: PaymentFields, external_id: str) -> Item:
    parts = None
    if given.allocations is not None:
        parts = tuple({**cells(each), "payment_external_id": external_id} for each in given.allocations)
    return Item(external_id, {**cells(given, "allocations"), "external_id": external_id}, parts)


def _page(db: sqlite3.Connection, organisation_id: int, asked: Asked) -> tuple[Page, list[PaymentHead]]:
    page = listing.payments(db, organisation_id, asked)
    return page, [PaymentHead(**_head(row)) for row in page.rows]


def _one(db: sqlite3.Connection, organisation_id: int, external_id: str) -> Payment | None:
    row = listing.by_external_id(db, organisation_id, external_id)
    if row is None:
        return None
    settled = listing.allocations(db, organisation_id, row["payment_id"])
    parts = [
        Allocation(invoice_number=each["number"], amount=amount(each["amount"], row["currency"]))
        for each in settled
    ]
    return Payment(**_head(row), allocations=parts)


def _head(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "external_id": row["external_id"],
        "account_reference": row["account_reference"],
        "date": date.fromisoformat(row["paid_on"]),
        "method": row["method"],
        "status": camel(row["status"]),
        "amount": amount(row["amount"], row["currency"]),
        "currency": row["currency"],
        "invoice_number": row["invoice_number"],
        "collected_on": date.fromisoformat(row["collected_on"]) if row["collected_on"] else None,
        "failure": row["failure"],
        "updated_at": from_ms(row["published_at"]),
    }
