"""What all connections of the proxy share: where names lead, who is believed, how long and how much."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from store.destination import Destination
from store.hostname import Hostname
from store.instants import Clock

MAX_REQUEST = 2 << 30
"""Of one request's body, in bytes."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Spans in seconds."""

    connect: float = 3.0
    """Until an upstream has taken a connection, its name looked up and all its addresses tried."""
    head: float = 60.0
    """Until a visitor's head is complete, and from the last byte that went up until the head of the answer."""
    idle: float = 60.0
    """While a body goes in either direction and nothing of it moves."""
    tunnel: float = 120.0
    """While nothing moves in a tunnel, which may rest for longer between messages."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who a request is from, and whether what the peer says of others before it is believed."""

    address: str
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class OwnPath:
    """A path of every hostname that is answered here."""

    prefix: bytes
    answer: Callable[[Hostname, bytes, bytes], str | None]
    """The text for this name, method and rest of the path; None: 404."""


@dataclass(slots=True)
class Answered:
    """One request and what came of it; not frozen, which costs more than all the rest of making one."""

    method: bytes
    target: bytes
    status: int
    sent: int
    """Bytes of the answer."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Terms:
    """Given to each connection."""

    resolve: Callable[[Hostname], Destination | None]
    hostname_of: Callable[[asyncio.BaseTransport], Hostname | None]
    """The name that the connection is for."""
    named: Callable[[str], Hostname | None]
    """The name in a Host."""
    client_of: Callable[[Destination | None, str, Sequence[str]], Client]
    """By the destination, the peer's address and the values of CF-Connecting-IP."""
    own_path: OwnPath
    is_stopping: Callable[[], bool]
    clock: Clock
    timeouts: Timeouts = field(default_factory=Timeouts)
    max_request: int = MAX_REQUEST
    answered: Callable[[asyncio.BaseTransport, Answered], None] = lambda transport, answered: None
    """Hears of each answer."""
