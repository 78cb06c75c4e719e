"""Tenancy: which hostname, destination and organisation a request is for.

The connection decides: its SNI name, put on the transport by the TLS pump. A request whose Host or target
names anything else is answered 421, with no brand, cookie or redirect.
"""

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from store.destination import Destination, Room
from store.hostname import Hostname, canonical

Resolve = Callable[[Hostname], Destination | None]
HostnameOf = Callable[[web.BaseRequest], Hostname | None]

HOSTNAME = web.RequestKey("hostname", Hostname)
DESTINATION = web.RequestKey("destination", Destination)


def host_header(request: web.BaseRequest) -> Hostname | None:
    """The hostname of the Host header; only for servers without TLS, such as a test's."""
    return canonical(_without_port(request.headers.get("Host", "")))


def is_misdirected(request: web.BaseRequest, hostname: Hostname) -> bool:
    """Whether the request names another host than its connection, or has an absolute target."""
    return not request.raw_path.startswith("/") or host_header(request) != hostname


def middleware(room: Room, resolve: Resolve, hostname_of: HostnameOf) -> Middleware:
    """Put the hostname and its destination on each request, and refuse those that are not for `room`."""

    @web.middleware
    async def tenancy(request: web.Request, handler: Handler) -> web.StreamResponse:
        hostname = hostname_of(request)
        if hostname is None or is_misdirected(request, hostname):
            return misdirected()
        destination = resolve(hostname)
        if destination is None or destination.room is not room:
            return misdirected()
        request[HOSTNAME] = hostname
        request[DESTINATION] = destination
        return await handler(request)

    return tenancy


def misdirected() -> web.Response:
    """421: this connection is not for that name."""
    return web.Response(status=421, text="421 This server does not answer for that name here.\n")


def origin(hostname: Hostname, public_port: int) -> str:
    """The canonical origin of a hostname: https, and the port only where it is not 443."""
    return f"https://{hostname}" + ("" if public_port == 443 else f":{public_port}")


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host
