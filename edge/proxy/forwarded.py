"""Forwarded: the header block that an upstream is sent: the client's own, and who asks for what by which way."""

from collections.abc import Iterator
from dataclasses import dataclass

from edge.http1 import fields
from edge.http1.fields import Field
from edge.http1.request_block import RequestBlock
from edge.proxy.hop_by_hop import end_to_end
from edge.proxy.terms import Client
from store.hostname import Hostname

OUR_NAME = b"brassplate"
"""In Via (RFC 9110 section 7.6.3)."""
_ABOUT_CLIENT = frozenset(b"cf-connecting-ip forwarded true-client-ip x-client-ip x-real-ip".split())
_NO_UPGRADE = frozenset((b"h2c", b"h2"))


@dataclass(frozen=True, slots=True)
class Onward:
    """A block for the upstream, from CRLF to CRLF CRLF, and what was asked beside the resource."""

    block: bytes
    upgrade: frozenset[bytes]
    """The protocols that the connection may turn into."""
    takes_trailers: bool


def onward(request: RequestBlock, minor: bytes, peer: str, client: Client, hostname: Hostname) -> Onward:
    """Whoever is not trusted is believed nothing about who asks, by which scheme and for which host."""
    upgrade = _upgrade(request) if minor == b"1" else frozenset()
    takes_trailers = minor == b"1" and b"trailers" in fields.tokens(request.fields, b"te")
    lines = [
        b"%b: %b" % (name, value)
        for low, name, value in end_to_end(request.fields, request.connection)
        if client.trusted or not _is_about_client(low)
    ]
    lines += _told(request, peer, client, hostname)
    lines += _of_this_hop(request, upgrade, takes_trailers)
    return Onward(b"\r\n" + b"\r\n".join(lines) + b"\r\n\r\n", upgrade, takes_trailers)


def _is_about_client(name: bytes) -> bool:
    return name in _ABOUT_CLIENT or name.startswith(b"x-forwarded-")


def _told(request: RequestBlock, peer: str, client: Client, hostname: Hostname) -> Iterator[bytes]:
    """Repeated fields are one list, so ours go last (RFC 9110 section 5.3)."""
    if client.trusted:
        before = request.values(b"x-forwarded-for") or request.values(b"forwarded")
        if not before and client.address != peer:
            yield b"X-Forwarded-For: " + client.address.encode()
    yield b"X-Forwarded-For: " + peer.encode()
    if not (client.trusted and request.values(b"x-forwarded-proto")):
        yield b"X-Forwarded-Proto: https"
    if not (client.trusted and request.values(b"x-forwarded-host")):
        yield b"X-Forwarded-Host: " + hostname.encode()
    yield b"Forwarded: for=%b;host=%b;proto=https" % (_node(peer), _quoted(request.host))
    yield b"Via: 1.1 " + OUR_NAME


def _of_this_hop(request: RequestBlock, upgrade: frozenset[bytes], takes_trailers: bool) -> Iterator[bytes]:
    if request.chunked:
        yield b"Transfer-Encoding: chunked"
        yield from _announced_trailers(request.fields)
    if upgrade:
        yield b"Connection: Upgrade"
        yield b"Upgrade: " + b", ".join(request.values(b"upgrade"))
    elif takes_trailers:
        yield b"Connection: TE"
        yield b"TE: trailers"


def _announced_trailers(found: tuple[Field, ...]) -> Iterator[bytes]:
    return (b"Trailer: " + value for name, _, value in found if name == b"trailer")


def _upgrade(request: RequestBlock) -> frozenset[bytes]:
    """HTTP/2 in clear text is never passed: nothing in such a tunnel would be looked at."""
    if b"upgrade" not in request.connection or request.has_body:
        return frozenset()
    wanted = fields.tokens(request.fields, b"upgrade")
    return frozenset() if wanted & _NO_UPGRADE else wanted


def _node(address: str) -> bytes:
    """As RFC 7239 section 6 writes addresses."""
    return (f'"[{address}]"' if ":" in address else address).encode()


def _quoted(host: bytes) -> bytes:
    return b'"%b"' % host if b":" in host else host
