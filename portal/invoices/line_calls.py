"""The calls behind a line of an invoice, and whether they come to what the line says."""

import sqlite3
from dataclasses import dataclass

from aiohttp import web

from portal import pages
from portal.calls import places
from portal.calls.views import TYPE_WORDS
from portal.services import services
from portal.visit import Visit
from store import call_sums, calls, invoice_lines, invoices
from store.call_sums import Sum
from store.calls import Call, Cursor
from store.invoice_lines import Line
from store.invoices import Invoice
from store.money import Money, round_millionths

PAGE = 30


@dataclass(frozen=True, slots=True)
class LineCalls:
    """A line with one page of its calls; `difference` is what the calls come to beyond the line's net."""

    invoice: Invoice
    line: Line
    calls: list[Call]
    has_more: bool
    sums: list[Sum]

    @property
    def difference(self) -> Money:
        """Nil when the calls are all of one currency and come to the line's net."""
        total = sum(one.price for one in self.sums if one.currency == self.line.net.currency)
        return round_millionths(total, self.line.net.currency) - self.line.net


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /invoices/{public_id}/lines/{position}/calls"""
    after = places.parse(request.query.get("after", ""))
    public_id, position = request.match_info["public_id"], int(request.match_info["position"])
    found = await services(request).store.read(_line_calls, visit, public_id, position, after)
    if found is None:
        raise web.HTTPNotFound
    path = f"/invoices/{public_id}/lines/{position}/calls"
    return pages.render(
        request,
        "invoices/line_calls.html",
        visit=visit,
        found=found,
        type_words=TYPE_WORDS,
        first_url=path if after else None,
        older_url=places.older_url(path, found.calls) if found.has_more else None,
    )


def _line_calls(
    db: sqlite3.Connection, visit: Visit, public_id: str, position: int, after: Cursor | None
) -> LineCalls | None:
    key = visit.organisation_id, visit.account_id
    invoice = invoices.find(db, *key, public_id)
    if invoice is None:
        return None
    line = invoice_lines.find(db, *key, invoice.invoice_id, position, invoice.net.currency)
    if line is None:
        return None
    behind = invoice.invoice_id, position
    found = calls.of_line(db, *key, behind, after, PAGE + 1)
    return LineCalls(invoice, line, found[:PAGE], len(found) > PAGE, call_sums.of_line(db, *key, behind))
