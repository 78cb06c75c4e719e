"""The list of invoices and credit notes, and one of them as a letter."""

import sqlite3
from dataclasses import dataclass

from aiohttp import web

from portal import pages
from portal.invoices import letter, narrowing
from portal.invoices.badges import badge, payment_badge
from portal.invoices.narrowing import Narrowing
from portal.invoices.vat_words import vat_name
from portal.payments.paying import Paying, paying_for
from portal.services import services
from portal.viewing import sighting
from portal.visit import Visit
from store import accounts, invoice_lines, invoice_totals, invoices, payments
from store.accounts import Account
from store.invoice_lines import Line, Vat
from store.invoice_totals import Total
from store.invoices import Invoice, Show
from store.money import Money
from store.payments import Received

PAGE = 50
SHOWN = (
    (Show.ALL, "All"),
    (Show.DUE, "To pay"),
    (Show.OVERDUE, "Overdue"),
    (Show.SETTLED, "Settled"),
    (Show.CREDITS, "Credit notes"),
    (Show.VOID, "Void"),
)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list and what stands above it."""

    invoices: list[Invoice]
    has_more: bool
    totals: list[Total]
    years: list[int]


@dataclass(frozen=True, slots=True)
class Letter:
    """All that one invoice shows."""

    invoice: Invoice
    account: Account
    lines: list[Line]
    taxes: list[Vat]
    received: list[Received]
    credited: Invoice | None
    credit_notes: list[Invoice]
    paying: Paying | None
    """How what is left of it is paid; None: nothing is."""


async def index(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /invoices"""
    chosen = narrowing.parse(request.query)
    listing = await services(request).store.read(_listing, visit, chosen)
    return pages.render(
        request,
        "invoices/index.html",
        visit=visit,
        listing=listing,
        chosen=chosen,
        older_url=chosen.older_url(listing.invoices[-1]) if listing.has_more else None,
        shown=[("" if show is Show.ALL else show.value, word) for show, word in SHOWN],
        badge=lambda invoice: badge(invoice, visit.today),
        signed=_signed,
    )


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /invoices/{public_id}"""
    found = await services(request).store.read(_letter, visit, request.match_info["public_id"])
    if found is None:
        raise web.HTTPNotFound
    await sighting.note(request, visit, found.invoice.invoice_id)
    return pages.render(
        request,
        "invoices/show.html",
        visit=visit,
        letter=found,
        invoice=found.invoice,
        groups=letter.groups(found.lines),
        badge=badge(found.invoice, visit.today),
        payment_badge=payment_badge,
        vat_name=vat_name,
        paying=found.paying,
    )


def _signed(invoice: Invoice) -> Money:
    """What a document adds to an account: a credit note takes off, whatever sign it was sent with."""
    gross = invoice.gross
    return Money(-abs(gross.minor), gross.currency) if invoice.is_credit else gross


def _listing(db: sqlite3.Connection, visit: Visit, chosen: Narrowing) -> Listing:
    key = visit.organisation_id, visit.account_id
    found = invoices.page(db, *key, chosen.filter, today=visit.today, after=chosen.after, limit=PAGE + 1)
    return Listing(
        invoices=found[:PAGE],
        has_more=len(found) > PAGE,
        totals=invoice_totals.totals(db, *key, visit.today),
        years=invoice_totals.years(db, *key),
    )


def _letter(db: sqlite3.Connection, visit: Visit, public_id: str) -> Letter | None:
    key = visit.organisation_id, visit.account_id
    invoice = invoices.find(db, *key, public_id)
    account = accounts.find(db, *key)
    if invoice is None or account is None:
        return None
    one, currency = (*key, invoice.invoice_id), invoice.gross.currency
    return Letter(
        invoice=invoice,
        account=account,
        lines=invoice_lines.of_invoice(db, *one, currency),
        taxes=invoice_lines.taxes(db, *one, currency),
        received=payments.received_for(db, *one),
        credited=invoices.by_number(db, *key, invoice.credits_number) if invoice.credits_number else None,
        credit_notes=[] if invoice.is_credit else invoices.credit_notes(db, *key, invoice.number),
        paying=paying_for(db, visit, invoice),
    )
