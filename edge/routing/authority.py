"""Authority: on every request the Host must be the name that the connection's SNI chose (RFC 9110 7.4, 421)."""

from aiohttp import web

from store.hostname import Hostname, canonical

SNI = "brassplate.hostname"
"""Under this key the transport tells the hostname of its ClientHello."""


def hostname_of(request: web.BaseRequest) -> Hostname | None:
    """The hostname that the connection's ClientHello named."""
    hostname: Hostname | None = request.transport.get_extra_info(SNI) if request.transport else None
    return hostname


def named(request: web.Request) -> Hostname | None:
    """The one hostname that a request names; None where it names none, several or no valid one."""
    hosts = request.headers.getall("Host", [])
    if len(hosts) != 1:
        return None
    names = {without_port(hosts[0])}
    target = request.raw_path
    if not target.startswith("/") and target != "*":
        names.add(without_port(request.url.authority))
    return names.pop() if len(names) == 1 else None


def without_port(authority: str) -> Hostname | None:
    """The canonical name in `host` or `host:port`; None for anything else."""
    host, colon, port = authority.partition(":")
    if colon and not (port.isascii() and port.isdigit() and len(port) <= 5):
        return None
    return canonical(host)
