"""Calls as CSV: those of the filters, or all that are kept; read by key, a page at a time, however many they are."""

import sqlite3
from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from aiohttp import web

from portal import months
from portal.calls import narrowing
from portal.calls.views import TYPE_WORDS, is_itemised, months_of, within
from portal.csv_stream import Pages, csv_response
from portal.security import proof
from portal.services import services
from portal.visit import Visit
from portal.words import N_, _
from store import audit, calls, number_names
from store.audit import Entry
from store.call_filter import Filter
from store.calls import Call, Cursor
from store.money import decimal_text

ALL = "all"
"""What an address asks for instead of a month, to have every call that is kept."""
ROWS = 500


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /calls.csv: call data leave, so it is written down; for all of them the reader says who they are again."""
    known = await months_of(request, visit)
    if not await is_itemised(request, visit):
        raise web.HTTPNotFound
    chosen, everything = narrowing.parse(request.query), request.query.get("month") == ALL
    if everything and visit.viewer is None:
        proof.require(visit.session, visit.now, f"/calls.csv?month={ALL}")
    known = known or [visit.today.replace(day=1)]
    month = within(known, chosen.month)
    wanted = chosen.filter(month, visit.zone, lists_free=visit.portal.list_free_calls)
    if everything:
        wanted = _all(known, visit)
    name = "calls.csv" if everything else f"calls-{months.text(month)}.csv"
    await services(request).store.write(_written_down, visit, name, request.remote or "")
    return await csv_response(
        request, name, [_(title) for title, _cell in _COLUMNS], _rows(request, visit, wanted)
    )


def _all(known: list[date], visit: Visit) -> Filter:
    first, last = months.bounds(known[0], visit.zone)[0], months.bounds(known[-1], visit.zone)[1]
    return Filter(first, last, lists_free=visit.portal.list_free_calls)


async def _rows(request: web.Request, visit: Visit, wanted: Filter) -> Pages:
    store, key, after = services(request).store, (visit.organisation_id, visit.account_id), None
    names = {named.number: named.name for named in await store.read(number_names.of_account, *key)}
    while True:
        found: list[Call] = await store.read(calls.page, *key, wanted, after, ROWS)
        if found:
            yield [[cell(call, visit.zone, names) for _title, cell in _COLUMNS] for call in found]
        if len(found) < ROWS:
            return
        last = found[-1]
        after = Cursor(int(last.started_at.timestamp()), last.external_hash)


def _written_down(db: sqlite3.Connection, visit: Visit, name: str, address: str) -> None:
    actor = f"staff:{visit.viewer.staff_id}" if visit.viewer else f"user:{visit.user.id}"
    reference = visit.account.reference
    entry = Entry(
        visit.organisation_id, actor, "calls.downloaded", reference, {"file": name}, address, visit.now
    )
    audit.record(db, entry)


Cell = Callable[[Call, ZoneInfo, dict[str, str]], str]
_COLUMNS: tuple[tuple[str, Cell], ...] = (
    (N_("Date and time"), lambda call, zone, names: call.started_at.astimezone(zone).isoformat(sep=" ")),
    (N_("From"), lambda call, zone, names: call.cli),
    (N_("Name of the line"), lambda call, zone, names: names.get(call.cli, "")),
    (N_("To"), lambda call, zone, names: call.number),
    (N_("Name of the number"), lambda call, zone, names: names.get(call.number, "")),
    (N_("Destination"), lambda call, zone, names: call.destination),
    (N_("Direction"), lambda call, zone, names: _("Outgoing") if call.outbound else _("Incoming")),
    (N_("Type"), lambda call, zone, names: _(TYPE_WORDS[call.type])),
    (N_("Seconds"), lambda call, zone, names: str(call.duration_seconds)),
    (N_("Bytes"), lambda call, zone, names: str(call.data_bytes)),
    (N_("Charge before VAT"), lambda call, zone, names: decimal_text(call.price, 6)),
    (N_("Access charge"), lambda call, zone, names: decimal_text(call.access_charge, 6)),
    (N_("Service charge"), lambda call, zone, names: decimal_text(call.service_charge, 6)),
    (N_("Currency"), lambda call, zone, names: call.currency),
    (N_("In bundle"), lambda call, zone, names: _("yes") if call.in_bundle else _("no")),
    (N_("Cost centre"), lambda call, zone, names: call.cost_centre),
    (N_("Invoice"), lambda call, zone, names: call.invoice_number or _("not yet invoiced")),
)
