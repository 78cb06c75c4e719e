"""Another address to sign in with: asked for under Security, confirmed at the new one, taken back from the old one."""

from aiohttp import web

from portal.address_change import asking, views
from portal.address_change.mails import BACK, CONFIRM
from portal.visit import own


def routes() -> list[web.RouteDef]:
    """The links are open to who holds their tokens; asking is for who is signed in."""
    return [
        web.get(asking.ADDRESS, own(asking.show)),
        web.post(asking.ADDRESS, own(asking.submit)),
        *open_routes(),
    ]


def open_routes() -> list[web.RouteDef]:
    """What a token opens."""
    return [
        web.get(f"{CONFIRM}/{{token}}", views.show),
        web.post(f"{CONFIRM}/{{token}}", views.confirm),
        web.get(f"{BACK}/{{token}}", views.show_back),
        web.post(f"{BACK}/{{token}}", views.take_back),
    ]
