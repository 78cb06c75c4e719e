"""The page behind a mailed link: records, live state, "Check again"; of one name, and nothing else of its owner."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from aiohttp import web

from admin.keys import CLOCK, FACTS, OPERATIONS, STORE
from admin.pages import page
from admin.wizard.facts import facts_at
from admin.wizard.looks import LOOKS
from admin.wizard.mailing import PATH
from admin.wizard.steps import Facts
from admin.wizard.streams import STREAMS, Moment
from admin.wizard.telling import connection, moment
from store import domains, signin, status_links
from store.domains import Domain
from store.signin import Patience, Subject, Wait
from store.status_links import StatusLink

CHECKS = Patience(20, timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10))
"""Of one link: enough for somebody at work, too few for a script."""
PRIVATE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


@dataclass(frozen=True, slots=True)
class _Opened:
    link: StatusLink
    facts: Facts
    domain: Domain


async def show(request: web.Request) -> web.Response:
    """GET /dns-status/{token}"""
    return await _page(request)


async def status(request: web.Request) -> web.Response:
    """GET /dns-status/{token}/status: where it stands, for scripts that cannot follow the events."""
    now = await _moment(request)
    if now is None:
        raise web.HTTPNotFound
    return web.json_response(now.told, headers=PRIVATE)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /dns-status/{token}/events: what changes; the name is looked at for as long as somebody listens."""
    opened = await _opened(request)
    if opened is None:
        raise web.HTTPNotFound
    link, name = opened.link, opened.domain.hostname
    streams = request.app[STREAMS]
    with streams.taken(("link", link.id), link.organisation_id), request.app[OPERATIONS].follow(name):
        return await streams.send(request, lambda: _moment(request))


async def check(request: web.Request) -> web.Response:
    """POST /dns-status/{token}/check: look at the DNS now, unless it was asked for too often."""
    opened = await _opened(request)
    if opened is None:
        return _over(request)
    key = sha256(f"dns status:{opened.link.id}".encode()).digest()
    subjects, now = (Subject(key, CHECKS),), request.app[CLOCK]()
    wait = await request.app[STORE].write(signin.begin, subjects, now)
    if isinstance(wait, Wait):
        return await _page(request, wait=wait)
    await request.app[LOOKS].look(opened.domain)
    raise web.HTTPSeeOther(f"{PATH}{request.match_info['token']}#state", headers=PRIVATE)


async def _page(request: web.Request, *, wait: Wait | None = None) -> web.Response:
    opened, now = await _opened(request), request.app[CLOCK]()
    if opened is None:
        return _over(request)
    shown = await connection(opened.facts, opened.domain, request.app[FACTS], now)
    response = page(
        request,
        "dns_status/show.html",
        status=429 if wait else 200,
        connection=shown,
        standing=opened.facts.standing,
        expires_at=opened.link.expires_at,
        zone=UTC,
        url=f"{PATH}{request.match_info['token']}",
        wait=wait,
    )
    if wait:
        response.headers["Retry-After"] = str(max(1, round((wait.until - now).total_seconds())))
    response.headers.update(PRIVATE)
    return response


def _over(request: web.Request) -> web.Response:
    response = page(request, "dns_status/over.html", status=404)
    response.headers.update(PRIVATE)
    return response


async def _moment(request: web.Request) -> Moment | None:
    opened = await _opened(request)
    return moment(opened.facts, opened.domain, request.app[CLOCK]()) if opened else None


async def _opened(request: web.Request) -> _Opened | None:
    return await request.app[STORE].read(_read, request.match_info["token"], request.app[CLOCK]())


def _read(db: sqlite3.Connection, token: str, now: datetime) -> _Opened | None:
    link = status_links.find(db, token, now)
    domain = domains.by_hostname(db, link.hostname) if link else None
    if link is None or domain is None or domain.destination.organisation_id != link.organisation_id:
        return None
    return _Opened(link, facts_at(db, link.organisation_id, domain, True), domain)
