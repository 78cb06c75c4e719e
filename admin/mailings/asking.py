"""Asking for a mailing: the deed of the visitor, written with the mailing itself."""

import sqlite3
from collections.abc import Sequence

from aiohttp import web

from admin.deeds import deed
from admin.keys import CLOCK, STORE
from admin.rights import organisation_of
from portal.invoices.recipients import recipients
from store import audit, mailable, mailing_items, mailing_results, mailings
from store.audit import Entry
from store.mailable import Invoice
from store.mailing_items import New, Purpose
from store.mailings import Asked, Kind

MOST_AGAIN = 200
"""So many of those who did not get theirs are mailed at a time."""


async def ask_run(request: web.Request, batch_id: int, again: bool) -> int:
    """A mailing of a billing run; its id."""
    return await _ask(request, batch_id, [], again)


async def ask_chosen(request: web.Request, chosen: Sequence[Invoice], again: bool) -> int:
    """A mailing of chosen invoices; its id."""
    return await _ask(request, None, chosen, again)


async def ask_again(request: web.Request, mailing_id: int) -> int | None:
    """A mailing to those of another who did not get theirs; None: there are none."""
    found = await request.app[STORE].read(_missed, organisation_of(request).id, mailing_id)
    return await _ask(request, None, found, again=False, each=True) if found else None


async def _ask(
    request: web.Request,
    batch_id: int | None,
    chosen: Sequence[Invoice],
    again: bool,
    *,
    each: bool = False,
) -> int:
    organisation = organisation_of(request)
    what = f"batch:{batch_id}" if batch_id else f"invoices:{len(chosen)}"
    entry = deed(request, organisation, "mailing.asked", what, again=str(again).lower())
    asked = Asked(
        kind=Kind.INVOICES,
        made_by=entry.actor,
        starts_at=request.app[CLOCK](),
        batch_id=batch_id,
        again=again,
    )
    new = [one for invoice in chosen for one in _mails(invoice)]
    return await request.app[STORE].write(_create, organisation.id, asked, new, entry, each=each)


def _mails(invoice: Invoice) -> list[New]:
    return [
        New(invoice.account_id, Purpose.NEW_INVOICE, invoice.invoice_id, one.address, one.reason)
        for one in recipients(invoice.email)
    ]


def _create(
    db: sqlite3.Connection,
    organisation_id: int,
    asked: Asked,
    new: Sequence[New],
    entry: Entry,
    *,
    each: bool,
) -> int:
    mailing_id = mailings.create(db, organisation_id, asked, entry.at)
    assert mailing_id is not None  # only what goes by itself can have been made before
    mailing_items.add(db, organisation_id, mailing_id, new, again=asked.again, each=each)
    audit.record(db, entry)
    return mailing_id


def _missed(db: sqlite3.Connection, organisation_id: int, mailing_id: int) -> list[Invoice]:
    missed = mailing_results.to_mail_again(db, organisation_id, mailing_id, 0, MOST_AGAIN)
    found = (mailable.by_id(db, organisation_id, invoice_id) for _, invoice_id in missed)
    return [invoice for invoice in found if invoice]
