"""Ground: what signing in and the security pages stand on, in an organisation's portal as in the console."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from aiohttp import web

from portal.mail.notices import Happened
from portal.passwords import Passwords
from portal.security.realm import Holder, Person, Realm
from store.database import Store
from store.hostname import Hostname
from store.instants import Clock
from store.outbox import Message
from store.vault import Vault


class Page(Protocol):
    """Shows a template as a page of the place."""

    def __call__(
        self, request: web.Request, template: str, *, status: int = 200, **context: Any
    ) -> web.Response: ...


@dataclass(frozen=True, slots=True)
class Ground:
    """Made for each request by the application's own `GROUND`."""

    store: Store
    clock: Clock
    passwords: Passwords
    vault: Vault
    realm: Realm
    host: Hostname
    name: str
    """What an authenticator app shows beside the code."""
    idle: timedelta
    asks_for_factor: bool
    """Whoever signs in here must have a second factor."""
    zone: ZoneInfo
    page: Page
    notice: Callable[[web.Request, Person, Happened], Awaitable[Message | None]]
    """A mail that tells somebody what happened to their sign-in; None: there is nothing to write it on."""
    is_portal: bool = False
    """They are customers: with colleagues, and an address that they may change themselves."""


GROUND = web.AppKey[Callable[[web.Request], Ground]]("ground")
View = Callable[[web.Request, Ground, Holder], Awaitable[web.StreamResponse]]
"""A page of somebody's own sign-in."""


def ground_of(request: web.Request) -> Ground:
    """The ground under a request."""
    return request.config_dict[GROUND](request)
