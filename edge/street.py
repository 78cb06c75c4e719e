"""Street: what holds for connections on a listener without a pump: how many, and how long one may take nothing."""

import asyncio
import logging
from dataclasses import dataclass, field

from edge.tls.allowance import Allowance
from edge.tls.places import Places

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Street:
    """`crowd` is the same that https has: who is connected counts once, wherever."""

    crowd: Places
    stalled_seconds: float = 60.0
    """A peer that takes nothing of our answers for so long is cut off."""
    allowance: Allowance = field(default_factory=lambda: Allowance(per_second=1))

    def enter(self, transport: asyncio.BaseTransport) -> str | None:
        """The place that a connection has taken; None: there is none, and it is dropped."""
        peername = transport.get_extra_info("peername")
        peer = str(peername[0]) if isinstance(peername, tuple) else ""
        if self.crowd.enter(peer):
            return peer
        left_out = self.allowance.take("crowd", asyncio.get_running_loop().time())
        if left_out is not None:
            log.info("too many connections", extra={"peer": peer, "left_out": left_out})
        return None
