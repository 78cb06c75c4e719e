"""Upstream room: what the proxy is told of names, of who is believed, and of the path that is our own."""

import asyncio
from collections.abc import Callable, Sequence

from edge.dns.proxies import is_cloudflare
from edge.networks import is_within
from edge.proxy.terms import Answered, Client, OwnPath, Terms
from edge.routing import proof
from edge.routing.authority import SNI, without_port
from edge.routing.client_address import client_address
from edge.settings import Network, Settings
from store.destination import Destination
from store.hostname import Hostname
from store.instants import Clock


def terms(
    settings: Settings,
    resolve: Callable[[Hostname], Destination | None],
    proof_key: bytes,
    *,
    clock: Clock,
    is_stopping: Callable[[], bool],
    answered: Callable[[asyncio.BaseTransport, Answered], None] = lambda transport, answered: None,
) -> Terms:
    """The terms of every connection that is for an upstream."""
    return Terms(
        resolve=resolve,
        hostname_of=lambda transport: transport.get_extra_info(SNI),
        named=without_port,
        client_of=lambda destination, peer, named: client(destination, peer, named, settings.trusted_proxies),
        own_path=OwnPath(
            proof.PREFIX.encode(), lambda hostname, method, rest: _proof(proof_key, hostname, method, rest)
        ),
        is_stopping=is_stopping,
        clock=clock,
        max_request=settings.max_request_mib << 20,
        answered=answered,
    )


def client(
    destination: Destination | None, peer: str, named: Sequence[str], trusted: tuple[Network, ...]
) -> Client:
    """Believed are the networks that the operator named, and Cloudflare before a name that is set to have it."""
    by_proxy = destination is not None and destination.behind_proxy and is_cloudflare(peer)
    return Client(client_address(destination, peer, by_proxy, named), by_proxy or is_within(peer, trusted))


def _proof(key: bytes, hostname: Hostname, method: bytes, nonce: bytes) -> str | None:
    if len(nonce) != proof.NONCE_LENGTH or method != b"GET":
        return None
    return proof.answer(key, hostname, nonce.decode("ascii"))
