"""Viewing: staff look at the portal as a customer does; and who of the customers has seen what."""

from aiohttp import web

from portal.viewing import views
from portal.viewing.read_only import middleware

__all__ = ["middleware", "routes"]


def routes() -> list[web.RouteDef]:
    """Open to whoever holds a hand-off of the console."""
    return [
        web.get("/viewing/{token}", views.show, name="viewing"),
        web.post("/viewing/{token}", views.begin),
        web.post("/viewing/end", views.end, name="viewing_end"),
    ]
