"""Arriving: the page on which somebody whose claim is proved chooses name and password; what follows it."""

from aiohttp import web

from portal import newcomer, open_page
from portal.forms import posted
from portal.invitation.forms import WelcomeForm
from portal.new_password import HINT
from portal.registration import allowed, joining
from portal.registration.joining import Claimed, IsUser, Joins, Link, Waits
from portal.services import services
from portal.sessions import NewSession
from portal.tenancy import HOSTNAME
from store.tokens import Gone, Purpose


def link_of(request: web.Request, purpose: Purpose) -> Link:
    """The link that a request came by."""
    return Link(purpose, request[HOSTNAME], request.match_info["token"])


async def look(request: web.Request, purpose: Purpose) -> Claimed | web.Response:
    """What the request's link is about, or the page that says what to do; 404 while registering is not allowed."""
    portal, service = allowed.check(request), services(request)
    found = await service.store.read(
        joining.look, portal.organisation_id, link_of(request, purpose), service.clock()
    )
    return found if isinstance(found, Claimed) else gone(request, found)


async def join(request: web.Request, purpose: Purpose) -> web.StreamResponse:
    """A posted name and password: they are in, or told what follows."""
    await open_page.check(request)
    claimed = await look(request, purpose)
    if isinstance(claimed, web.Response):
        return claimed
    if not claimed.email:  # mailed by others: nobody's address is known, so one must be confirmed
        raise web.HTTPSeeOther(f"{request.path}/address")
    portal, service, form = allowed.check(request), services(request), WelcomeForm(await posted(request))
    if not form.check(claimed.email, claimed.name, portal.name):
        return page(request, claimed, form, purpose, status=400)
    joins = Joins(
        name=form.name.data or "",
        password_hash=await service.passwords.hash(form.password.data or ""),
        address=request.remote or "",
        approve=portal.approve_registrations,
        door=joining.door(request),
        provider=service.provider,
    )
    joined = await service.store.write(
        joining.join, portal.organisation_id, link_of(request, purpose), joins, service.clock()
    )
    match joined:
        case NewSession():
            raise newcomer.welcome(joined)
        case Gone():
            return gone(request, joined)
        case Waits():
            return open_page.show(request, "registration/waits.html", email=claimed.email)
        case IsUser():
            return open_page.show(request, "registration/is_user.html", email=claimed.email)


def page(
    request: web.Request, claimed: Claimed, form: WelcomeForm, purpose: Purpose, *, status: int = 200
) -> web.Response:
    """The form, for whom and for which customer."""
    by_invoice = purpose is Purpose.REGISTRATION
    return open_page.show(
        request,
        "registration/arrive.html",
        status=status,
        claimed=claimed,
        form=form,
        hint=HINT,
        path=request.path,
        other_address=f"{request.path}/address" if by_invoice else "",
    )


def gone(request: web.Request, found: Gone) -> web.Response:
    """What to do about a link that is over; one that never was is missing like any page."""
    if found.was is None:
        raise web.HTTPNotFound
    used, checked = found.was.used_at is not None, found.was.claim.purpose is Purpose.MAIL_CHECK
    return open_page.show(request, "registration/gone.html", status=410, used=used, checked=checked)
