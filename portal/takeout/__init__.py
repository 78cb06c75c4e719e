"""Takeout: all that is kept about a customer and theirs to see, as one file."""

from aiohttp import web

from portal.takeout import views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members who may change the account."""
    return [web.get("/takeout", private(views.show)), web.post("/takeout", private(views.send))]
