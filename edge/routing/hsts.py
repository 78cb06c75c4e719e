"""HSTS: browsers that have opened a name over HTTPS are told to come no other way (RFC 6797)."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from edge.routing.authority import hostname_of
from store.destination import Confirmation, Destination
from store.hostname import Hostname

MAX_AGE_SECONDS = 180 * 86_400
VALUE = f"max-age={MAX_AGE_SECONDS}"
"""Of this name alone: what else its owner has below it is theirs to decide."""
Signal = Callable[[web.Request, web.StreamResponse], Awaitable[None]]


def strict_transport(resolve: Callable[[Hostname], Destination | None]) -> Signal:
    """Adds the header to answers of names that are known to work; for a CA that the world trusts."""

    async def say(request: web.Request, response: web.StreamResponse) -> None:
        hostname = hostname_of(request)
        destination = resolve(hostname) if hostname else None
        if destination and is_proven(destination):
            response.headers.setdefault("Strict-Transport-Security", VALUE)

    return say


def is_proven(destination: Destination) -> bool:
    """A client's name once its page was proved over HTTPS from outside; our own names are ours to keep working."""
    return destination.live or destination.confirmation is Confirmation.ADDRESS
