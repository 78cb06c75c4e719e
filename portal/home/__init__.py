"""The first page."""

from aiohttp import web

from portal.home import views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members."""
    return [web.get("/", private(views.show))]
