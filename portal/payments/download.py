"""Download: all payments of the list's filters as CSV, a page at a time."""

import sqlite3
from collections.abc import AsyncIterator

from aiohttp import web

from portal.csv_stream import Row, csv_response
from portal.invoices.badges import payment_badge
from portal.payments import narrowing
from portal.services import services
from portal.visit import Visit
from portal.words import _
from store import payment_uses, payments
from store.money import decimal
from store.payments import Cursor, Filter, Payment

PAGE = 500


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /payments/all.csv?show=&year="""
    header = (
        _("Date"),
        _("Method"),
        _("Status"),
        _("Amount"),
        _("Currency"),
        _("Reference"),
        _("Paid for"),
        _("Went to"),
        _("Collected on"),
        _("Reason given"),
    )
    chosen = narrowing.parse(request.query).filter
    return await csv_response(request, "payments.csv", header, _pages(request, visit, chosen))


async def _pages(request: web.Request, visit: Visit, chosen: Filter) -> AsyncIterator[list[Row]]:
    after: Cursor | None = None
    while True:
        found, rows = await services(request).store.read(_page, visit, chosen, after)
        yield rows
        if len(found) < PAGE:
            return
        after = Cursor(found[-1].paid_on, found[-1].public_id)


def _page(
    db: sqlite3.Connection, visit: Visit, chosen: Filter, after: Cursor | None
) -> tuple[list[Payment], list[Row]]:
    key = visit.organisation_id, visit.account_id
    found = payments.page(db, *key, after, PAGE, chosen)
    numbers = payment_uses.numbers(db, *key, found)
    return found, [_row(each, numbers.get(each.payment_id, [])) for each in found]


def _row(payment: Payment, numbers: list[str]) -> Row:
    return (
        payment.paid_on.isoformat(),
        payment.method,
        payment_badge(payment.status).word,
        decimal(payment.amount),
        payment.amount.currency,
        payment.external_id,
        payment.invoice_number,
        ", ".join(numbers),
        payment.collected_on.isoformat() if payment.collected_on else "",
        payment.failure,
    )
