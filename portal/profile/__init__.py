"""A customer's own details."""

# ruff: noqa: A005 - the section is called so; imports are absolute

from aiohttp import web

from portal.profile import history, views
from portal.visit import private


def routes() -> list[web.RouteDef]:
    """For signed-in members."""
    return [
        web.get("/profile", private(views.show)),
        web.get("/profile/changes", private(history.show)),
        web.post("/profile/take-back", private(views.take_back)),
        web.get("/profile/{section:contact|address}", private(views.edit)),
        web.post("/profile/{section:contact|address}", private(views.save)),
    ]
