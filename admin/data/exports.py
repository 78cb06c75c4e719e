"""Exports: asking for everything as one file, and downloading it."""

import sqlite3
from typing import NoReturn

from aiohttp import web

from admin.data.views import data_url
from admin.deeds import deed
from admin.keys import CLOCK, STORE
from admin.rights import organisation_of
from store import audit, exports
from store.audit import Entry
from store.exports import UnderWay


async def ask(request: web.Request) -> NoReturn:
    """POST .../data/exports"""
    organisation = organisation_of(request)
    entry = deed(request, organisation, "export.asked", organisation.slug)
    asked = await request.app[STORE].write(_ask, organisation.id, entry)
    raise web.HTTPSeeOther(
        data_url(organisation) + ("?under-way=1" if isinstance(asked, UnderWay) else "") + "#exports"
    )


async def download(request: web.Request) -> web.StreamResponse:
    """GET .../data/exports/{export_id}: the file, while it is kept."""
    organisation, store, now = organisation_of(request), request.app[STORE], request.app[CLOCK]()
    found = await store.read(exports.find, organisation.id, int(request.match_info["export_id"]))
    if found is None or found.state != "done" or now >= found.kept_until:
        raise web.HTTPNotFound
    path = exports.folder(store.path) / found.file_name
    if not path.exists():
        raise web.HTTPNotFound
    entry = deed(request, organisation, "export.downloaded", organisation.slug, export=str(found.id))
    await store.write(audit.record, entry)
    name = f"{organisation.slug}-{found.created_at:%Y-%m-%d}.zip"
    headers = {
        "Content-Type": "application/zip",
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return web.FileResponse(path, headers=headers)


def _ask(db: sqlite3.Connection, organisation_id: int, entry: Entry) -> int | UnderWay:
    asked = exports.ask(db, organisation_id, entry.actor, entry.at)
    if not isinstance(asked, UnderWay):
        audit.record(db, entry)
    return asked
