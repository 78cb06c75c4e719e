"""Choosing what is mailed: a billing run, or invoices out of a list; a look at what it comes to; the go-ahead."""

import sqlite3
from dataclasses import dataclass

from aiohttp import web

from admin.keys import FACTS, STORE
from admin.mailings import narrowing
from admin.mailings.asking import ask_chosen, ask_run
from admin.mailings.narrowing import Narrowing, number
from admin.pages import mailings_url, page
from admin.rights import organisation_of
from portal.forms import posted
from portal.invoices.recipients import recipients
from store import batches, mailable, portals
from store.batches import Batch
from store.mailable import Invoice, Run

PAGE = 50
RUNS = 8
MOST = 100
"""So many can be chosen one by one."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from."""

    runs: list[Batch]
    invoices: list[Invoice]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Review:
    """What a mailing would come to; `batch` None: chosen invoices."""

    batch: Batch | None
    run: Run
    chosen: list[Invoice]
    sample: Invoice | None
    registration: bool


async def show(request: web.Request) -> web.Response:
    """GET .../mailings/new"""
    organisation, chosen = organisation_of(request), narrowing.parse(request.query)
    offer = await request.app[STORE].read(_offer, organisation.id, chosen)
    url = f"{mailings_url(organisation)}/new"
    return page(
        request,
        "mailings/new.html",
        organisation=organisation,
        mailings_url=mailings_url(organisation),
        url=url,
        offer=offer,
        chosen=chosen,
        nothing_chosen="none" in request.query,
        fault=fault,
        first_url=chosen.first_url(url) if chosen.after else None,
        older_url=chosen.older_url(url, offer.invoices[-1]) if offer.has_more else None,
    )


async def review(request: web.Request) -> web.Response:
    """GET .../mailings/review?run= or ?invoice=&invoice="""
    organisation = organisation_of(request)
    run, ids = number(request.query.get("run", "")), request.query.getall("invoice", [])[:MOST]
    found = await request.app[STORE].read(_review, organisation.id, run, ids)
    if found is None:
        raise web.HTTPNotFound
    if not found.batch and not found.chosen:
        raise web.HTTPSeeOther(f"{mailings_url(organisation)}/new?none=1")
    return page(
        request,
        "mailings/review.html",
        organisation=organisation,
        url=mailings_url(organisation),
        found=found,
        fault=fault,
        goes_out=request.app[FACTS].mail_goes_out,
    )


async def create(request: web.Request) -> web.Response:
    """POST .../mailings: begin the mailing that was looked at."""
    organisation, form = organisation_of(request), await posted(request)
    run, again = number(next(iter(form.getlist("run")), "")), "again" in form
    found = await request.app[STORE].read(_review, organisation.id, run, form.getlist("invoice")[:MOST])
    if found is None or not (found.batch or found.chosen):
        raise web.HTTPNotFound
    made = await (
        ask_run(request, found.batch.id, again) if found.batch else ask_chosen(request, found.chosen, again)
    )
    raise web.HTTPSeeOther(f"{mailings_url(organisation)}/{made}")


def fault(invoice: Invoice) -> str:
    """Why an invoice cannot be mailed to some, or all, of its customer's addresses; empty: it can."""
    return next((one.reason for one in recipients(invoice.email) if one.reason), "")


def _offer(db: sqlite3.Connection, organisation_id: int, chosen: Narrowing) -> Offer:
    runs = [batch for batch in batches.newest(db, organisation_id) if _is_run(batch)]
    found = mailable.page(db, organisation_id, chosen.filter, chosen.after, PAGE + 1)
    return Offer(runs[:RUNS], found[:PAGE], len(found) > PAGE)


def _review(db: sqlite3.Connection, organisation_id: int, run: int | None, ids: list[str]) -> Review | None:
    """None: there is no such run that is published."""
    portal = portals.find(db, organisation_id)
    registration = portal is not None and portal.allow_registration
    if run is None:
        chosen = mailable.by_public_ids(db, organisation_id, ids)
        counts = Run(len(chosen), sum(one.had for one in chosen), sum(bool(fault(one)) for one in chosen))
        return Review(None, counts, chosen, chosen[0] if chosen else None, registration)
    batch = batches.by_id(db, organisation_id, run)
    if batch is None or not _is_run(batch):
        return None
    sample = mailable.first_of_run(db, organisation_id, run)
    return Review(batch, mailable.run(db, organisation_id, run), [], sample, registration)


def _is_run(batch: Batch) -> bool:
    return batch.kind == "invoices" and batch.state == "published"
