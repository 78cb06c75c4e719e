"""Accepts TLS connections, knows how many there are, and ends them in order."""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence

from edge.binding import BACKLOG, bind, close_all, shown
from edge.introduction import Introduction
from edge.tls.connection import TlsConnection
from edge.tls.places import Places
from edge.tls.terms import Ears, Limits, Policy, Terms
from store.tasks import OwnedTasks

log = logging.getLogger(__name__)


class Listener:
    """The https side of the house: `start`, then `drain`, then `close`."""

    def __init__(
        self,
        policy: Policy,
        *,
        limits: Limits | None = None,
        max_waiting: int = 2_000,
        max_waiting_per_address: int = 20,
        crowd: Places | None = None,
        introduces: Callable[[str], bool] | None = None,
        ears: Ears | None = None,
    ) -> None:
        """`crowd`: how many may be connected; `introduces`: whether the peer of this address says who its
        connections are from (PROXY protocol)."""
        self._tasks = OwnedTasks()
        self._terms = Terms(
            policy,
            self._tasks,
            limits or Limits(),
            Places(max_waiting, max_waiting_per_address),
            Places() if crowd is None else crowd,
            ears=ears or Ears(),
            on_empty=self._emptied,
        )
        self._introduces = introduces
        self._servers: list[asyncio.Server] = []
        self._empty = asyncio.Event()
        self._empty.set()
        self._looking: asyncio.TimerHandle | None = None

    @property
    def connections(self) -> int:
        """How many sockets are open, whatever their phase."""
        return len(self._terms.connections)

    @property
    def waiting(self) -> int:
        """How many handshakes wait for a certificate."""
        return len(self._terms.waiting)

    async def start(self, addresses: Sequence[str | socket.socket]) -> list[str]:
        """Bind and accept: all of `host:port`, `[::]:port` or listening sockets, or OSError and none of them."""
        sockets: list[socket.socket] = []
        try:
            for address in addresses:
                sockets += [address] if isinstance(address, socket.socket) else bind(address)
        except OSError:
            close_all(sockets)
            raise
        loop = asyncio.get_running_loop()
        for bound in sockets:
            server = await loop.create_server(lambda: self._connection(loop), sock=bound, backlog=BACKLOG)
            self._servers.append(server)
        if self._looking is None:
            self._look_again(loop)
        return [shown(bound) for bound in sockets]

    async def drain(self, seconds: float) -> None:
        """Accept no more; connections may end by themselves for so long, then they are ended in order."""
        self._stop_accepting()
        if await self._emptied_within(seconds):
            return
        log.info("connections ended at the limit", extra={"connections": self.connections})
        for connection in tuple(self._terms.connections):
            connection.close()
        limits = self._terms.limits
        await self._emptied_within(2 * limits.linger_seconds)

    async def close(self) -> None:
        """Drop what is left."""
        self._stop_accepting()
        if self._looking is not None:
            self._looking.cancel()
        for connection in tuple(self._terms.connections):
            connection.abort()
        await self._emptied_within(1)
        await self._tasks.close()

    def _connection(self, loop: asyncio.AbstractEventLoop) -> asyncio.Protocol:
        if self._introduces is None:
            return TlsConnection(self._terms, loop)
        return Introduction(
            lambda: TlsConnection(self._terms, loop), self._introduces, self._terms.joined, self._terms.left
        )

    def _look_for_idle(self, loop: asyncio.AbstractEventLoop) -> None:
        for connection in tuple(self._terms.connections):
            connection.abort_if_idle()
        self._look_again(loop)

    def _look_again(self, loop: asyncio.AbstractEventLoop) -> None:
        self._looking = loop.call_later(self._terms.limits.idle_seconds, self._look_for_idle, loop)

    def _stop_accepting(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()

    def _emptied(self) -> None:
        self._empty.set()

    async def _emptied_within(self, seconds: float) -> bool:
        if not self._terms.connections:
            return True
        self._empty.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._empty.wait()
        except TimeoutError:
            return False
        return True
