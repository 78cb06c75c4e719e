"""Registration: customers let themselves in, with proof: the link of a mailed invoice, or what an invoice says.

All of it is missing, 404, while the organisation does not allow it.
"""

from aiohttp import web

from portal.registration import by_facts, by_link, confirming


def routes() -> list[web.RouteDef]:
    """Open to who has proof."""
    return [
        web.get("/register", by_facts.show),
        web.post("/register", by_facts.claim),
        web.get("/register/confirm/{token}", confirming.show),
        web.post("/register/confirm/{token}", confirming.join),
        web.get("/register/{token}", by_link.show),
        web.post("/register/{token}", by_link.join),
        web.get("/register/{token}/address", by_link.show_address),
        web.post("/register/{token}/address", by_link.send_to_address),
    ]
