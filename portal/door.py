"""Door: whether an organisation's portal is open, before anything else is looked at."""

from aiohttp import web
from aiohttp.typedefs import Handler

from portal import pages, tenancy
from portal.errors import Problem
from portal.services import PORTAL, services
from store import portals

ASSETS = ("/theme.css", "/icon.svg")
STATIC = "/static/"

CLOSED = Problem(
    503,
    "This page is not open yet",
    "It is being prepared. Please come back later, or get in touch if you expected to find your account here.",
)
SUSPENDED = Problem(503, "This page is not available", "Please try again later.")


@web.middleware
async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Put the portal on the request, or answer 503: with the brand when closed, with none when suspended."""
    if request.path.startswith(STATIC):
        return await handler(request)
    destination = request[tenancy.DESTINATION]
    if destination.organisation_id is None:
        return tenancy.misdirected()
    portal = await services(request).store.read(portals.find, destination.organisation_id)
    if portal is None:
        return tenancy.misdirected()
    if portal.suspended or destination.suspended:
        return pages.show_problem(request, SUSPENDED)
    request[PORTAL] = portal
    if not portal.enabled and request.path not in ASSETS:
        return pages.show_problem(request, CLOSED)
    return await handler(request)
