"""What all TLS connections of a process share: the policy, the limits, who waits, who is connected."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from edge.sni.alerts import Alert
from edge.sni.client_hello import ClientHello
from edge.tls.allowance import Allowance
from edge.tls.outcomes import Result
from edge.tls.places import Places
from store.hostname import Hostname
from store.tasks import OwnedTasks

ProtocolFactory = Callable[[], asyncio.Protocol]


@dataclass(frozen=True, slots=True)
class Accept:
    """Go on with this certificate, and then give the plaintext to a protocol of this factory."""

    context: ssl.SSLContext
    protocol_factory: ProtocolFactory | None
    """None: nothing is served; the handshake was the answer (tls-alpn-01)."""
    hostname: Hostname | None
    alpn: tuple[bytes, ...] = (b"http/1.1",)
    """What the context offers. A client whose list has none of it gets no_application_protocol (RFC 7301
    section 3.2), which Python's `ssl` leaves out."""
    room: str = ""
    """Which application that is, for the log."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Send this alert and close."""

    alert: Alert
    why: str


Decision = Accept | Refuse


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a connection came from, and when by the monotonic clock."""

    address: str
    at: float


Policy = Callable[[ClientHello, Arrival], Decision | Awaitable[Decision]]
"""Judges a hello and where it came from. An awaitable is never cancelled by a connection: it may be one
future that many connections share."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much; spans in seconds."""

    hello_seconds: float = 5.0
    wait_seconds: float = 20.0
    handshake_seconds: float = 10.0
    linger_seconds: float = 1.0
    """After our last byte the peer may take this long to close, and what it sends is thrown away: a close with
    unread bytes is a reset, and a reset can eat the alert or the end of a response."""
    stalled_seconds: float = 10.0
    """A peer that takes none of our last bytes for this long is cut off."""
    idle_seconds: float = 120.0
    """An open connection on which nothing moves, in neither direction, is cut off after once to twice as long."""
    early_bytes: int = 64 * 1024
    """What a client may send after its hello while it waits for our answer."""


class Connection(Protocol):
    """What the listener needs of a connection."""

    def close(self) -> None:
        """End in order: an alert or close_notify, then the socket."""

    def abort(self) -> None:
        """Drop the socket."""

    def abort_if_idle(self) -> None:
        """Drop the socket if nothing moved since this was last called."""


@dataclass(frozen=True, slots=True)
class Ears:
    """Who counts what happens on connections."""

    handshake: Callable[[Result], None] = lambda result: None
    """One has ended."""
    first_answer: Callable[[float, bool], None] = lambda seconds, awaited: None
    """The first byte of the first answer has left, so many seconds after the connection came; whether it waited
    for a certificate."""


@dataclass(slots=True, eq=False)
class Terms:
    """Given to each connection by its listener."""

    policy: Policy
    tasks: OwnedTasks
    limits: Limits = field(default_factory=Limits)
    waiting: Places = field(default_factory=lambda: Places(2_000, 20))
    """Handshakes that wait for a certificate."""
    crowd: Places = field(default_factory=Places)
    """Connections."""
    connections: set[Connection] = field(default_factory=set)
    ears: Ears = field(default_factory=Ears)
    allowance: Allowance = field(default_factory=Allowance)
    on_empty: Callable[[], None] | None = None
    """Called when the last connection is gone."""

    def joined(self, connection: Connection) -> None:
        """A connection is there."""
        self.connections.add(connection)

    def left(self, connection: Connection) -> None:
        """A connection is gone, its socket too."""
        self.connections.discard(connection)
        if not self.connections and self.on_empty is not None:
            self.on_empty()
