"""Invitations: somebody new chooses a password by the link in their mail; a user takes one more customer on."""

from aiohttp import web

from portal.invitation import offers, views
from portal.visit import own


def routes() -> list[web.RouteDef]:
    """The link's page is open to who holds its token; offers are for who is signed in."""
    return [*open_routes(), *offer_routes()]


def open_routes() -> list[web.RouteDef]:
    """What a token opens."""
    return [
        web.get("/invitation/{token}", views.show),
        web.post("/invitation/{token}", views.accept),
        web.post("/invitation/{token}/again", views.ask_again),
    ]


def offer_routes() -> list[web.RouteDef]:
    """For users, also those who have no account any more."""
    return [
        web.get("/invitations", own(offers.show)),
        web.post("/invitations", own(offers.answer)),
    ]
