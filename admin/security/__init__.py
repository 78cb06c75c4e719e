"""Security: a member's own password, second factor and sessions; the pages are the portal's."""

from aiohttp import web

from admin.signin.members import own
from portal import security


def routes() -> list[web.RouteDef]:
    """For whoever is signed in."""
    return security.routes(own)
