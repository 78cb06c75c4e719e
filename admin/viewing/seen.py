"""Seen: which of a customer's invoices their people have opened, and downloaded."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from admin.keys import STORE
from admin.pages import home_url, page
from admin.rights import organisation_of
from store import sightings, viewing
from store.sightings import Place, Sighting
from store.users import Membership

PAGE = 50


@dataclass(frozen=True, slots=True)
class _Listing:
    account: Membership
    sightings: list[Sighting]
    has_more: bool
    unseen: int


async def show(request: web.Request) -> web.Response:
    """GET .../customers/{reference}/seen"""
    organisation, reference = organisation_of(request), request.match_info["reference"]
    after = _place(request.query.get("after", ""))
    listing = await request.app[STORE].read(_listing, organisation.id, reference, after)
    if listing is None:
        raise web.HTTPNotFound
    customer = f"{home_url(organisation)}/customers/{quote(reference, safe='')}"
    last = listing.sightings[-1] if listing.has_more else None
    return page(
        request,
        "viewing/seen.html",
        organisation=organisation,
        zone=ZoneInfo(organisation.time_zone),
        listing=listing,
        customer_url=customer,
        first_url=f"{customer}/seen" if after else None,
        older_url=f"{customer}/seen?{urlencode({'after': _text(last)})}" if last else None,
    )


def _listing(
    db: sqlite3.Connection, organisation_id: int, reference: str, after: Place | None
) -> _Listing | None:
    account = viewing.account(db, organisation_id, reference)
    if account is None:
        return None
    found = sightings.of_account(db, organisation_id, account.account_id, after, PAGE + 1)
    unseen = sightings.unseen(db, organisation_id, account.account_id)
    return _Listing(account, found[:PAGE], len(found) > PAGE, unseen)


def _text(sighting: Sighting) -> str:
    milliseconds = round(sighting.last_at.timestamp() * 1000)
    return f"{milliseconds}.{sighting.invoice_id}.{sighting.user_id}"


def _place(text: str) -> Place | None:
    """The place that a URL names; what is none is the beginning."""
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) < 15 for part in parts):
        return None
    at, invoice_id, user_id = map(int, parts)
    return Place(datetime.fromtimestamp(at / 1000, UTC), invoice_id, user_id)
