"""Inbox: what the demo's mail server would deliver: the outbox as its recipients would read it, links to click.

No relay is set in the demo, so every message waits where it was queued; nothing leaves this machine.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import aiohttp_jinja2
from aiohttp import web

from store import deliveries, outbox, outbox_lists
from store.database import connect_reader
from store.outbox import Queued
from store.outbox_lists import Filter, Line

T = TypeVar("T")
STORE = web.AppKey("store", Path)
SHOWN = 100
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
_FRAMING = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; frame-src 'self'"
)


def routes() -> list[web.RouteDef]:
    """The inbox's pages."""
    return [
        web.get("/inbox", _index, name="inbox"),
        web.get("/inbox/{mail:[0-9]{1,15}}", _show, name="mail"),
        web.get("/inbox/{mail:[0-9]{1,15}}/html", _html, name="mail-html"),
        web.get("/inbox/{mail:[0-9]{1,15}}/attachment", _attachment, name="mail-attachment"),
    ]


async def _index(request: web.Request) -> web.Response:
    lines = await _read(request, _lines) or []
    return aiohttp_jinja2.render_template("inbox.html", request, {"lines": lines})


async def _show(request: web.Request) -> web.Response:
    found = await _found(request)
    shown = aiohttp_jinja2.render_template("mail.html", request, {"queued": found, "mail": found.message})
    shown.headers["Content-Security-Policy"] = _FRAMING
    return shown


async def _html(request: web.Request) -> web.Response:
    """The message alone; its links open beside the inbox."""
    found = await _found(request)
    html = found.message.html.replace("<head>", '<head><base target="_blank">', 1)
    return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": _POLICY})


async def _attachment(request: web.Request) -> web.Response:
    found = await _found(request)
    sha256, organisation_id = found.message.attachment_sha256, found.organisation_id
    if sha256 is None or organisation_id is None:
        raise web.HTTPNotFound
    content = await _read(request, lambda db: deliveries.attachment(db, organisation_id, sha256))
    if content is None:
        raise web.HTTPNotFound
    return web.Response(body=content, content_type="application/pdf")


async def _found(request: web.Request) -> Queued:
    number = int(request.match_info["mail"])
    found = await _read(request, lambda db: _message(db, number))
    if found is None:
        raise web.HTTPNotFound(text="No such message here.\n")
    return found


def _lines(db: sqlite3.Connection) -> list[Line]:
    return outbox_lists.page_of_all(db, Filter(), before=None, limit=SHOWN)


def _message(db: sqlite3.Connection, outbox_id: int) -> Queued | None:
    row = db.execute("SELECT organisation_id FROM outbox WHERE id = :id", {"id": outbox_id}).fetchone()
    return outbox.find(db, row["organisation_id"], outbox_id) if row else None


async def _read(request: web.Request, query: Callable[[sqlite3.Connection], T]) -> T | None:
    """A look into the demo's store; None: there is none yet."""
    return await asyncio.to_thread(_look, request.app[STORE], query)


def _look(path: Path, query: Callable[[sqlite3.Connection], T]) -> T | None:
    try:
        with closing(connect_reader(path)) as db:
            return query(db)
    except sqlite3.OperationalError:  # not made yet
        return None
