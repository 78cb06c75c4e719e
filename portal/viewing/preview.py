"""Preview: whether a request to a closed portal is of staff who view as a customer, or are about to."""

from aiohttp import web

from portal.services import PORTAL, services
from portal.tenancy import HOSTNAME
from portal.viewing.read_only import read_only_session
from store import sessions, viewing

_BEGIN = "/viewing/"


async def is_staffs(request: web.Request) -> bool:
    """A living viewing of this organisation, or a hand-off that is still good."""
    service, portal = services(request), request[PORTAL]
    store, now = service.store, service.clock()
    session = await read_only_session(request, store)
    if session and session.organisation_id == portal.organisation_id and sessions.is_alive(session, now):
        return True
    token = request.path.removeprefix(_BEGIN)
    if token == request.path:
        return False
    host = request[HOSTNAME]
    return await store.read(viewing.look, portal.organisation_id, host, token, now) is not None
