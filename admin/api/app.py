"""The API as an aiohttp application: its routes, and the order in which a request is judged."""

from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from admin.api import (
    about,
    batches,
    calls,
    customers,
    documents,
    edits,
    imports,
    invoices,
    mandates,
    openapi,
    payments,
    registration,
)
from admin.api.bodies import JSON
from admin.api.call import Call
from admin.api.keys import CLOCK, LIMITER, PUBLIC_PORT, STORE
from admin.api.limits import Limiter
from admin.api.routes import PREFIX, Route, route
from admin.api.serving import answering, handler_of
from admin.api.writes import THREAD
from portal import headers, tenancy
from portal.tenancy import HostnameOf, origin
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.instants import Clock

FEATURES = (
    about,
    customers,
    invoices,
    documents,
    registration,
    payments,
    mandates,
    calls,
    edits,
    imports,
    batches,
)
LARGEST_BODY = 32 * 2**20
"""Above every route's own limit."""


def build(
    store: Store,
    *,
    clock: Clock,
    hostname_of: HostnameOf,
    api_host: Hostname,
    public_port: int = 443,
    middlewares: Sequence[Middleware] = (),
) -> web.Application:
    """The API on `api_host`."""
    app = web.Application(
        client_max_size=LARGEST_BODY,
        middlewares=[
            answering,
            *middlewares,
            tenancy.middleware(Room.API, _only(api_host), hostname_of),
        ],
    )
    app[STORE], app[CLOCK], app[LIMITER] = store, clock, Limiter()
    app[PUBLIC_PORT] = public_port
    app.cleanup_ctx.append(_write_thread)
    headers.protect(app)
    for each in routes(origin(api_host, public_port)):
        _ = app.router.add_route(each.method, PREFIX + each.path, handler_of(each), name=each.name)
    return app


def routes(server: str) -> tuple[Route, ...]:
    """Every route, that of the document about all of them too."""
    found = tuple(each for feature in FEATURES for each in feature.ROUTES)

    @route(
        method="GET",
        path="/openapi.json",
        summary="Read this document",
        scope=None,
        answers={200: JSON},
    )
    async def show_document(call: Call) -> web.StreamResponse:
        """GET /openapi.json"""
        return web.Response(body=body, content_type=JSON, headers={"Cache-Control": "public, max-age=300"})

    every = (*found, show_document)
    body = msgspec.json.encode(openapi.document(every, server))
    return every


def _only(api_host: Hostname) -> tenancy.Resolve:
    own = Destination(api_host, Room.API, None, False, (), Confirmation.ADDRESS, None)
    return lambda hostname: own if hostname == api_host else None


async def _write_thread(app: web.Application) -> AsyncIterator[None]:
    """Writes take turns in one thread; what is under way at the end is finished."""
    with ThreadPoolExecutor(1, "api-writes") as app[THREAD]:
        yield
