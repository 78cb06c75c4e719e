"""Calls of a month: a chart by day, sums, groups, and every call; the same as CSV."""

from dataclasses import replace
from datetime import date, timedelta

from aiohttp import web

from portal import charts, formats, months, pages, slices
from portal.calls import month as of_month
from portal.calls import narrowing
from portal.calls.month import Sum
from portal.calls.narrowing import Narrowing
from portal.calls.summing import summed
from portal.charts import Chart, Point
from portal.links import link
from portal.services import services
from portal.visit import Visit
from portal.words import N_, _, ngettext
from store import calls, itemisation, number_names
from store.call_filter import Type
from store.money import MILLIONTHS
from store.rollups import Tally

TYPES = (
    ("", N_("All types")),
    ("voice", N_("Voice")),
    ("sms", N_("Texts")),
    ("mms", N_("Picture messages")),
    ("data", N_("Data")),
)
TYPE_WORDS = {
    Type.VOICE: N_("Voice"),
    Type.SMS: N_("Text"),
    Type.MMS: N_("Picture message"),
    Type.DATA: N_("Data"),
}
_DIRECTIONS = (("", N_("Out and in")), ("outbound", N_("Outgoing")), ("inbound", N_("Incoming")))
_BUNDLE = (("", N_("In and out of bundle")), ("yes", N_("In bundle")), ("no", N_("Out of bundle")))
_INVOICED = (("", N_("Invoiced or not")), ("yes", N_("Invoiced")), ("no", N_("Not invoiced yet")))


async def index(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /calls"""
    chosen = narrowing.parse(request.query)
    known = await months_of(request, visit)
    if not known:
        return pages.render(request, "calls/none.html", visit=visit)
    month = within(known, chosen.month)
    itemised = await is_itemised(request, visit)
    if not itemised:
        chosen = Narrowing(month=chosen.month)
    generation = await summed(request, visit, month)
    found = await services(request).store.read(of_month.shown, visit, chosen, month, generation, itemised)
    one = found.sums[0] if found.sums and len(found.sums) == 1 and found.sums[0].days else None
    return pages.render(
        request,
        "calls/index.html",
        visit=visit,
        found=found,
        chosen=chosen,
        itemised=itemised,
        months=[(months.text(each), formats.month(each)) for each in reversed(known)],
        month=month,
        month_text=months.text(month),
        lines=[("", _("All lines")), *((line, line) for line in found.clis)],
        kinds=[("", _("All kinds of destination")), *((kind, kind) for kind in found.kinds)],
        types=[(value, _(word)) for value, word in TYPES],
        directions=[(value, _(word)) for value, word in _DIRECTIONS],
        bundle=[(value, _(word)) for value, word in _BUNDLE],
        invoiced=[(value, _(word)) for value, word in _INVOICED],
        type_words=TYPE_WORDS,
        chart=_chart(one, month, chosen) if one else None,
        first_url=chosen.first_url if chosen.after else None,
        older_url=chosen.older_url(found.calls) if found.has_more else None,
        csv_url=chosen.url("/calls.csv", month=months.text(month)),
    )


async def group(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /calls/by/{dimension}: all values of one, where the page of the month shows the dearest."""
    known, dimension = await months_of(request, visit), request.match_info["dimension"]
    itemised = await is_itemised(request, visit)
    if not known or not (itemised or dimension in of_month.OWN):
        raise web.HTTPNotFound
    month = within(known, months.parse(request.query.get("month", "")))
    generation = await summed(request, visit, month)
    found = await services(request).store.read(of_month.group, visit, month, generation, dimension)
    if found is None:
        raise web.HTTPNotFound
    part = slices.cut(
        len(found.rollups),
        of_month.PART,
        request.query.get("part", ""),
        lambda number: link(request.path, month=months.text(month), part=number),
    )
    shown = found.rollups[part.start : part.end]
    names = await services(request).store.read(
        number_names.of_numbers, visit.organisation_id, visit.account_id, [one.value for one in shown]
    )
    return pages.render(
        request,
        "calls/group.html",
        visit=visit,
        group=replace(found, rollups=shown),
        names=names,
        itemised=itemised,
        part=part,
        month=month,
        month_text=months.text(month),
        most=of_month.ALL,
    )


async def months_of(request: web.Request, visit: Visit) -> list[date]:
    """The months from the first call to the last, oldest first; empty: there are no calls."""
    span = await services(request).store.read(calls.span, visit.organisation_id, visit.account_id)
    if span is None:
        return []
    first, last = (months.of(instant, visit.zone) for instant in span)
    count = (last.year - first.year) * 12 + last.month - first.month
    return [months.earlier(last, back) for back in range(count, -1, -1)]


def within(known: list[date], asked: date | None) -> date:
    """The month that is asked for, as near as there is one; the last where none is asked for."""
    return min(max(asked or known[-1], known[0]), known[-1])


async def is_itemised(request: web.Request, visit: Visit) -> bool:
    """Whether this customer's calls are listed one by one."""
    return await services(request).store.read(
        itemisation.is_itemised, visit.organisation_id, visit.account_id
    )


def _chart(sums: Sum, month: date, chosen: Narrowing) -> Chart:
    """Charges by local day; the number of calls where nothing was charged."""
    by_price, currency = sums.tally.price > 0, sums.currency
    first, last = chosen.within(month)
    points = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        points.append(_point(day, sums.days.get(day.day, Tally()), by_price, currency))
    if not by_price:
        return charts.bars(points, lambda count: f"{count:,}")
    return charts.bars(points, lambda millionths: _round_price(millionths, currency), MILLIONTHS // 10)


def _point(day: date, tally: Tally, by_price: bool, currency: str) -> Point:
    words = ngettext(
        "%(num)d call, %(price)s",
        "%(num)d calls, %(price)s",
        tally.calls,
        price=formats.charge(tally.price, currency),
    )
    return Point(
        name=formats.short_date(day),
        label=str(day.day),
        value=tally.price if by_price else tally.calls,
        text=words,
        odd=day.day % 7 != 1,
    )


def _round_price(millionths: int, currency: str) -> str:
    return formats.charge(millionths, currency).removesuffix(".00")
