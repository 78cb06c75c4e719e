"""Handshakes now: issuances under way, followed while they last, and what the last ones spent their time on."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256

from aiohttp import web

from admin.keys import OPERATIONS, STORE, VISITOR
from admin.operators.waterfall import Waterfall, waterfall
from admin.pages import page
from admin.wizard.causes import explain
from admin.wizard.streams import STREAMS, Moment
from store import issuance
from store.hostname import Hostname, canonical
from store.issuance import Attempt
from store.operations import Flight

SHOWN = 20
WHOLE_HOUSE = 0
"""In place of an organisation, where open streams are counted."""


@dataclass(frozen=True, slots=True)
class _Flying:
    flight: Flight
    picture: Waterfall


@dataclass(frozen=True, slots=True)
class _Ended:
    attempt: Attempt
    picture: Waterfall

    @property
    def issued(self) -> bool:
        return self.attempt.outcome == "issued"


async def show(request: web.Request) -> web.Response:
    """GET /console/handshakes, of one name with ?name="""
    wanted = request.query.get("name", "").strip()
    name = canonical(wanted) if wanted else None
    flights, ended = await _found(request, name)
    return page(
        request,
        "operators/handshakes.html",
        zone=UTC,
        flights=[_Flying(flight, waterfall(flight.phases)) for flight in flights],
        ended=[_Ended(attempt, waterfall(attempt.trace)) for attempt in ended],
        wanted=wanted,
        explain=explain,
        state=_token(flights, ended),
        url="/console/handshakes",
    )


async def status(request: web.Request) -> web.Response:
    """GET /console/handshakes/status: for scripts that cannot follow the events."""
    return web.json_response((await _moment(request)).told)


async def events(request: web.Request) -> web.StreamResponse:
    """GET /console/handshakes/events: what changes, as server-sent events."""
    streams = request.app[STREAMS]
    with streams.taken(request[VISITOR].session.token_hash, WHOLE_HOUSE):
        return await streams.send(request, lambda: _moment(request))


async def _moment(request: web.Request) -> Moment:
    flights, ended = await _found(request, None)
    token = _token(flights, ended)
    return Moment(token, {"state": token, "sentence": _sentence(flights, ended)}, "", over=False)


async def _found(
    request: web.Request, name: Hostname | None
) -> tuple[tuple[Flight, ...], tuple[Attempt, ...]]:
    flights = request.app[OPERATIONS].flights()
    flights = tuple(flight for flight in flights if name in (None, flight.hostname))
    return flights, await request.app[STORE].read(_last, name)


def _last(db: sqlite3.Connection, name: Hostname | None) -> tuple[Attempt, ...]:
    return tuple(issuance.history(db, name, SHOWN) if name else issuance.latest(db, SHOWN))


def _token(flights: tuple[Flight, ...], ended: tuple[Attempt, ...]) -> str:
    """Differs as soon as the page would."""
    seen = [(flight.hostname, flight.reason, len(flight.phases)) for flight in flights]
    done = [(attempt.hostname, attempt.finished_at, len(attempt.trace)) for attempt in ended[:1]]
    return sha256(repr((seen, done)).encode()).hexdigest()[:16]


def _sentence(flights: tuple[Flight, ...], ended: tuple[Attempt, ...]) -> str:
    if flights:
        return f"{len(flights)} under way, the longest for {flights[0].hostname}."
    return (
        f"Nothing is under way. The last was for {ended[0].hostname}." if ended else "Nothing is under way."
    )
