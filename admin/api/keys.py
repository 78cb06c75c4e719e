"""Keys: what the API's application and its requests carry, typed."""

from dataclasses import dataclass

from aiohttp import web

from admin.api.limits import Limiter
from store.api_tokens import ApiToken
from store.database import Store
from store.instants import Clock
from store.organisations import Organisation

STORE = web.AppKey("store", Store)
CLOCK = web.AppKey[Clock]("clock")
PUBLIC_PORT = web.AppKey("public_port", int)
LIMITER = web.AppKey("limiter", Limiter)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token a request shows."""

    token: ApiToken
    organisation: Organisation

    @property
    def actor(self) -> str:
        """As the audit names it."""
        return f"token:{self.token.id}"


CALLER = web.RequestKey("caller", Caller)
