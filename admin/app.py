"""The admin console as an aiohttp application: its routes, and the order in which a request is judged."""

from collections.abc import AsyncIterator, Sequence

from aiohttp import web
from aiohttp.typedefs import Middleware

from admin import (
    api_tokens,
    audit,
    branding,
    certificate,
    customers,
    data,
    dns_status,
    home,
    imports,
    mail,
    mailings,
    operators,
    rights,
    security,
    settings,
    signin,
    staff,
    viewing,
    wizard,
)
from admin.keys import CHECK, CLOCK, COMPLETE, FACTS, OPERATIONS, PASSWORDS, RENDERER, STORE, VAULT
from admin.pages import show_problem
from admin.provider import Operations, ProviderFacts
from admin.signin.members import ground
from portal import csrf, errors, headers, later, tenancy
from portal.invoices import press
from portal.passwords import Passwords
from portal.rendering import Renderer
from portal.security.ground import GROUND
from portal.tenancy import HostnameOf
from store.database import Store
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname, shown
from store.instants import Clock
from store.vault import Vault

__all__ = ["Operations", "ProviderFacts", "build"]

MAX_BODY_BYTES = 64 * 1024
FEATURES = (
    signin,
    security,
    home,
    customers,
    wizard,
    dns_status,
    settings,
    certificate,
    branding,
    mail,
    imports,
    mailings,
    data,
    operators,
    api_tokens,
    staff,
    viewing,
    audit,
)


def build(
    store: Store,
    *,
    clock: Clock,
    hostname_of: HostnameOf,
    facts: ProviderFacts,
    operations: Operations,
    vault: Vault,
    passwords: Passwords | None = None,
    middlewares: Sequence[Middleware] = (),
) -> web.Application:
    """The console on `facts.admin_host`; `passwords` is shared with the portal, or its own."""
    app = web.Application(
        client_max_size=MAX_BODY_BYTES,
        middlewares=[
            *middlewares,
            errors.middleware(show_problem),
            tenancy.middleware(Room.ADMIN, _only(facts.admin_host), hostname_of),
            csrf.middleware(facts.public_https_port),
            rights.middleware,
        ],
    )
    renderer = Renderer("admin", "portal")
    renderer.environment.filters["shown"] = shown
    app[STORE], app[CLOCK], app[FACTS] = store, clock, facts
    app[CHECK], app[COMPLETE], app[OPERATIONS] = operations.check, operations.complete, operations
    app[RENDERER], app[PASSWORDS] = renderer, passwords or Passwords()
    app[VAULT], app[GROUND] = vault, ground
    press.install(app)
    later.install(app)
    branding.install(app)
    wizard.install(app)
    if passwords is None:
        app.cleanup_ctx.append(_closing_passwords)
    headers.protect(app)
    app.router.add_get("/static/{fingerprint}/{name}", renderer.statics.show, name="static")
    for feature in FEATURES:
        app.add_routes(feature.routes())
    return app


def _only(admin_host: Hostname) -> tenancy.Resolve:
    own = Destination(admin_host, Room.ADMIN, None, False, (), Confirmation.ADDRESS, None)
    return lambda hostname: own if hostname == admin_host else None


async def _closing_passwords(app: web.Application) -> AsyncIterator[None]:
    yield
    app[PASSWORDS].close()
