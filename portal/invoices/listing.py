"""The list of invoices and credit notes: what is due on top, filters in its address, the same as CSV."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from portal import pages
from portal.csv_stream import Pages, csv_response
from portal.invoices import narrowing
from portal.invoices.badges import badge
from portal.invoices.narrowing import PATH, Narrowing
from portal.services import services
from portal.visit import Visit
from portal.words import N_, _
from store import invoice_totals, invoices
from store.invoice_totals import Total
from store.invoices import Cursor, Invoice, Show
from store.money import Money, decimal

PAGE = 30
"""Rows: a page stays below 50 kB with its style sheet."""
CSV_PAGE = 500
SHOWN = (
    (Show.ALL, N_("All")),
    (Show.DUE, N_("To pay")),
    (Show.OVERDUE, N_("Overdue")),
    (Show.SETTLED, N_("Settled")),
    (Show.CREDITS, N_("Credit notes")),
    (Show.VOID, N_("Void")),
)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list and what stands above it."""

    invoices: list[Invoice]
    has_more: bool
    totals: list[Total]
    years: list[int]
    cost_centres: list[str]


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
        csv_url=chosen.url(f"{PATH}.csv"),
        archive_url=chosen.url(f"{PATH}/archive"),
        shown=[("" if show is Show.ALL else show.value, _(word)) for show, word in SHOWN],
        years=[("", _("All years")), *((str(year), str(year)) for year in listing.years)],
        cost_centres=[("", _("All cost centres")), *((name, name) for name in _centres(listing, chosen))],
        badge=lambda invoice: badge(invoice, visit.today),
        signed=signed,
    )


async def as_csv(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /invoices.csv: every invoice of the same filters."""
    chosen = narrowing.parse(request.query)
    return await csv_response(
        request, "invoices.csv", [_(name) for name, _cell in _COLUMNS], _rows(request, visit, chosen)
    )


def signed(invoice: Invoice) -> Money:
    """What a document adds to an account: a credit note takes off, whatever sign it was sent with."""
    gross = invoice.gross
    return Money(-abs(gross.minor), gross.currency) if invoice.is_credit else gross


def _like_total(invoice: Invoice, part: Money) -> Money:
    """A part of a total with the sign under which `signed` says the whole."""
    return part if signed(invoice) == invoice.gross else -part


async def _rows(request: web.Request, visit: Visit, chosen: Narrowing) -> Pages:
    after: Cursor | None = None
    while True:
        found = await services(request).store.read(_page, visit, chosen, after, CSV_PAGE)
        if found:
            yield [[cell(invoice, visit.today) for _name, cell in _COLUMNS] for invoice in found]
        if len(found) < CSV_PAGE:
            return
        after = Cursor(found[-1].issued_on, found[-1].number)


def _page(
    db: sqlite3.Connection, visit: Visit, chosen: Narrowing, after: Cursor | None, limit: int
) -> list[Invoice]:
    key = visit.organisation_id, visit.account_id
    return invoices.page(db, *key, chosen.filter, today=visit.today, after=after, limit=limit)


def _listing(db: sqlite3.Connection, visit: Visit, chosen: Narrowing) -> Listing:
    key = visit.organisation_id, visit.account_id
    found = _page(db, visit, chosen, chosen.after, PAGE + 1)
    return Listing(
        invoices=found[:PAGE],
        has_more=len(found) > PAGE,
        totals=invoice_totals.totals(db, *key, visit.today),
        years=invoice_totals.years(db, *key),
        cost_centres=invoice_totals.cost_centres(db, *key),
    )


def _centres(listing: Listing, chosen: Narrowing) -> list[str]:
    """Those that are offered, and the one that was asked for."""
    asked = chosen.filter.cost_centre
    return sorted({*listing.cost_centres, asked} - {""})


Cell = Callable[[Invoice, date], str]


_COLUMNS: tuple[tuple[str, Cell], ...] = (
    (N_("Number"), lambda invoice, _today: invoice.number),
    (N_("Kind"), lambda invoice, _today: _("Credit note") if invoice.is_credit else _("Invoice")),
    (N_("Date"), lambda invoice, _today: invoice.issued_on.isoformat()),
    (N_("Due"), lambda invoice, _today: invoice.due_on.isoformat() if invoice.due_on else ""),
    (N_("Status"), lambda invoice, today: _(badge(invoice, today).word)),
    (
        N_("Period from"),
        lambda invoice, _today: invoice.period_from.isoformat() if invoice.period_from else "",
    ),
    (N_("Period to"), lambda invoice, _today: invoice.period_to.isoformat() if invoice.period_to else ""),
    (N_("Your order"), lambda invoice, _today: invoice.po_number),
    (N_("Net"), lambda invoice, _today: decimal(_like_total(invoice, invoice.net))),
    (N_("VAT"), lambda invoice, _today: decimal(_like_total(invoice, invoice.tax))),
    (N_("Total"), lambda invoice, _today: decimal(signed(invoice))),
    (N_("Settled"), lambda invoice, _today: decimal(_like_total(invoice, invoice.paid))),
    (N_("To pay"), lambda invoice, _today: decimal(_like_total(invoice, invoice.due))),
    (N_("Currency"), lambda invoice, _today: invoice.gross.currency),
)
