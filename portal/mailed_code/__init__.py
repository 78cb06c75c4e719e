"""Signing in by a mailed code or link, in the browser that asked for it."""

from aiohttp import web

from portal.mailed_code import views


def routes() -> list[web.RouteDef]:
    """Open to all: asking, the code, and what the mailed link opens."""
    return [
        web.get("/sign-in/mail", views.show),
        web.post("/sign-in/mail", views.ask),
        web.get("/sign-in/mail/code", views.show_code),
        web.post("/sign-in/mail/code", views.enter_code),
        web.get("/sign-in/mail/{link}", views.show_link),
        web.post("/sign-in/mail/{link}", views.enter_link),
    ]
