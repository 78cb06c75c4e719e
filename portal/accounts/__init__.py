"""Choosing between the accounts of a user who has several."""

from aiohttp import web

from portal.accounts import views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members."""
    return [web.get("/accounts", private(views.show)), web.post("/accounts", private(views.choose))]
