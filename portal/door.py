"""Door: whether an organisation's portal is open, before anything else is looked at."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from portal import pages, tenancy
from portal.errors import Problem
from portal.moving.leaving import leave
from portal.services import BRAND, PORTAL, services
from portal.viewing import preview
from store import brand

ASSETS = ("/theme.css", "/icon.svg")
STATIC = "/static/"
PICTURES = "/brand/"

CLOSED = Problem(
    503,
    "This portal is closed just now",
    "Your invoices and details are kept, and you will find them here once it is open again."
    " Until then, please get in touch as below.",
)
SUSPENDED = Problem(503, "This page is not available", "Please try again later.")
CLOSED_SECONDS = 3600
"""When programs may look again."""


def middleware(public_port: int) -> Middleware:
    """Put the portal on each request, or answer before anything else is looked at.

    A name that leads to another one: `portal.moving.leaving`. A portal that is closed: 503 with its brand; one that
    is suspended: 503 with none. A section that is switched off: 404. Staff who view as a customer see a closed portal
    too.
    """

    @web.middleware
    async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
        destination = request[tenancy.DESTINATION]
        if destination.redirect_to and not destination.suspended:
            return await leave(request, destination.redirect_to, public_port)
        if request.path.startswith(STATIC):
            return await handler(request)
        if destination.organisation_id is None:
            return tenancy.misdirected()
        found = await services(request).store.read(brand.published, destination.organisation_id)
        if found is None:
            return tenancy.misdirected()
        portal = found.portal
        if portal.suspended or destination.suspended:
            return pages.show_problem(request, SUSPENDED)
        request[PORTAL], request[BRAND] = portal, found
        if not portal.enabled and not _is_asset(request.path) and not await preview.is_staffs(request):
            return _closed(request)
        if pages.is_off(portal, request.path):
            raise web.HTTPNotFound
        return await handler(request)

    return door


def _is_asset(path: str) -> bool:
    return path in ASSETS or path.startswith(PICTURES)


def _closed(request: web.Request) -> web.Response:
    page = pages.show_problem(request, CLOSED)
    page.headers["Retry-After"] = str(CLOSED_SECONDS)
    return page
