"""Services: what every view of the portal may use, under typed keys."""

from dataclasses import dataclass

from aiohttp import web

from portal.mail import Provider
from portal.passwords import Passwords
from portal.rendering import Renderer
from store.brand import Brand
from store.database import Store
from store.instants import Clock
from store.portals import Portal
from store.vault import Vault


@dataclass(frozen=True, slots=True)
class Services:
    """Made once by `portal.app.build`."""

    store: Store
    clock: Clock
    renderer: Renderer
    passwords: Passwords
    provider: Provider
    """Who mails are from where an organisation has no verified address."""
    vault: Vault


SERVICES = web.AppKey("services", Services)
PORTAL = web.RequestKey("portal", Portal)
BRAND = web.RequestKey("brand", Brand)


def services(request: web.Request) -> Services:
    """The services of the request's application."""
    return request.config_dict[SERVICES]
