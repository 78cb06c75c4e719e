"""Invoices of the download: their heads, their lines, and which PDFs there are."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import date

from portal.csv_stream import Pages, Row
from portal.invoices.badges import badge
from portal.visit import Visit
from portal.words import N_, _
from store import documents as stored_documents
from store import invoice_lines
from store import invoices as stored_invoices
from store.database import Store
from store.invoices import Cursor, Filter, Invoice
from store.money import decimal, decimal_text

PAGE = 200
HEADER = (
    N_("Number"),
    N_("Kind"),
    N_("Status"),
    N_("Date"),
    N_("Due"),
    N_("Period from"),
    N_("Period to"),
    N_("Your order"),
    N_("Net"),
    N_("VAT"),
    N_("Total"),
    N_("Left to pay"),
    N_("Currency"),
)
LINES = (
    N_("Invoice"),
    N_("Line"),
    N_("Category"),
    N_("Description"),
    N_("Number"),
    N_("Cost centre"),
    N_("Period from"),
    N_("Period to"),
    N_("Quantity"),
    N_("Unit price"),
    N_("Net"),
    N_("VAT code"),
    N_("VAT rate"),
    N_("VAT"),
    N_("Currency"),
)
DOCUMENTS = (N_("Invoice"), N_("File"), N_("Bytes"), N_("SHA-256"), N_("Address"))
_MANY = 20
"""Invoices whose lines are read at once; one may have hundreds."""

Read = Callable[[sqlite3.Connection, Visit, list[Invoice]], list[Row]]


async def rows(store: Store, visit: Visit) -> Pages:
    """A row an invoice or credit note, the newest first."""
    async for found in _pages(store, visit, PAGE):
        yield [_head(invoice, visit.today) for invoice in found]


async def lines(store: Store, visit: Visit) -> Pages:
    """A row a line, invoice by invoice."""
    async for found in _pages(store, visit, _MANY):
        yield await store.read(_lines, visit, found)


async def documents(store: Store, visit: Visit) -> Pages:
    """A row a PDF that the organisation sent, with where it is to be had."""
    async for found in _pages(store, visit, PAGE):
        yield await store.read(_documents, visit, found)


async def _pages(store: Store, visit: Visit, limit: int) -> AsyncIterator[list[Invoice]]:
    after: Cursor | None = None
    while True:
        found: list[Invoice] = await store.read(_page, visit, after, limit)
        yield found
        if len(found) < limit:
            return
        after = Cursor(found[-1].issued_on, found[-1].number)


def _page(db: sqlite3.Connection, visit: Visit, after: Cursor | None, limit: int) -> list[Invoice]:
    return stored_invoices.page(
        db,
        visit.organisation_id,
        visit.account_id,
        Filter(),
        today=visit.today,
        after=after,
        limit=limit,
    )


def _head(invoice: Invoice, today: date) -> Row:
    return (
        invoice.number,
        _("Credit note") if invoice.is_credit else _("Invoice"),
        badge(invoice, today).word,
        invoice.issued_on.isoformat(),
        *map(_day, (invoice.due_on, invoice.period_from, invoice.period_to)),
        invoice.po_number,
        *map(decimal, (invoice.net, invoice.tax, invoice.gross, invoice.due)),
        invoice.gross.currency,
    )


def _lines(db: sqlite3.Connection, visit: Visit, found: list[Invoice]) -> list[Row]:
    key = visit.organisation_id, visit.account_id
    return [
        (
            invoice.number,
            str(line.position),
            line.category,
            line.description,
            line.cli,
            line.cost_centre,
            *map(_day, (line.period_from, line.period_to)),
            decimal_text(line.quantity, 6),
            decimal_text(line.unit_price, 6),
            decimal(line.net),
            line.tax_code,
            decimal_text(line.tax_rate, 6),
            decimal(line.tax),
            line.net.currency,
        )
        for invoice in found
        for line in invoice_lines.of_invoice(db, *key, invoice.invoice_id, invoice.gross.currency)
    ]


def _documents(db: sqlite3.Connection, visit: Visit, found: list[Invoice]) -> list[Row]:
    key = visit.organisation_id, visit.account_id
    return [
        (
            invoice.number,
            document.file_name,
            str(document.size),
            document.sha256.hex(),
            f"/invoices/{invoice.public_id}/document",
        )
        for invoice in found
        if (document := stored_documents.of_invoice(db, *key, invoice.invoice_id))
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
