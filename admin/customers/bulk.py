"""Deeds on many: a page that counts and names what it would come to, then one that follows it to the end."""

import csv
import sqlite3
from dataclasses import dataclass
from io import StringIO
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.customers import narrowing, places, words
from admin.customers.narrowing import Narrowing, number
from admin.customers.preview import CHUNK, preview
from admin.deeds import deed
from admin.keys import STORE
from admin.pages import page
from admin.rights import organisation_of
from portal.forms import fields
from portal.links import link
from store import audit, bulk_deeds, bulk_rows, origins
from store.audit import Entry
from store.bulk_deeds import Deed, Selection, State
from store.bulk_rows import Progress, Row
from store.candidates import Kind
from store.sheets import harmless

PAGE = 100
RECENT = 50
MOST_TICKED = 500


@dataclass(frozen=True, slots=True)
class _Asked:
    """A deed as a form asks for it."""

    kind: Kind
    selection: Selection
    chosen: Narrowing


async def confirm(request: web.Request) -> web.Response:
    """POST .../customers: what the deed would come to; nothing is done yet."""
    organisation, asked = organisation_of(request), await _asked(request)
    url = places.list_url(organisation)
    if asked.selection.accounts == ():
        raise web.HTTPSeeOther(link(url, **asked.chosen.values, none=1))
    return page(
        request,
        "customers/confirm.html",
        organisation=organisation,
        kind=asked.kind,
        selection=asked.selection,
        preview=await preview(request.app[STORE], organisation.id, asked.kind, asked.selection),
        has_name=await request.app[STORE].read(origins.canonical_hostname, organisation.id) is not None,
        customer_url=lambda reference: places.customer_url(organisation, reference),
        back_url=asked.chosen.url(url),
        deeds_url=places.deeds_url(organisation),
        words=words,
    )


async def begin(request: web.Request) -> web.Response:
    """POST .../customers/-/deeds: write it down; a job does it."""
    organisation, asked = organisation_of(request), await _asked(request)
    if asked.selection.accounts == ():
        raise web.HTTPBadRequest
    selection = asked.selection
    number_of = "all that match" if selection.accounts is None else str(len(selection.accounts))
    action = f"customers.bulk_{asked.kind.value}"
    entry = deed(request, organisation, action, organisation.slug, customers=number_of)
    deed_id = await request.app[STORE].write(_begin, organisation.id, asked, entry)
    raise web.HTTPSeeOther(f"{places.deeds_url(organisation)}/{deed_id}")


async def recent(request: web.Request) -> web.Response:
    """GET .../customers/-/deeds: the last ones."""
    organisation = organisation_of(request)
    return page(
        request,
        "customers/deeds.html",
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        deeds=await request.app[STORE].read(_recent, organisation.id),
        url=places.deeds_url(organisation),
        list_url=places.list_url(organisation),
        words=words,
    )


async def show(request: web.Request) -> web.Response:
    """GET .../customers/-/deeds/{deed}: how far it is, and what came of each."""
    organisation, found, store = organisation_of(request), await _found(request), request.app[STORE]
    after = number(request.query.get("after", "")) or 0
    rows = await store.read(bulk_rows.rows, organisation.id, found.id, after, PAGE + 1)
    progress = await store.read(bulk_rows.progress, organisation.id, found.id)
    url = f"{places.deeds_url(organisation)}/{found.id}"
    return page(
        request,
        "customers/deed.html",
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        deed=found,
        rows=rows[:PAGE],
        progress=progress,
        place=_place(found, progress),
        url=url,
        customer_url=lambda reference: places.customer_url(organisation, reference),
        list_url=places.list_url(organisation),
        deeds_url=places.deeds_url(organisation),
        first_url=url if after else None,
        next_url=f"{url}?after={rows[PAGE - 1].position}" if len(rows) > PAGE else None,
        words=words,
    )


async def status(request: web.Request) -> web.Response:
    """GET .../customers/-/deeds/{deed}/status: where it stands, for the page's script."""
    found = await _found(request)
    progress = await request.app[STORE].read(bulk_rows.progress, found.organisation_id, found.id)
    step, phase, done, slow = _place(found, progress).split()
    return web.json_response({"step": step, "phase": phase, "done": done, "slow": slow == "True"})


async def download(request: web.Request) -> web.StreamResponse:
    """GET .../customers/-/deeds/{deed}/results.csv"""
    found, store = await _found(request), request.app[STORE]
    response = web.StreamResponse(
        headers={"Content-Disposition": f'attachment; filename="{found.kind.value}-{found.id}.csv"'}
    )
    response.content_type, response.charset = "text/csv", "utf-8"
    await response.prepare(request)
    await response.write(_line("reference", "name", "email", "result").encode())
    after = 0
    while rows := await store.read(bulk_rows.rows, found.organisation_id, found.id, after, CHUNK):
        await response.write("".join(map(_row, rows)).encode("utf-8", "replace"))
        after = rows[-1].position
    await response.write_eof()
    return response


async def _asked(request: web.Request) -> _Asked:
    """400 for what no form of ours says."""
    form = await fields(request)
    kind = str(form.get("kind", ""))
    if kind not in {one.value for one in Kind}:
        raise web.HTTPBadRequest
    texts = {name: str(form.get(name, "")) for name in ("search", "show", "sort")}
    chosen = narrowing.parse(texts)
    if form.get("who") == "all":
        return _Asked(Kind(kind), Selection(None, chosen.search), chosen)
    ticked = [found for text in form.getall("account", []) if (found := number(str(text))) is not None]
    return _Asked(
        Kind(kind), Selection(tuple(sorted(set(ticked))[:MOST_TICKED]), narrowing.parse({}).search), chosen
    )


async def _found(request: web.Request) -> Deed:
    deed_id = int(request.match_info["deed"])
    found = await request.app[STORE].read(bulk_deeds.find, organisation_of(request).id, deed_id)
    if found is None:
        raise web.HTTPNotFound
    return found


def _place(found: Deed, progress: Progress) -> str:
    return f"{found.state} {progress.rows} {progress.finished} {found.state is State.DONE}"


def _begin(db: sqlite3.Connection, organisation_id: int, asked: _Asked, entry: Entry) -> int:
    deed_id = bulk_deeds.begin(
        db,
        organisation_id,
        asked.kind,
        asked.selection,
        asked_by=entry.actor,
        address=entry.address,
        now=entry.at,
    )
    audit.record(db, entry)
    return deed_id


def _recent(db: sqlite3.Connection, organisation_id: int) -> list[tuple[Deed, Progress]]:
    found = bulk_deeds.recent(db, organisation_id, RECENT)
    return [(deed, bulk_rows.progress(db, organisation_id, deed.id)) for deed in found]


def _row(row: Row) -> str:
    word = words.OUTCOMES[row.outcome] if row.outcome else words.TO_DO
    return _line(row.reference, row.name, row.email, word[0])


def _line(*cells: str) -> str:
    text = StringIO()
    csv.writer(text).writerow(map(harmless, cells))
    return text.getvalue()
