"""One invoice or credit note as a letter."""

import sqlite3
from dataclasses import dataclass

from aiohttp import web

from portal import pages, slices
from portal.bill.beside import Beside, add_up_later, beside
from portal.invoices import elsewhere, letter
from portal.invoices.badges import badge, payment_badge
from portal.invoices.vat_words import vat_name
from portal.links import link
from portal.payments.paying import Paying, paying_for
from portal.services import services
from portal.slices import Slice
from portal.viewing import sighting
from portal.visit import Visit
from portal.words import _
from store import accounts, invoice_lines, invoices, payments
from store.accounts import Account
from store.invoice_lines import Line, Vat
from store.invoices import Invoice
from store.payments import Received
from store.users import Membership


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
    beside: Beside


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /invoices/{public_id}"""
    public_id = request.match_info["public_id"]
    found = await services(request).store.read(_read, visit, public_id)
    if found is None:
        raise web.HTTPNotFound
    if isinstance(found, Membership):
        return pages.render(
            request, "invoices/elsewhere.html", visit=visit, account=found, here=f"/invoices/{public_id}"
        )
    await sighting.note(request, visit, found.invoice.invoice_id)
    add_up_later(request, visit, found.invoice, found.beside.reconciliation)
    by = letter.grouping(request.query.get("by", ""))
    groups = letter.groups(found.lines, by)
    part = _part(request, groups, "" if by is letter.By.CATEGORY else by.value)
    return pages.render(
        request,
        "invoices/show.html",
        visit=visit,
        letter=found,
        invoice=found.invoice,
        by=by.value,
        groupings=[(each.value, _(word)) for each, word in letter.GROUPINGS],
        groups=letter.part(groups, part.start, part.end),
        part=part,
        badge=badge(found.invoice, visit.today),
        payment_badge=payment_badge,
        vat_name=vat_name,
        paying=found.paying,
        said=found.beside.said,
        here=f"/invoices/{public_id}",
    )


def _part(request: web.Request, groups: list[letter.Group], by: str) -> Slice:
    """Which of the lines are shown: the part that is asked for, or that with a line that is asked for."""
    lines = [line for group in groups for line in group.lines]
    asked = request.query.get("part", "") or slices.holding(
        lines, lambda line: str(line.position) == request.query.get("line", ""), letter.LINES
    )
    return slices.cut(len(lines), letter.LINES, asked, lambda number: link(request.path, by=by, part=number))


def _read(db: sqlite3.Connection, visit: Visit, public_id: str) -> Letter | Membership | None:
    return _letter(db, visit, public_id) or elsewhere.membership_of(db, visit, public_id)


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
        beside=beside(db, visit, invoice),
    )
