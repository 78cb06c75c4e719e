"""Rights: no page without a sign-in, no form without its token, no organisation but one's own.

Routes are closed unless named in `OPEN`. An organisation that is not there and one that is not yours are the
same 404.
"""

import sqlite3
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler

from admin.keys import CLOCK, FACTS, STORE, VISITOR, Visitor
from portal import csrf
from portal.enrolling import ENROLMENT
from portal.sessions import hash_of, keep_alive
from portal.signin import NAMES as WAY_IN
from portal.signin.views import second_step_url
from portal.tenancy import HOSTNAME
from store import change_requests, organisations, registrations, second_factors, sessions, staff
from store.instants import Clock
from store.organisations import Organisation
from store.staff import Member, Role

OPEN = WAY_IN | {
    "static",
    "staff_link",
    "dns_status",
    "dns_status_now",
    "dns_status_events",
    "dns_status_check",
}
FACTOR = "/security/factor"
STREAMED = frozenset({"import_upload", "brand_upload", "certificate_upload"})
"""Forms too large or too secret to be read whole: their views check the token themselves, before all else."""


@web.middleware
async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Put the visitor on each request of a closed route, or send them to sign in."""
    match_info = request.match_info
    if match_info.http_exception is None and match_info.route.name in OPEN:
        return await handler(request)
    visitor = await _visitor(request)
    if visitor is None:
        raise web.HTTPSeeOther(_sign_in_url(request))
    if visitor.session.awaits_factor:
        raise web.HTTPSeeOther(second_step_url(_asked_for(request)))
    if request.method not in csrf.SAFE and match_info.route.name not in STREAMED:
        await csrf.check_token(request, visitor.session.csrf_token)
    if await _needs_factor(request, visitor) and request.path not in ENROLMENT:
        raise web.HTTPSeeOther(FACTOR)
    if "slug" in match_info and visitor.organisation is None:
        raise web.HTTPNotFound
    request[VISITOR] = visitor
    return await handler(request)


def organisation_of(request: web.Request) -> Organisation:
    """The organisation that the URL names and the visitor may see."""
    found = request[VISITOR].organisation
    assert found is not None
    return found


def may_see(member: Member, organisation: Organisation) -> bool:
    """An operator sees every organisation, an admin their own."""
    return member.role is Role.OPERATOR or member.organisation_id == organisation.id


async def _visitor(request: web.Request) -> Visitor | None:
    hashed = hash_of(request, request[HOSTNAME])
    if hashed is None:
        return None
    store, clock = request.app[STORE], request.app[CLOCK]
    slug = request.match_info.get("slug")
    visitor = await store.read(_look_up, hashed, slug, clock)
    if visitor:
        await keep_alive(store, visitor.session, clock())
    return visitor


def _look_up(db: sqlite3.Connection, hashed: bytes, slug: str | None, clock: Clock) -> Visitor | None:
    session = sessions.find(db, hashed, clock())
    if session is None or session.staff_id is None or session.read_only:
        return None
    member = staff.by_id(db, session.staff_id)
    assert member is not None
    organisation = organisations.by_slug(db, slug) if slug else _own(db, member)
    if organisation and not may_see(member, organisation):
        organisation = None
    return Visitor(session, member, organisation, _waiting(db, organisation) if organisation else 0)


def _own(db: sqlite3.Connection, member: Member) -> Organisation | None:
    """What an admin looks after, on pages of no organisation, such as those of their own sign-in."""
    return organisations.by_id(db, member.organisation_id) if member.organisation_id is not None else None


def _waiting(db: sqlite3.Connection, organisation: Organisation) -> int:
    registered = registrations.count_waiting(db, organisation.id)
    return registered + change_requests.count_waiting(db, organisation.id)


async def _needs_factor(request: web.Request, visitor: Visitor) -> bool:
    """Whether the installation asks operators for a second factor, and this one has yet to set it up."""
    if not request.app[FACTS].require_second_factor or visitor.member.role is not Role.OPERATOR:
        return False
    return await request.app[STORE].read(second_factors.confirmed, visitor.member.owner) is None


def _asked_for(request: web.Request) -> str:
    return request.path if request.method in csrf.SAFE else "/"


def _sign_in_url(request: web.Request) -> str:
    next_url = _asked_for(request)
    return "/sign-in" if next_url == "/" else "/sign-in?" + urlencode({"next": next_url})
