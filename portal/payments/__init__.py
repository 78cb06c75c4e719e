"""Payments: the list, and where each one went."""

from aiohttp import web

from portal.payments import views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members."""
    return [
        web.get("/payments", private(views.index)),
        web.get("/payments/{public_id}", private(views.show)),
    ]
