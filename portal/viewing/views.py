"""Viewing as a customer, on the customer's side: a hand-off is taken up, and it ends."""

from aiohttp import web

from portal import csrf, pages, sessions
from portal.services import PORTAL, services
from portal.tenancy import HOSTNAME
from portal.viewing.read_only import read_only_session
from store import viewing
from store.database import Store
from store.owner import of_staff
from store.viewing import HandOff, How


async def show(request: web.Request) -> web.StreamResponse:
    """GET /viewing/{token}: a button; what opens links before people do begins nothing."""
    handed = await _look(request, services(request).store)
    if handed is None:
        return _gone(request)
    token = csrf.form_token(request) or csrf.new_token()
    response = pages.render(request, "viewing/begin.html", account=handed.account, csrf=token)
    csrf.put_form_token(response, token)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


async def begin(request: web.Request) -> web.StreamResponse:
    """POST /viewing/{token}: spend it; from here on this browser looks, and changes nothing."""
    await csrf.check_token(request, csrf.form_token(request))
    service, host = services(request), request[HOSTNAME]
    handed = await _look(request, service.store)
    if handed is None:
        return _gone(request)
    new = sessions.of_owner(request, host, of_staff(handed.viewer.staff_id), service.clock())
    replaced = sessions.hash_of(request, host)
    organisation_id, token = request[PORTAL].organisation_id, request.match_info["token"]
    begun = await service.store.write(viewing.begin, organisation_id, token, new.session, replaced)
    if begun is None:
        return _gone(request)
    response = web.HTTPSeeOther("/")
    sessions.put_cookie(response, new.token)
    raise response


async def end(request: web.Request) -> web.StreamResponse:
    """POST /viewing/end"""
    service, organisation_id = services(request), request[PORTAL].organisation_id
    session = await read_only_session(request, service.store)
    if session is None or session.organisation_id != organisation_id:
        raise web.HTTPSeeOther("/sign-in")
    await csrf.check_token(request, session.csrf_token)
    await service.store.write(viewing.end, organisation_id, session, How.ASKED, service.clock())
    response = pages.render(request, "viewing/ended.html")
    sessions.drop_cookie(response)
    return response


async def _look(request: web.Request, store: Store) -> HandOff | None:
    organisation_id, host = request[PORTAL].organisation_id, request[HOSTNAME]
    now, token = services(request).clock(), request.match_info["token"]
    return await store.read(viewing.look, organisation_id, host, token, now)


def _gone(request: web.Request) -> web.Response:
    response = pages.render(request, "viewing/gone.html", status=404)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
