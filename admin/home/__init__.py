"""Home: what one sees first."""

from aiohttp import web

from admin.home import views


def routes() -> list[web.RouteDef]:
    """The operator's list, and an organisation's overview."""
    return [
        web.get("/", views.start),
        web.get("/organisations/{slug}", views.overview),
    ]
