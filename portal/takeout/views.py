"""Download your data: a page that says what is in it, and the file."""

import sqlite3
from datetime import timedelta

from aiohttp import web

from portal import pages
from portal.security import proof
from portal.services import services
from portal.takeout.sheets import Source, sheets, titles
from portal.visit import Visit
from portal.zip_stream import packed
from store import audit, itemisation
from store.audit import Entry, Wanted

PATH = "/takeout"
A_DAY = 3
"""Downloads of an account in 24 hours, whoever asks: each reads all there is of it."""
ACTION = "account.taken_out"


async def show(request: web.Request, visit: Visit) -> web.StreamResponse:
    """GET /takeout"""
    _check_may_take(visit)
    proof.require(visit.session, visit.now, PATH)
    left = A_DAY - await services(request).store.read(_taken_today, visit)
    return _page(request, visit, await _source(request, visit), left)


async def send(request: web.Request, visit: Visit) -> web.StreamResponse:
    """POST /takeout: the file, sent as it is packed."""
    _check_may_take(visit)
    proof.require(visit.session, visit.now, PATH)
    source = await _source(request, visit)
    if not await services(request).store.write(_take, visit, request.remote or ""):
        return _page(request, visit, source, 0, status=429)
    name = f"your-data-{visit.today.isoformat()}.zip"
    response = web.StreamResponse(
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        }
    )
    response.content_type = "application/zip"
    await response.prepare(request)
    async for some in packed(sheets(source), visit.now.astimezone(visit.zone)):
        await response.write(some)
    await response.write_eof()
    return response


def _page(
    request: web.Request, visit: Visit, source: Source, left: int, *, status: int = 200
) -> web.Response:
    return pages.render(
        request,
        "takeout/takeout.html",
        status=status,
        visit=visit,
        titles=titles(source),
        left=max(left, 0),
        most=A_DAY,
    )


def _check_may_take(visit: Visit) -> None:
    """Somebody of the customer's who may change the account; staff who look are refused by `user`."""
    if not visit.user or not visit.may_edit:
        raise web.HTTPForbidden


async def _source(request: web.Request, visit: Visit) -> Source:
    store = services(request).store
    is_itemised = await store.read(itemisation.is_itemised, visit.organisation_id, visit.account_id)
    return Source(store, visit, pages.off_sections(visit.portal), is_itemised)


def _take(db: sqlite3.Connection, visit: Visit, address: str) -> bool:
    """Write down that the data leave; False: it was enough for today."""
    if _taken_today(db, visit) >= A_DAY:
        return False
    actor, subject = f"user:{visit.user.id}", _subject(visit)
    audit.record(db, Entry(visit.organisation_id, actor, ACTION, subject, {}, address, visit.now))
    return True


def _taken_today(db: sqlite3.Connection, visit: Visit) -> int:
    wanted = Wanted(action=ACTION, object=_subject(visit), since=visit.now - timedelta(days=1))
    return len(audit.page(db, visit.organisation_id, wanted, None, A_DAY))


def _subject(visit: Visit) -> str:
    return f"account:{visit.account.reference}"
