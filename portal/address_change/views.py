"""The links: opening one shows a button and spends nothing; the post changes the address, or brings it back."""

from aiohttp import web

from portal import open_page, sessions
from portal.address_change import changing
from portal.address_change.changing import Change, From, Link
from portal.security import devices
from portal.services import PORTAL, services
from portal.tenancy import HOSTNAME
from store.tokens import Gone, Purpose


async def show(request: web.Request) -> web.StreamResponse:
    """GET /address/{token}"""
    return await _shown(request, Purpose.ADDRESS)


async def confirm(request: web.Request) -> web.StreamResponse:
    """POST /address/{token}: from here on they sign in with the new address."""
    await open_page.check(request)
    service, organisation_id = services(request), request[PORTAL].organisation_id
    changed = await service.store.write(
        changing.confirm, organisation_id, _link(request), _from(request), service.provider, service.clock()
    )
    if isinstance(changed, Gone):
        return _gone(request, changed)
    return open_page.show(request, "address_change/done.html", email=changed.to)


async def show_back(request: web.Request) -> web.StreamResponse:
    """GET /address/back/{token}"""
    return await _shown(request, Purpose.ADDRESS_BACK)


async def take_back(request: web.Request) -> web.StreamResponse:
    """POST /address/back/{token}: on to a new password, since somebody else may know the one before."""
    await open_page.check(request)
    service, organisation_id = services(request), request[PORTAL].organisation_id
    taken = await service.store.write(
        changing.take_back, organisation_id, _link(request), _from(request), service.clock()
    )
    if isinstance(taken, Gone):
        return _gone(request, taken)
    response = web.HTTPSeeOther(f"/reset/{taken.reset}")
    sessions.drop_cookie(response)
    raise response


async def _shown(request: web.Request, purpose: Purpose) -> web.StreamResponse:
    service, organisation_id = services(request), request[PORTAL].organisation_id
    found = await service.store.read(changing.look, organisation_id, _link(request), purpose, service.clock())
    if isinstance(found, Gone):
        return _gone(request, found)
    return _page(request, found, back=purpose is Purpose.ADDRESS_BACK)


def _link(request: web.Request) -> Link:
    return Link(request[HOSTNAME], request.match_info["token"])


def _from(request: web.Request) -> From:
    return From(request.remote or "", devices.words(sessions.agent_of(request)))


def _page(request: web.Request, change: Change, *, back: bool) -> web.Response:
    return open_page.show(request, "address_change/link.html", change=change, back=back, path=request.path)


def _gone(request: web.Request, gone: Gone) -> web.Response:
    if gone.was is None:
        raise web.HTTPNotFound
    return open_page.show(request, "address_change/gone.html", status=410)
