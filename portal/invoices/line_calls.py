"""The calls behind a line of an invoice, and whether they come to what the line says."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web

from portal import pages
from portal.bill import reconciled
from portal.bill.beside import add_up_later
from portal.bill.reconciled import Said
from portal.calls import places
from portal.calls.views import TYPE_WORDS
from portal.services import services
from portal.visit import Visit
from store import calls, invoice_lines, invoices, itemisation, number_names
from store.bill import reconciliation
from store.bill.line_sums import NotYet
from store.bill.reconciliation import OfLine
from store.call_sums import Sum
from store.calls import Call, Cursor
from store.invoice_lines import Line
from store.invoices import Invoice

PAGE = 30


@dataclass(frozen=True, slots=True)
class LineCalls:
    """A line with one page of its calls, and what they come to."""

    invoice: Invoice
    line: Line
    calls: list[Call]
    has_more: bool
    behind: OfLine | NotYet
    """What is known of all its calls; `NotYet`: they are too many, and are being added up."""
    is_itemised: bool
    """Calls are listed; otherwise the customer asked for their sums alone."""
    names: dict[str, str]

    @property
    def gone(self) -> list[Sum]:
        """Past their retention: only what they came to is kept."""
        if isinstance(self.behind, NotYet):
            return []
        return [Sum(one.calls, one.seconds, one.price, one.currency) for one in self.behind.gone]

    @property
    def sums(self) -> list[Sum]:
        """Of all calls, by currency."""
        if isinstance(self.behind, NotYet):
            return []
        listed = [Sum(one.calls, one.seconds, one.price, one.currency) for one in self.behind.listed]
        currencies = dict.fromkeys(one.currency for one in (*listed, *self.gone))
        return [_together(currency, (*listed, *self.gone)) for currency in currencies]

    @property
    def said(self) -> Said | None:
        """Whether the calls add up to the line, in words; None: it charges no usage."""
        if isinstance(self.behind, NotYet):
            return reconciled.of_invoice(self.behind)
        return reconciled.of_line(self.behind.checked) if self.behind.checked else None


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /invoices/{public_id}/lines/{position}/calls"""
    after = places.parse(request.query.get("after", ""))
    public_id, position = request.match_info["public_id"], int(request.match_info["position"])
    found = await services(request).store.read(_line_calls, visit, public_id, position, after)
    if found is None:
        raise web.HTTPNotFound
    add_up_later(request, visit, found.invoice, found.behind)
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
    is_itemised = itemisation.is_itemised(db, *key)
    found = _listed(db, visit, behind, after) if is_itemised else []
    numbers = {number for call in found for number in (call.cli, call.number)}
    return LineCalls(
        invoice=invoice,
        line=line,
        calls=found[:PAGE],
        has_more=len(found) > PAGE,
        behind=reconciliation.of_line(db, *key, *behind),
        is_itemised=is_itemised,
        names=number_names.of_numbers(db, *key, numbers),
    )


def _listed(
    db: sqlite3.Connection, visit: Visit, behind: tuple[int, int], after: Cursor | None
) -> list[Call]:
    free = visit.portal.list_free_calls
    return calls.of_line(
        db, visit.organisation_id, visit.account_id, behind, after, PAGE + 1, lists_free=free
    )


def _together(currency: str, sums: Iterable[Sum]) -> Sum:
    same = [one for one in sums if one.currency == currency]
    return Sum(
        sum(one.calls for one in same),
        sum(one.seconds for one in same),
        sum(one.price for one in same),
        currency,
    )
