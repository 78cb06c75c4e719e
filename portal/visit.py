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
from portal.enrolling import ENROLMENT
from portal.errors import OnlyTheCustomer
from portal.security.ground import View as SecurityView
from portal.security.ground import ground_of
from portal.security.realm import Holder
from portal.services import PORTAL, services
from portal.signin.customers import person_of
from portal.signin.views import SIGN_IN, second_step_url
from portal.tenancy import HOSTNAME
from store import second_factors, users, viewing
from store import sessions as stored_sessions
from store.portals import Portal
from store.sessions import Session
from store.users import Membership, Role, User
from store.viewing import Viewer

FACTOR = "/security/factor"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A living session of this organisation: of an active user, or of staff who look at a customer's account.

    `needs_factor`: the portal asks for a second factor, and they have yet to set one up.
    """

    session: Session
    person: User | Viewer
    memberships: tuple[Membership, ...]
    needs_factor: bool = False

    @property
    def user(self) -> User:
        """The customer's user; staff who look are refused."""
        return _customer(self.person)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at which account of which organisation, and when."""

    portal: Portal
    session: Session
    person: User | Viewer
    account: Membership
    memberships: tuple[Membership, ...]
    now: datetime

    @property
    def user(self) -> User:
        """The customer's user; staff who look are refused, since nothing here is theirs."""
        return _customer(self.person)

    @property
    def viewer(self) -> Viewer | None:
        """The member of staff who looks as a customer does; None: it is the customer."""
        return self.person if isinstance(self.person, Viewer) else None

    @property
    def email(self) -> str:
        """Whose address pages show."""
        return self.person.email

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
        signed_in = await _checked(request)
        if not signed_in.memberships:
            return pages.render(
                request, "no_account.html", status=403, session=signed_in.session, user=signed_in.user
            )
        surround(request, signed_in)
        visit = _visit(request, signed_in)
        return await view(request, visit)

    return handle


def own(view: SecurityView) -> Handler:
    """A handler for a page of somebody's own sign-in, whether or not an account is open to them."""

    async def handle(request: web.Request) -> web.StreamResponse:
        signed_in = await _checked(request)
        surround(request, signed_in)
        person = person_of(request[PORTAL].organisation_id, signed_in.user)
        return await view(request, ground_of(request), Holder(person, signed_in.session))

    return handle


async def current(request: web.Request) -> SignedIn | None:
    """Who is signed in on this request, wholly."""
    found = await _found(request)
    return None if found is None or found.session.awaits_factor else found


async def _checked(request: web.Request) -> SignedIn:
    """Who is signed in; all others are led to what they must do first."""
    signed_in = await _found(request)
    if signed_in is None:
        raise web.HTTPSeeOther(_sign_in_url(request))
    if signed_in.session.awaits_factor:
        raise web.HTTPSeeOther(second_step_url(_asked_for(request)))
    if request.method not in csrf.SAFE:
        await csrf.check_token(request, signed_in.session.csrf_token)
    if signed_in.needs_factor and request.path not in ENROLMENT:
        raise web.HTTPSeeOther(FACTOR)
    return signed_in


async def _found(request: web.Request) -> SignedIn | None:
    service, host = services(request), request[HOSTNAME]
    hashed, now = sessions.hash_of(request, host), service.clock()
    if hashed is None:
        return None
    found = await service.store.read(_load, request[PORTAL], hashed, now, sessions.idle(request))
    if found:
        await sessions.keep_alive(service.store, found.session, now)
    return found


def _load(
    db: sqlite3.Connection, portal: Portal, hashed: bytes, now: datetime, idle: timedelta
) -> SignedIn | None:
    session = stored_sessions.find(db, hashed, now, idle)
    organisation_id = portal.organisation_id
    if session is None or session.organisation_id != organisation_id:
        return None
    if session.read_only:
        seen = viewing.seen_by(db, organisation_id, session)
        return SignedIn(session, seen.viewer, (seen.account,)) if seen else None
    if session.user_id is None:
        return None
    user = users.by_id(db, organisation_id, session.user_id)
    if user is None or user.status is not users.Status.ACTIVE:
        return None
    needs = portal.require_second_factor and second_factors.confirmed(db, session.owner) is None
    return SignedIn(session, user, tuple(users.memberships(db, organisation_id, user.id)), needs)


def _visit(request: web.Request, signed_in: SignedIn) -> Visit:
    chosen_id = signed_in.session.chosen_account_id
    chosen = [member for member in signed_in.memberships if member.account_id == chosen_id]
    return Visit(
        portal=request[PORTAL],
        session=signed_in.session,
        person=signed_in.person,
        account=(chosen or signed_in.memberships)[0],
        memberships=signed_in.memberships,
        now=services(request).clock(),
    )


def surround(request: web.Request, signed_in: SignedIn) -> None:
    """Put what a page shows around itself on its request."""
    if signed_in.memberships:
        request[pages.SURROUNDINGS] = _surroundings(_visit(request, signed_in))


def _surroundings(visit: Visit) -> pages.Surroundings:
    viewing_until = visit.session.expires_at.astimezone(visit.zone) if visit.viewer else None
    return pages.Surroundings(
        visit.account, len(visit.memberships), visit.email, visit.session.csrf_token, viewing_until
    )


def _customer(person: User | Viewer) -> User:
    if isinstance(person, Viewer):
        raise OnlyTheCustomer
    return person


def _asked_for(request: web.Request) -> str:
    return request.path_qs if request.method in ("GET", "HEAD") else "/"


def _sign_in_url(request: web.Request) -> str:
    next_url = _asked_for(request)
    return SIGN_IN if next_url == "/" else f"{SIGN_IN}?{urlencode({'next': next_url})}"
