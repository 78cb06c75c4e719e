"""Client address: who a request is from: the peer, or whom Cloudflare names where its proxy stands on purpose."""

import ipaddress
from collections.abc import Callable, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from edge.routing.authority import hostname_of
from store.destination import Destination
from store.hostname import Hostname

HEADER = "CF-Connecting-IP"


def client_address(destination: Destination | None, peer: str, by_proxy: bool, named: Sequence[str]) -> str:
    """The visitor's address; what `HEADER` names counts once, for such a name, from such a peer, and if it is one."""
    if destination is None or not destination.behind_proxy or not by_proxy or len(named) != 1:
        return peer
    try:
        return str(ipaddress.ip_address(named[0].strip()))
    except ValueError:
        return peer


def named_by_proxy(
    resolve: Callable[[Hostname], Destination | None], is_proxy: Callable[[str], bool]
) -> Middleware:
    """A middleware after which `request.remote` is the visitor's address."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        named = request.headers.getall(HEADER, [])
        peer = request.remote
        if not named or not peer:
            return await handler(request)
        hostname = hostname_of(request)
        destination = resolve(hostname) if hostname else None
        found = client_address(destination, peer, is_proxy(peer), named)
        return await handler(request if found == peer else request.clone(remote=found))

    return middleware
