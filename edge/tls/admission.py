"""Admission: what to do with a ClientHello: which certificate and which room, or which alert."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from typing import Protocol

from edge.sni.alerts import Alert
from edge.sni.client_hello import ClientHello
from edge.tls.acme.challenges import ALPN_PROTOCOL, TLS_ALPN_01, challenge_certificate
from edge.tls.contexts import challenge_context
from edge.tls.gate import Denied
from edge.tls.strangers import StrangerCount
from edge.tls.terms import Accept, Arrival, Decision, Refuse
from store import challenges
from store.database import Store
from store.destination import Destination, Room
from store.hostname import Hostname, canonical
from store.instants import Clock

log = logging.getLogger(__name__)

FRONT = "front"
_CHALLENGE = (ALPN_PROTOCOL.encode(),)
ProtocolFactory = Callable[[], asyncio.Protocol]


class Contexts(Protocol):
    """Contexts in memory, and those that must be waited for; `edge.tls.certificates.Certificates`."""

    def ready(self, hostname: Hostname) -> ssl.SSLContext | None: ...

    def context_for(self, hostname: Hostname, *, came_at: float) -> Awaitable[ssl.SSLContext | Denied]: ...

    def saw(self, hostname: Hostname, what: str) -> None: ...


class Admission:
    """The policy of the TLS listeners; for a name in memory it answers at once."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        resolve: Callable[[Hostname], Destination | None],
        contexts: Contexts,
        rooms: Callable[[Destination], ProtocolFactory],
        strangers: StrangerCount,
    ):
        self._store = store
        self._clock = clock
        self._resolve = resolve
        self._contexts = contexts
        self._rooms = rooms
        self._strangers = strangers

    def __call__(self, hello: ClientHello, arrival: Arrival) -> Decision | Awaitable[Decision]:
        """Unknown names are refused before any crypto, and nothing is looked up for them outside memory."""
        hostname = canonical(hello.server_name) if hello.server_name else None
        if hostname is None:
            self._strangers.add(None)
            return Refuse(Alert.UNRECOGNIZED_NAME, "no server name")
        if hello.alpn == _CHALLENGE:
            return self._challenge(hostname, arrival.address)
        destination = self._resolve(hostname)
        if destination is None:
            self._strangers.add(hostname)
            return Refuse(Alert.UNRECOGNIZED_NAME, "unknown name")
        context = self._contexts.ready(hostname)
        if context is not None:
            return Accept(context, self._rooms(destination), hostname, room=_label(destination))
        return self._awaited(hostname, destination, arrival.at)

    async def _awaited(self, hostname: Hostname, destination: Destination, came_at: float) -> Decision:
        found = await self._contexts.context_for(hostname, came_at=came_at)
        if isinstance(found, Denied):
            return Refuse(Alert.INTERNAL_ERROR, found.why)
        return Accept(found, self._rooms(destination), hostname, room=_label(destination))

    async def _challenge(self, hostname: Hostname, peer: str) -> Decision:
        """The tls-alpn-01 certificate, by one read of the store: another process may have ordered (RFC 8737)."""
        answer = await self._store.read(challenges.alpn_answer, hostname, self._clock())
        if answer is None:
            return Refuse(Alert.UNRECOGNIZED_NAME, "no challenge for this name")
        self._contexts.saw(hostname, f"{TLS_ALPN_01} asked by {peer}")
        chain_pem, key_pem = challenge_certificate(hostname, answer, self._clock())
        context = await asyncio.to_thread(challenge_context, chain_pem, key_pem)
        log.info("tls-alpn-01 answered", extra={"hostname": hostname, "peer": peer})
        return Accept(context, None, hostname, alpn=_CHALLENGE)


def _label(destination: Destination) -> str:
    """What its requests are counted as: `front` for the name that clients' records lead to, which nobody else has."""
    is_front = destination.room is Room.UPSTREAM and destination.organisation_id is None
    return FRONT if is_front else destination.room.value
