"""The list of payments, and each with the invoices that it settled and what became of it."""

import sqlite3
from dataclasses import dataclass

from aiohttp import web

from portal import pages
from portal.invoices.badges import payment_badge
from portal.payments import mandate_words, meanings, narrowing
from portal.payments.narrowing import Narrowing
from portal.services import services
from portal.visit import Visit
from portal.words import _
from store import invoices, mandates, payment_attempts, payment_uses, payments
from store.invoices import Invoice
from store.mandates import Mandate
from store.money import Money
from store.payments import RETURNED, UNDER_WAY, Payment, Settled, Show

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list, and what stands above it."""

    payments: list[Payment]
    has_more: bool
    numbers: dict[int, list[str]]
    """The invoices that each payment went to."""
    years: list[int]
    unused: list[Money]
    mandates: list[Mandate]


@dataclass(frozen=True, slots=True)
class Whole:
    """All that one payment shows; `again`: the collection that follows one that failed."""

    payment: Payment
    settled: list[Settled]
    named: Invoice | None
    again: Payment | None

    @property
    def rest(self) -> Money:
        """What is not put to an invoice."""
        nothing = Money(0, self.payment.amount.currency)
        return self.payment.amount - sum((one.amount for one in self.settled), nothing)


async def index(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /payments?show=&year=&after="""
    chosen = narrowing.parse(request.query)
    listing = await services(request).store.read(_listing, visit, chosen)
    return pages.render(
        request,
        "payments/index.html",
        visit=visit,
        listing=listing,
        chosen=chosen,
        older_url=chosen.older_url(listing.payments[-1]) if listing.has_more else None,
        shown=[("" if show is Show.ALL else show.value, _(word)) for show, word in meanings.SHOWN],
        badge=payment_badge,
        mandate_words=mandate_words,
    )


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /payments/{public_id}"""
    found = await services(request).store.read(_whole, visit, request.match_info["public_id"])
    if found is None:
        raise web.HTTPNotFound
    payment = found.payment
    return pages.render(
        request,
        "payments/show.html",
        visit=visit,
        found=found,
        payment=payment,
        under_way=payment.status in UNDER_WAY,
        returned=payment.status in RETURNED,
        meaning=meanings.meaning(payment.status),
        badge=payment_badge(payment.status),
    )


def _listing(db: sqlite3.Connection, visit: Visit, chosen: Narrowing) -> Listing:
    key = visit.organisation_id, visit.account_id
    found = payments.page(db, *key, chosen.after, PAGE + 1, chosen.filter)
    return Listing(
        payments=found[:PAGE],
        has_more=len(found) > PAGE,
        numbers=payment_uses.numbers(db, *key, found[:PAGE]),
        years=payments.years(db, *key),
        unused=payment_uses.unused(db, *key),
        mandates=_current(mandates.of_account(db, *key)),
    )


def _current(found: list[Mandate]) -> list[Mandate]:
    """Those that collect or will; where there is none, the last that did."""
    return [each for each in found if each.status in mandates.LIVING] or found[:1]


def _whole(db: sqlite3.Connection, visit: Visit, public_id: str) -> Whole | None:
    key = visit.organisation_id, visit.account_id
    payment = payments.find(db, *key, public_id)
    if payment is None:
        return None
    number = payment.invoice_number
    return Whole(
        payment,
        payments.settled_by(db, *key, payment),
        invoices.by_number(db, *key, number) if number else None,
        payment_attempts.again(db, *key, payment),
    )
