"""A new password for who forgot theirs."""

from aiohttp import web

from portal.reset import views


def routes() -> list[web.RouteDef]:
    """Open to all: asking, and what a mailed token opens."""
    return [
        web.get("/reset", views.show),
        web.post("/reset", views.ask),
        web.get("/reset/{token}", views.show_choice),
        web.post("/reset/{token}", views.choose),
    ]
