"""The calls behind a line of an invoice, and whether they come to what the line says."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web

from portal import pages
from portal.calls import places
from portal.calls.views import TYPE_WORDS
from portal.services import services
from portal.visit import Visit
from store import call_history, call_sums, calls, invoice_lines, invoices
from store.call_sums import Sum
from store.calls import Call, Cursor
from store.invoice_lines import Line
from store.invoices import Invoice
from store.money import Money, round_millionths

PAGE = 30


@dataclass(frozen=True, slots=True)
class LineCalls:
    """A line with one page of its calls, and the sums of those that are listed and of those that are gone."""

    invoice: Invoice
    line: Line
    calls: list[Call]
    has_more: bool
    listed: list[Sum]
    gone: list[Sum]
    """Past their retention: only what they came to is kept."""

    @property
    def sums(self) -> list[Sum]:
        """Of all calls, by currency."""
        currencies = dict.fromkeys(one.currency for one in (*self.listed, *self.gone))
        return [_together(currency, (*self.listed, *self.gone)) for currency in currencies]

    @property
    def difference(self) -> Money:
        """What the calls come to beyond the line's net; nil when they are all of its currency and come to it."""
        total = _together(self.line.net.currency, (*self.listed, *self.gone)).price
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
    sums = call_sums.of_line(db, *key, behind), call_history.of_line(db, *key, behind)
    return LineCalls(invoice, line, found[:PAGE], len(found) > PAGE, *sums)


def _together(currency: str, sums: Iterable[Sum]) -> Sum:
    same = [one for one in sums if one.currency == currency]
    return Sum(
        sum(one.calls for one in same),
        sum(one.seconds for one in same),
        sum(one.price for one in same),
        currency,
    )
