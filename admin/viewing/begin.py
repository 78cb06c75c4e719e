"""Beginning to view as a customer: a hand-off to the organisation's own name, good once, for a minute."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.keys import CLOCK, FACTS, STORE, VISITOR
from admin.pages import access_url, page
from admin.rights import organisation_of
from portal.tenancy import origin
from store import viewing
from store.hostname import Hostname
from store.origins import canonical_hostname
from store.users import Membership


@dataclass(frozen=True, slots=True)
class _Handed:
    """Where the browser goes on."""

    account: Membership
    host: Hostname
    token: str


@dataclass(frozen=True, slots=True)
class _NoAddress:
    """The portal has no name yet under which it could be looked at."""

    account: Membership


async def begin(request: web.Request) -> web.Response:
    """POST .../customers/{reference}/view: lead the browser on by itself, and by a link where it does not."""
    organisation, now = organisation_of(request), request.app[CLOCK]()
    reference, staff_id = request.match_info["reference"], request[VISITOR].member.id
    handed = await request.app[STORE].write(_hand_off, organisation.id, reference, staff_id, now)
    if handed is None:
        raise web.HTTPNotFound
    url = ""
    if isinstance(handed, _Handed):
        url = f"{origin(handed.host, request.app[FACTS].public_https_port)}/viewing/{handed.token}"
    response = page(
        request,
        "viewing/onward.html",
        status=200 if url else 409,
        organisation=organisation,
        account=handed.account,
        url=url,
        access_url=access_url(organisation),
    )
    if url:
        # A redirect would not do: what a form leads to must be of this site (form-action).
        response.headers["Refresh"] = f"0; url={url}"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _hand_off(
    db: sqlite3.Connection, organisation_id: int, reference: str, staff_id: int, now: datetime
) -> _Handed | _NoAddress | None:
    account = viewing.account(db, organisation_id, reference)
    if account is None:
        return None
    host = canonical_hostname(db, organisation_id)
    if host is None:
        return _NoAddress(account)
    token = viewing.hand_off(db, organisation_id, host, staff_id, account.account_id, now)
    return _Handed(account, host, token)
