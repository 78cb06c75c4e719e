"""The first page: what is due and how it is paid, the last invoice, twelve months, the calls of the last month."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from portal import charts, formats, months, pages
from portal.bill import notable
from portal.bill.notable import Notable
from portal.calls.summing import summed
from portal.charts import Chart, Point
from portal.home import dues
from portal.home.dues import Dues
from portal.invoices.badges import badge
from portal.payments import mandate_words
from portal.services import services
from portal.visit import Visit
from store import calls, invoice_totals, invoices, payment_uses, rollups
from store.invoice_totals import MonthTotal
from store.invoices import Filter, Invoice
from store.money import Money, exponent

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page shows."""

    dues: Dues
    credit: list[Money]
    """What open credit notes have left to give, by currency."""
    unused: list[Money]
    """What was paid and is not put to an invoice, by currency."""
    last: Invoice | None
    notable: Notable | None
    """How the last invoice differs from the one before, where that is worth a word."""
    invoiced: list[MonthTotal]
    currency: str
    calls_month: date | None


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /"""
    store = services(request).store
    overview = await store.read(_overview, visit)
    calls_of_month = []
    if month := overview.calls_month:
        stands = await summed(request, visit, month)
        calls_of_month = await store.read(
            rollups.find, visit.organisation_id, visit.account_id, month, (stands, "", "")
        )
    return pages.render(
        request,
        "home/home.html",
        visit=visit,
        overview=overview,
        calls=calls_of_month,
        badge=badge(overview.last, visit.today) if overview.last else None,
        scheme=mandate_words.scheme,
        chart=_chart(overview, visit.today) if overview.invoiced else None,
    )


def _overview(db: sqlite3.Connection, visit: Visit) -> Overview:
    key = visit.organisation_id, visit.account_id
    totals = invoice_totals.totals(db, *key, visit.today)
    newest = invoices.page(db, *key, Filter(), today=visit.today, after=None, limit=1)
    currency = newest[0].gross.currency if newest else visit.portal.currency
    first = months.earlier(visit.today, MONTHS - 1)
    span = calls.span(db, *key)
    return Overview(
        dues=dues.load(db, visit),
        credit=[total.credit for total in totals if total.credit.minor],
        unused=payment_uses.unused(db, *key),
        last=newest[0] if newest else None,
        notable=notable.of_last(db, visit, newest[0] if newest else None),
        invoiced=invoice_totals.by_month(db, *key, first, currency),
        currency=currency,
        calls_month=months.of(span[1], visit.zone) if span else None,
    )


def _chart(overview: Overview, today: date) -> Chart:
    by_month = {total.month: total.gross for total in overview.invoiced}
    nothing = Money(0, overview.currency)
    shown = [months.earlier(today, back) for back in range(MONTHS - 1, -1, -1)]
    points = [_point(month, by_month.get(month, nothing), number) for number, month in enumerate(shown)]
    unit = 10 ** exponent(overview.currency)
    return charts.bars(points, lambda minor: formats.whole_amount(Money(minor, overview.currency)), unit)


def _point(month: date, gross: Money, number: int) -> Point:
    return Point(
        name=formats.month(month),
        label=formats.month_name(month),
        value=gross.minor,
        text=formats.amount(gross),
        odd=number % 2 == 0,
    )
