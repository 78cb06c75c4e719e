"""A bill held against the one before: the sentence, the picture, and every number with the rows behind it."""

import sqlite3
from typing import Any

from aiohttp import web

from portal import pages
from portal.bill import reasons, waterfall
from portal.bill.beside import add_up_later
from portal.bill.comparing import Alone, Calls, Comparison, compare
from portal.bill.reasons import NAMES, signed
from portal.bill.rows import Tables
from portal.bill.waterfall import Step, Waterfall
from portal.formats import amount, short_date
from portal.invoices import elsewhere
from portal.pages import off_sections
from portal.services import services
from portal.visit import Visit
from portal.words import _
from store.bill import views
from store.bill.line_sums import NotYet
from store.invoices import Invoice
from store.money import Money
from store.users import Membership

_LONGEST_ID = 100


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /invoices/{public_id}/explained"""
    with_id = request.query.get("with", "")[:_LONGEST_ID]
    public_id = request.match_info["public_id"]
    found = await services(request).store.read(_read, visit, public_id, with_id)
    if found is None:
        raise web.HTTPNotFound
    if isinstance(found, Membership):
        here = f"/invoices/{public_id}/explained"
        return pages.render(request, "invoices/elsewhere.html", visit=visit, account=found, here=here)
    if isinstance(found, Alone):
        return pages.render(request, "bill/alone.html", visit=visit, invoice=found.invoice, alone=found)
    for invoice in found.waiting:
        add_up_later(request, visit, invoice, found.calls)
    return pages.render(request, "bill/explained.html", visit=visit, **_context(visit, found))


def _read(
    db: sqlite3.Connection, visit: Visit, public_id: str, with_id: str
) -> Comparison | Alone | Membership | None:
    return compare(db, visit, public_id, with_id) or elsewhere.membership_of(db, visit, public_id)


def _context(visit: Visit, found: Comparison) -> dict[str, Any]:
    tables = Tables(found, with_calls="calls" not in off_sections(visit.portal))
    calls, difference = found.calls, found.difference
    return {
        "invoice": found.invoice,
        "before": found.before,
        "before_name": reasons.name(found.before),
        "after_name": reasons.name(found.invoice),
        "headline": reasons.headline(difference, found.before),
        "others": [(each.public_id, _offer(each)) for each in found.others],
        "picture": _picture(found) if any(difference.causes.values()) else None,
        "causes": tables.causes(),
        "by_category": tables.by(views.by_category(difference), _("Without a category")),
        "by_number": tables.by(views.by_number(difference), _("Not for one number"), "number"),
        "by_destination": tables.by_destination(calls) if isinstance(calls, Calls) else None,
        "waiting": isinstance(calls, NotYet),
        "tax": tables.tax(),
        "total": tables.total(),
        "change": signed(difference.change, tables.currency),
    }


def _picture(found: Comparison) -> Waterfall:
    currency = found.invoice.gross.currency
    steps = [
        Step(_(NAMES[cause]), minor, signed(minor, currency))
        for cause, minor in found.difference.causes.items()
        if minor
    ]
    change = found.difference.change
    return waterfall.waterfall(steps, Step(_("In all"), change, signed(change, currency)))


def _offer(invoice: Invoice) -> str:
    """`October 2026, INV-1, £48.20`"""
    when = reasons.month_of(invoice) or short_date(invoice.issued_on)
    return _(
        "%(when)s, %(number)s, %(amount)s",
        when=when,
        number=invoice.number,
        amount=amount(Money(invoice.gross.minor, invoice.gross.currency)),
    )
