"""The customer portal: one aiohttp application for every organisation's own domain."""

from collections.abc import AsyncIterator, Callable, Sequence

from aiohttp import web
from aiohttp.typedefs import Middleware

from portal import (
    accounts,
    address_change,
    assets,
    bill,
    calls,
    csrf,
    csv_stream,
    door,
    errors,
    headers,
    home,
    invitation,
    invoices,
    later,
    mailed_code,
    moving,
    pages,
    payments,
    people,
    profile,
    registration,
    reset,
    security,
    signin,
    statement,
    takeout,
    tenancy,
    viewing,
)
from portal.calls import summing
from portal.invoices import press
from portal.mail import Provider
from portal.passwords import Passwords
from portal.rendering import Renderer
from portal.security.ground import GROUND
from portal.services import SERVICES, Services
from portal.signin.customers import ground
from portal.tenancy import HostnameOf, Resolve
from portal.visit import own
from store.database import Store
from store.destination import Room
from store.instants import Clock
from store.vault import Vault

MAX_BODY = 64 * 1024


def build(
    store: Store,
    *,
    clock: Clock,
    resolve: Resolve,
    hostname_of: HostnameOf,
    provider: Provider,
    vault: Vault,
    passwords: Passwords | None = None,
    middlewares: Sequence[Middleware] = (),
) -> web.Application:
    """The application, ready for a runner. `passwords` given: its owner closes it; else it is ours."""
    app = web.Application(
        client_max_size=MAX_BODY,
        middlewares=(
            *middlewares,
            errors.middleware(pages.show_problem),
            tenancy.middleware(Room.PORTAL, resolve, hostname_of),
            door.middleware(provider.public_port),
            csrf.middleware(provider.public_port),
            viewing.middleware,
        ),
    )
    ours = passwords or Passwords()
    app[SERVICES] = Services(store, clock, Renderer("portal"), ours, provider, vault)
    app[GROUND] = ground
    press.install(app)
    csv_stream.install(app)
    summing.install(app)
    headers.protect(app)
    later.install(app)
    if passwords is None:
        app.cleanup_ctx.append(_closing(ours))
    app.add_routes(security.routes(own))
    for feature in (
        assets,
        signin,
        viewing,
        home,
        invoices,
        bill,
        statement,
        payments,
        calls,
        profile,
        accounts,
        people,
        takeout,
    ):
        app.add_routes(feature.routes())
    for entrance in (moving, invitation, registration, reset, mailed_code, address_change):
        app.add_routes(entrance.routes())
    return app


def _closing(passwords: Passwords) -> Callable[[web.Application], AsyncIterator[None]]:
    async def closing(_app: web.Application) -> AsyncIterator[None]:
        yield
        passwords.close()

    return closing
