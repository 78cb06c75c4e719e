"""API tokens: what programs of an organisation show to the API: made, listed, revoked."""

from aiohttp import web

from admin.api_tokens import views

TOKENS = "/organisations/{slug}/api"
TOKEN = f"{TOKENS}/{{token_id:[1-9][0-9]{{0,14}}}}"


def routes() -> list[web.RouteDef]:
    """One page for all of them, one for each."""
    return [
        web.get(TOKENS, views.index),
        web.post(TOKENS, views.make),
        web.get(TOKEN, views.show),
        web.post(f"{TOKEN}/revoke", views.revoke),
    ]
