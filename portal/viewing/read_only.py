"""Read only: who views as a customer changes nothing, whatever route a request is for."""

from aiohttp import web
from aiohttp.typedefs import Handler

from portal import csrf, sessions, visit
from portal.errors import ReadOnly
from portal.services import services
from portal.tenancy import HOSTNAME
from store import sessions as stored_sessions
from store.database import Store
from store.sessions import Session

OWN = frozenset({"/viewing/{token}", "/viewing/end"})
"""What they may post to: the beginning of another viewing, and the end of this one."""


@web.middleware
async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """403 for every unsafe method but on their own routes; runs inside the door."""
    if request.method not in csrf.SAFE and _route(request) not in OWN:
        session = await read_only_session(request, services(request).store)
        if session:
            if signed_in := await visit.current(request):
                visit.surround(request, signed_in)
            raise ReadOnly
    return await handler(request)


async def read_only_session(request: web.Request, store: Store) -> Session | None:
    """The session of staff who view as a customer here, also one that is over: it never becomes another."""
    hashed = sessions.hash_of(request, request[HOSTNAME])
    session = await store.read(stored_sessions.kept, hashed) if hashed else None
    return session if session and session.read_only else None


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else ""
