"""Customers: the list, one, and writes."""

import sqlite3

from admin.api import lists, writes
from admin.api.call import Call
from admin.api.customers.shapes import (
    MOST_ROWS,
    Customer,
    CustomerFields,
    CustomerList,
    CustomerRow,
    CustomerRows,
    CustomersQuery,
)
from admin.api.problems import not_found
from admin.api.routes import Body, route
from admin.api.writes import WriteQuery, WriteReport, Written, cells
from store import accounts, row_batches
from store.accounts import FIELDS
from store.instants import from_ms
from store.listings import customers as listing
from store.listings.order import Asked, Page
from store.row_batches import Item


@route(
    method="GET",
    path="/customers",
    summary="List customers",
    scope="customers:read",
    query=CustomersQuery,
    answers={200: CustomerList},
)
async def index(call: Call) -> CustomerList:
    """GET /customers"""
    query = call.query(CustomersQuery)
    asked = lists.asked(call, "customers", query, listing.ORDERS, listing.FILTERS)
    page, data = await call.store.read(_page, call.organisation_id, asked)
    following = lists.next_cursor("customers", query, page, listing.FILTERS, listing.ORDERS)
    return CustomerList(data, following)


@route(
    method="GET",
    path="/customers/{reference}",
    summary="Read a customer",
    scope="customers:read",
    answers={200: Customer},
)
async def show(call: Call) -> Customer:
    """GET /customers/{reference}"""
    found = await call.store.read(_one, call.organisation_id, call.part("reference"))
    if found is None:
        raise not_found()
    return found


@route(
    method="PUT",
    path="/customers/{reference}",
    summary="Add or change a customer",
    description="What is left out becomes empty. What the customer changed themselves stands above it.",
    scope="customers:write",
    query=WriteQuery,
    body=Body(CustomerFields),
    answers={200: Written},
)
async def put(call: Call) -> Written:
    """PUT /customers/{reference}"""
    given = call.json(CustomerFields)
    reference = writes.same_key(given.reference, call.part("reference"), "reference")
    item = Item(reference, {**cells(given), "reference": reference})
    return await writes.one(call, row_batches.customers, item, reference)


@route(
    method="POST",
    path="/customers",
    summary="Add or change customers",
    description="Each row is kept or refused by itself; the answer says so row by row.",
    scope="customers:write",
    query=WriteQuery,
    body=Body(CustomerRows),
    answers={200: WriteReport},
)
async def add(call: Call) -> WriteReport:
    """POST /customers"""
    return await writes.rows(call, row_batches.customers, CustomerRow, _item, MOST_ROWS)


def _item(row: CustomerRow) -> Item:
    return Item(row.reference, cells(row))


def _page(db: sqlite3.Connection, organisation_id: int, asked: Asked) -> tuple[Page, list[Customer]]:
    page = listing.customers(db, organisation_id, asked)
    return page, [_customer(db, organisation_id, row) for row in page.rows]


def _one(db: sqlite3.Connection, organisation_id: int, reference: str) -> Customer | None:
    row = listing.by_reference(db, organisation_id, reference)
    return _customer(db, organisation_id, row) if row else None


def _customer(db: sqlite3.Connection, organisation_id: int, row: sqlite3.Row) -> Customer:
    account = accounts.find(db, organisation_id, row["account_id"])
    assert account is not None
    return Customer(
        reference=account.reference,
        type=account.type,
        **{field: account.value(field) for field in FIELDS},
        edited=[field for field in FIELDS if field in account.edits],
        updated_at=from_ms(row["published_at"]),
    )
