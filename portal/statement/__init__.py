"""The statement of a customer's account."""

from aiohttp import web

from portal.statement import views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members."""
    return [
        web.get("/statement", private(views.show)),
        web.get("/statement.csv", private(views.as_csv)),
    ]
