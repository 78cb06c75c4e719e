"""Payments: the list, also as CSV, where each one went, and how what is due is paid."""

from aiohttp import web

from portal.payments import download, views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members."""
    return [
        web.get("/payments", private(views.index)),
        web.get("/payments/all.csv", private(download.show)),
        web.get("/payments/{public_id}", private(views.show)),
    ]
