"""The activity as a page."""

import sqlite3
from dataclasses import dataclass
from urllib.parse import quote
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.audit import narrowing, reading, words
from admin.audit.narrowing import Narrowing
from admin.audit.reading import Part
from admin.keys import STORE, VISITOR
from admin.pages import home_url, page
from admin.signin.members import ZONE
from store import audit
from store.organisations import Organisation

PAGE = 50


@dataclass(frozen=True, slots=True)
class _Shown:
    part: Part
    actions: list[str]


async def show(request: web.Request) -> web.Response:
    """GET .../activity"""
    organisation, chosen = request[VISITOR].organisation, narrowing.parse(request.query)
    zone = zone_of(organisation)
    organisation_id = organisation.id if organisation else None
    shown = await request.app[STORE].read(_shown, organisation_id, chosen, zone)
    url = f"{home_url(organisation)}/activity" if organisation else "/activity"
    return page(
        request,
        "audit/activity.html",
        status=400 if chosen.faults else 200,
        organisation=organisation,
        zone=zone,
        url=url,
        chosen=chosen,
        part=shown.part,
        options=[("", "Anything"), *((action, words.label(action)) for action in shown.actions)],
        first_url=chosen.url(url) if chosen.after else None,
        older_url=chosen.url(url, shown.part.then) if shown.part.then else None,
        thing_url=lambda text: _thing_url(organisation, text),
    )


def zone_of(organisation: Organisation | None) -> ZoneInfo:
    """Whose days and clock a page goes by."""
    return ZoneInfo(organisation.time_zone) if organisation else ZONE


def _shown(db: sqlite3.Connection, organisation_id: int | None, chosen: Narrowing, zone: ZoneInfo) -> _Shown:
    found = reading.part(db, organisation_id, chosen, zone, PAGE) if not chosen.faults else Part([], None)
    return _Shown(found, sorted(audit.actions(db, organisation_id), key=words.label))


def _thing_url(organisation: Organisation | None, subject: str) -> str | None:
    """Where a thing can be looked at."""
    kind, _, rest = subject.partition(":")
    if organisation and kind == "account" and rest:
        return f"{home_url(organisation)}/customers/{quote(rest, safe='')}"
    return None
