"""Registering by the link of a mailed invoice: as the address that it went to, or as another after a mail check."""

from aiohttp import web

from portal import open_page, throttle
from portal.forms import posted
from portal.invitation.forms import WelcomeForm
from portal.later import later
from portal.registration import arriving, mail_check
from portal.registration.forms import AddressForm
from portal.registration.joining import Claimed
from portal.security.words import waiting
from portal.services import PORTAL, services
from store.tokens import Purpose
from store.users import canonical_email


async def show(request: web.Request) -> web.StreamResponse:
    """GET /register/{token}: for whom it is, and a form; nothing is spent."""
    found = await arriving.look(request, Purpose.REGISTRATION)
    if isinstance(found, web.Response):
        return found
    if not found.email:
        raise web.HTTPSeeOther(f"{request.path}/address")
    return arriving.page(request, found, WelcomeForm(), Purpose.REGISTRATION)


async def join(request: web.Request) -> web.StreamResponse:
    """POST /register/{token}: as the address that the invoice went to."""
    return await arriving.join(request, Purpose.REGISTRATION)


async def show_address(request: web.Request) -> web.StreamResponse:
    """GET /register/{token}/address"""
    found = await arriving.look(request, Purpose.REGISTRATION)
    if isinstance(found, web.Response):
        return found
    return _page(request, found, AddressForm())


async def send_to_address(request: web.Request) -> web.StreamResponse:
    """POST /register/{token}/address: mail another address a link; this one is spent when that is used."""
    await open_page.check(request)
    found, service = await arriving.look(request, Purpose.REGISTRATION), services(request)
    if isinstance(found, web.Response):
        return found
    form = AddressForm(await posted(request))
    if not form.validate():
        return _page(request, found, form, status=400)
    email = form.email.data or ""
    if canonical_email(email) == canonical_email(found.email):
        raise web.HTTPSeeOther(request.path.removesuffix("/address"))
    if wait := await throttle.mails(request, email):
        words = waiting(wait.until, service.clock())
        form.form_errors.append(words.sentence)
        response = _page(request, found, form, status=429)
        response.headers["Retry-After"] = str(words.seconds)
        return response
    send = service.store.write(
        mail_check.after_link,
        request[PORTAL].organisation_id,
        found.account_id,
        email,
        service.provider,
        service.clock(),
    )
    later(request, send, "mail a check")
    return _page(request, found, form, sent_to=email)


def _page(
    request: web.Request, claimed: Claimed, form: AddressForm, *, status: int = 200, sent_to: str = ""
) -> web.Response:
    return open_page.show(
        request,
        "registration/address.html",
        status=status,
        claimed=claimed,
        form=form,
        sent_to=sent_to,
        path=request.path,
        back=request.path.removesuffix("/address"),
    )
