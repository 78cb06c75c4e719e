"""Visit: a signed-in request. A view on a customer's data takes one, and cannot be reached without.

Session, user and memberships are read anew for each request, so that what is taken away is gone at once.
"""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web
from aiohttp.typedefs import Handler

from portal import csrf, pages, sessions
from portal.services import PORTAL, services
from portal.tenancy import HOSTNAME
from store import sessions as stored_sessions
from store import users
from store.portals import Portal
from store.sessions import Session
from store.users import Membership, Role, User

SIGN_IN = "/sign-in"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A living session of an active user of this organisation, with the accounts they may see."""

    session: Session
    user: User
    memberships: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at which account of which organisation, and when."""

    portal: Portal
    session: Session
    user: User
    account: Membership
    memberships: tuple[Membership, ...]
    now: datetime

    @property
    def organisation_id(self) -> int:
        return self.portal.organisation_id

    @property
    def account_id(self) -> int:
        return self.account.account_id

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.portal.time_zone)

    @property
    def today(self) -> date:
        """The date at the organisation's place."""
        return self.now.astimezone(self.zone).date()

    @property
    def may_edit(self) -> bool:
        return self.account.role is Role.FULL


View = Callable[[web.Request, Visit], Awaitable[web.StreamResponse]]


def private(view: View) -> Handler:
    """A handler for signed-in members of an account only; unsafe methods need the session's form token."""

    async def handle(request: web.Request) -> web.StreamResponse:
        signed_in = await current(request)
        if signed_in is None:
            raise web.HTTPSeeOther(_sign_in_url(request))
        if request.method not in csrf.SAFE:
            await csrf.check_token(request, signed_in.session.csrf_token)
        if not signed_in.memberships:
            return pages.render(
                request, "no_account.html", status=403, session=signed_in.session, user=signed_in.user
            )
        visit = _visit(request, signed_in)
        request[pages.SURROUNDINGS] = pages.Surroundings(
            visit.account, len(visit.memberships), visit.user.email, visit.session.csrf_token
        )
        return await view(request, visit)

    return handle


async def current(request: web.Request) -> SignedIn | None:
    """Who is signed in on this request."""
    service, host = services(request), request[HOSTNAME]
    hashed, now = sessions.hash_of(request, host), service.clock()
    if hashed is None:
        return None
    found = await service.store.read(_load, request[PORTAL].organisation_id, hashed, now, sessions.idle(request))
    if found:
        await sessions.keep_alive(service.store, found.session, now)
    return found


def _load(
    db: sqlite3.Connection, organisation_id: int, hashed: bytes, now: datetime, idle: timedelta
) -> SignedIn | None:
    session = stored_sessions.find(db, hashed, now, idle)
    if session is None or session.organisation_id != organisation_id or session.user_id is None:
        return None
    user = users.by_id(db, organisation_id, session.user_id)
    if user is None or user.status is not users.Status.ACTIVE:
        return None
    return SignedIn(session, user, tuple(users.memberships(db, organisation_id, user.id)))


def _visit(request: web.Request, signed_in: SignedIn) -> Visit:
    chosen_id = signed_in.session.chosen_account_id
    chosen = [member for member in signed_in.memberships if member.account_id == chosen_id]
    return Visit(
        portal=request[PORTAL],
        session=signed_in.session,
        user=signed_in.user,
        account=(chosen or signed_in.memberships)[0],
        memberships=signed_in.memberships,
        now=services(request).clock(),
    )


def _sign_in_url(request: web.Request) -> str:
    if request.method not in ("GET", "HEAD") or request.path_qs == "/":
        return SIGN_IN
    return f"{SIGN_IN}?{urlencode({'next': request.path_qs})}"
