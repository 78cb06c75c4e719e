"""Calls, messages and data sessions."""

from aiohttp import web

from portal.calls import views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members."""
    return [web.get("/calls", private(views.index))]
