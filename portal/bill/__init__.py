"""Bills that explain themselves: whether the calls add up to them, and what differs from the bill before."""

from aiohttp import web

from portal.bill import views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members."""
    return [web.get("/invoices/{public_id}/explained", private(views.show))]
