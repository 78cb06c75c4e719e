"""Payments, and the invoices that each one settled."""

import sqlite3
from datetime import date

from aiohttp import web

from portal import pages
from portal.invoices.badges import payment_badge
from portal.links import link
from portal.services import services
from portal.visit import Visit
from store import invoices, payments
from store.invoices import Invoice
from store.money import Money
from store.payments import Cursor, Payment, Settled

PAGE = 50


async def index(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /payments"""
    after = _cursor(request.query.get("after", ""))
    found = await services(request).store.read(
        payments.page, visit.organisation_id, visit.account_id, after, PAGE + 1
    )
    shown = found[:PAGE]
    return pages.render(
        request,
        "payments/index.html",
        visit=visit,
        payments=shown,
        first_url="/payments" if after else None,
        older_url=_older_url(shown[-1]) if len(found) > PAGE else None,
        badge=payment_badge,
    )


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /payments/{public_id}"""
    found = await services(request).store.read(_whole, visit, request.match_info["public_id"])
    if found is None:
        raise web.HTTPNotFound
    payment, settled, named = found
    allocated = sum((one.amount for one in settled), Money(0, payment.amount.currency))
    return pages.render(
        request,
        "payments/show.html",
        visit=visit,
        payment=payment,
        settled=settled,
        named=named,
        rest=payment.amount - allocated,
        badge=payment_badge(payment.status),
    )


def _whole(
    db: sqlite3.Connection, visit: Visit, public_id: str
) -> tuple[Payment, list[Settled], Invoice | None] | None:
    key = visit.organisation_id, visit.account_id
    payment = payments.find(db, *key, public_id)
    if payment is None:
        return None
    named = invoices.by_number(db, *key, payment.invoice_number) if payment.invoice_number else None
    return payment, payments.settled_by(db, *key, payment), named


def _older_url(last: Payment) -> str:
    return link("/payments", after=f"{last.paid_on.isoformat()}~{last.public_id}")


def _cursor(text: str) -> Cursor | None:
    day, _, public_id = text.partition("~")
    try:
        return Cursor(date.fromisoformat(day), public_id) if public_id else None
    except ValueError:
        return None
