"""Signing in and out."""

from aiohttp import web

from portal.signin import views


def routes() -> list[web.RouteDef]:
    """Open to all: the way in."""
    return [
        web.get("/sign-in", views.show),
        web.post("/sign-in", views.submit),
        web.post("/sign-out", views.sign_out),
    ]
