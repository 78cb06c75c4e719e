"""Calls of a month: a chart by day, sums, the dearest lines and destinations, and every call."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from portal import charts, formats, months, pages
from portal.calls import narrowing
from portal.calls.narrowing import Narrowing
from portal.charts import Chart, Point
from portal.services import services
from portal.visit import Visit
from store import call_sums, calls
from store.call_filter import Type
from store.call_sums import GroupSum, QuarterSum, Sum
from store.calls import Call
from store.money import MILLIONTHS

PAGE = 30
TOP = 10
TYPES = (
    ("", "All types"),
    ("voice", "Voice"),
    ("sms", "Texts"),
    ("mms", "Picture messages"),
    ("data", "Data"),
)
TYPE_WORDS = {Type.VOICE: "Voice", Type.SMS: "Text", Type.MMS: "Picture message", Type.DATA: "Data"}


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the calls of a month and what stands above it."""

    months: list[date]
    month: date
    lines: list[str]
    sums: list[Sum]
    quarters: list[QuarterSum]
    by_line: list[GroupSum]
    by_destination: list[GroupSum]
    calls: list[Call]
    has_more: bool


async def index(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /calls"""
    chosen = narrowing.parse(request.query)
    listing = await services(request).store.read(_listing, visit, chosen)
    if listing is None:
        return pages.render(request, "calls/none.html", visit=visit)
    return pages.render(
        request,
        "calls/index.html",
        visit=visit,
        listing=listing,
        chosen=chosen,
        months=[(months.text(month), formats.month(month)) for month in listing.months],
        month=months.text(listing.month),
        lines=[("", "All lines"), *((line, line) for line in listing.lines)],
        types=TYPES,
        type_words=TYPE_WORDS,
        chart=_chart(listing, visit.zone) if len(listing.sums) == 1 else None,
        first_url=chosen.first_url if chosen.after else None,
        older_url=chosen.older_url(listing.calls) if listing.has_more else None,
    )


def _listing(db: sqlite3.Connection, visit: Visit, chosen: Narrowing) -> Listing | None:
    key = visit.organisation_id, visit.account_id
    span = calls.span(db, *key)
    if span is None:
        return None
    first, last = (months.of(instant, visit.zone) for instant in span)
    month = min(max(chosen.month or last, first), last)
    wanted = chosen.filter(month, visit.zone)
    quarters = call_sums.by_quarter(db, *key, wanted)
    found = calls.page(db, *key, wanted, chosen.after, PAGE + 1)
    by_line = call_sums.by_line(db, *key, wanted)
    return Listing(
        months=_months_between(first, last),
        month=month,
        lines=sorted({group.name for group in by_line} | ({chosen.cli} if chosen.cli else set())),
        sums=_sums(quarters),
        quarters=quarters,
        by_line=by_line[:TOP],
        by_destination=call_sums.by_destination(db, *key, wanted)[:TOP],
        calls=found[:PAGE],
        has_more=len(found) > PAGE,
    )


def _months_between(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month
    return [months.earlier(last, back) for back in range(count + 1)]


def _sums(quarters: list[QuarterSum]) -> list[Sum]:
    found: dict[str, Sum] = {}
    for quarter in quarters:
        one, sofar = quarter.sum, found.get(quarter.sum.currency, Sum(0, 0, 0, quarter.sum.currency))
        found[one.currency] = Sum(
            sofar.calls + one.calls, sofar.seconds + one.seconds, sofar.price + one.price, one.currency
        )
    return list(found.values())


def _chart(listing: Listing, zone: ZoneInfo) -> Chart:
    """Charges by local day; the number of calls where nothing was charged."""
    currency, by_price = listing.sums[0].currency, listing.sums[0].price > 0
    prices: defaultdict[date, int] = defaultdict(int)
    counts: defaultdict[date, int] = defaultdict(int)
    for quarter in listing.quarters:
        day = quarter.began_at.astimezone(zone).date()
        prices[day] += quarter.sum.price
        counts[day] += quarter.sum.calls
    days = (months.earlier(listing.month, -1) - listing.month).days
    points = [
        _point(day, prices[day] if by_price else counts[day], counts[day], prices[day], currency)
        for day in (listing.month + timedelta(number) for number in range(days))
    ]
    if not by_price:
        return charts.bars(points, lambda count: f"{count:,}")
    return charts.bars(points, lambda millionths: _round_price(millionths, currency), MILLIONTHS // 10)


def _point(day: date, value: int, count: int, price: int, currency: str) -> Point:
    return Point(
        name=formats.short_date(day),
        label=str(day.day),
        value=value,
        text=f"{count:,} call{'' if count == 1 else 's'}, {formats.charge(price, currency)}",
        odd=day.day % 7 != 1,
    )


def _round_price(millionths: int, currency: str) -> str:
    return formats.charge(millionths, currency).removesuffix(".00")
