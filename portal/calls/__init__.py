"""Calls, messages and data sessions."""

from aiohttp import web

from portal.calls import file, naming, views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members."""
    return [
        web.get("/calls", private(views.index)),
        web.get("/calls.csv", private(file.show)),
        web.get("/calls/by/{dimension}", private(views.group)),
        web.get("/calls/names", private(naming.show)),
        web.post("/calls/names", private(naming.save)),
        web.post("/calls/itemisation", private(naming.choose)),
    ]
