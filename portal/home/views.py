"""The first page: what is due, the last invoice, twelve months, the calls of the last month."""

import sqlite3
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from portal import charts, formats, months, pages
from portal.charts import Chart, Point
from portal.invoices.badges import badge
from portal.services import services
from portal.visit import Visit
from store import call_sums, calls, invoice_totals, invoices
from store.call_filter import Filter as CallFilter
from store.call_sums import Sum
from store.invoice_totals import MonthTotal, Total
from store.invoices import Filter, Invoice
from store.money import Money, exponent

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page shows."""

    totals: list[Total]
    last: Invoice | None
    only: Invoice | None
    """The one invoice that is due, when there is just one."""
    invoiced: list[MonthTotal]
    currency: str
    calls_month: date | None
    calls: list[Sum]


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /"""
    overview = await services(request).store.read(_overview, visit)
    return pages.render(
        request,
        "home/home.html",
        visit=visit,
        overview=overview,
        badge=badge(overview.last, visit.today) if overview.last else None,
        chart=_chart(overview, visit.today) if overview.invoiced else None,
    )


def _overview(db: sqlite3.Connection, visit: Visit) -> Overview:
    key = visit.organisation_id, visit.account_id
    totals = invoice_totals.totals(db, *key, visit.today)
    newest = invoices.page(db, *key, Filter(), today=visit.today, after=None, limit=1)
    due = invoices.page(db, *key, Filter(show=invoices.Show.DUE), today=visit.today, after=None, limit=2)
    currency = newest[0].gross.currency if newest else visit.portal.currency
    first = months.earlier(visit.today, MONTHS - 1)
    span = calls.span(db, *key)
    calls_month = months.of(span[1], visit.zone) if span else None
    summed = (
        call_sums.of_filter(db, *key, CallFilter(*months.bounds(calls_month, visit.zone)))
        if calls_month
        else []
    )
    return Overview(
        totals=totals,
        last=newest[0] if newest else None,
        only=due[0] if len(due) == 1 else None,
        invoiced=invoice_totals.by_month(db, *key, first, currency),
        currency=currency,
        calls_month=calls_month,
        calls=summed,
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
        label=f"{month:%b}",
        value=gross.minor,
        text=formats.amount(gross),
        odd=number % 2 == 0,
    )
