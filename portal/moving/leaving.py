"""Leaving: what a portal's former name answers: the same page at the new one; who is signed in is taken along.

That takes three redirects in a browser. The former name sends it to `/arrive` of the new one, which gives it a cookie
and sends it back to `/leave` with that cookie's hash; there the session is handed off, for that hash alone. So a link
that somebody else was handed signs nobody in.
"""

import re
import sqlite3
from datetime import datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web

from portal import sessions, tenancy
from portal.services import services
from portal.signin.next_url import safe_next
from portal.tenancy import DESTINATION, HOSTNAME
from store import handoffs, portals
from store import sessions as stored_sessions
from store.hostname import Hostname
from store.sessions import Session

ARRIVE = "/arrive"
LEAVE = "/leave"
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


async def leave(request: web.Request, hostname: Hostname, public_port: int) -> web.Response:
    """Send a visitor on to `hostname`, which took this name's place."""
    origin = tenancy.origin(hostname, public_port)
    if request.path == LEAVE:
        return _to(origin + await _handed_off(request, hostname))
    if request.method == "GET" and await _session(request):
        query = urlencode({"from": request[HOSTNAME], "to": safe_next(request.raw_path)})
        return _to(f"{origin}{ARRIVE}?{query}")
    return _moved(origin + request.raw_path)


async def _handed_off(request: web.Request, hostname: Hostname) -> str:
    """Where the new name goes on: with a token for the browser that it sent, or without."""
    onward, browser = safe_next(request.query.get("to", "")), request.query.get("browser", "")
    session = await _session(request)
    organisation_id = request[DESTINATION].organisation_id
    if request.method != "GET" or session is None or not _HASH.fullmatch(browser) or organisation_id is None:
        return onward
    service = services(request)
    token = await service.store.write(
        handoffs.issue, organisation_id, hostname, bytes.fromhex(browser), session, service.clock()
    )
    return f"{ARRIVE}/{token}?{urlencode({'to': onward})}"


async def _session(request: web.Request) -> Session | None:
    """The session that may go along: it lives, and is this organisation's."""
    service, organisation_id = services(request), request[DESTINATION].organisation_id
    hashed = sessions.hash_of(request, request[HOSTNAME])
    if hashed is None or organisation_id is None:
        return None
    return await service.store.read(_living, organisation_id, hashed, service.clock())


def _living(db: sqlite3.Connection, organisation_id: int, hashed: bytes, now: datetime) -> Session | None:
    portal = portals.find(db, organisation_id)
    if portal is None:
        return None
    found = stored_sessions.find(db, hashed, now, timedelta(minutes=portal.session_minutes))
    if found is None or found.organisation_id != organisation_id:
        return None
    return found if handoffs.may_go_along(found) else None


def _to(location: str) -> web.Response:
    """303: for this browser, this once."""
    headers = {"Location": location, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return web.Response(status=303, headers=headers)


def _moved(location: str) -> web.Response:
    """308, that forms and their fields go along; never kept, since a name may be turned back."""
    return web.Response(status=308, headers={"Location": location, "Cache-Control": "no-store"})
