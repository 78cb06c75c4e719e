"""Pool: the connections to upstreams that rest between two requests, some for each, none for long."""

import asyncio
import logging
from collections import deque
from typing import Protocol
from urllib.parse import urlsplit

from edge.proxy import answer
from edge.proxy.answer import Answer
from edge.proxy.upstream import Asker, Upstream
from store.tasks import OwnedTasks

log = logging.getLogger(__name__)

MAX_RESTING = 64
"""For one upstream."""
REST_SECONDS = 30.0
"""Shorter than servers commonly keep a connection; those that end sooner are noticed when they do."""


class Waiter(Asker, Protocol):
    """Who asks for a connection."""

    def connected(self, upstream: Upstream, pool: "Pool") -> bool:
        """Whether it still wants one of this pool."""
        ...


class Pool:
    """Of one upstream, by its URL."""

    def __init__(self, url: str, tasks: OwnedTasks, connect_seconds: float) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or 80
        self._tasks = tasks
        self._connect_seconds = connect_seconds
        self._connecting = 0
        self._resting: deque[Upstream] = deque()
        self._open: set[Upstream] = set()
        self._last_head = b""
        self._last_answer: Answer | None = None
        self.prefix = parts.path.rstrip("/").encode("latin-1")

    def __len__(self) -> int:
        return len(self._open)

    @property
    def resting(self) -> int:
        """How many wait for a request."""
        return len(self._resting)

    @property
    def unused(self) -> bool:
        """Whether nothing of it is left."""
        return not self._open and not self._connecting

    def take(self) -> Upstream | None:
        """The one that came to rest last: the others may grow old."""
        while self._resting:
            upstream = self._resting.pop()
            if not upstream.is_closing():
                return upstream
        return None

    def connect(self, waiter: Waiter) -> None:
        """Open a connection and hand it over, or say why there is none."""
        self._tasks.start(self._connect(waiter), "connect to upstream")

    def drop_old(self, before: float) -> None:
        """Close those that have rested since before then."""
        while self._resting and self._resting[0].since < before:
            self._resting.popleft().abandon()

    def abort(self) -> None:
        """Drop all."""
        for upstream in tuple(self._open):
            upstream.abandon()

    # What a connection tells

    def read_answer(self, head: bytes) -> Answer | None:
        """An upstream often says the same; what was made of it last is remembered."""
        if head != self._last_head:
            self._last_answer, self._last_head = answer.read(head), head
        return self._last_answer

    def rest(self, upstream: Upstream) -> None:
        """Its answer is complete, and it can be asked again."""
        if len(self._resting) >= MAX_RESTING:
            upstream.abandon()
            return
        upstream.since = asyncio.get_running_loop().time()
        self._resting.append(upstream)

    def lost(self, upstream: Upstream) -> None:
        """Its socket is gone."""
        self._open.discard(upstream)
        if upstream in self._resting:
            self._resting.remove(upstream)

    async def _connect(self, waiter: Waiter) -> None:
        loop = asyncio.get_running_loop()
        self._connecting += 1
        try:
            async with asyncio.timeout(self._connect_seconds):
                _, upstream = await loop.create_connection(lambda: Upstream(self), self._host, self._port)
        except TimeoutError:
            waiter.answer_failed(504, "no connection in time")
        except OSError as error:
            waiter.answer_failed(502, error.strerror or type(error).__name__)
        else:
            self._open.add(upstream)
            if upstream.is_closing():
                self.lost(upstream)
            if not waiter.connected(upstream, self):
                self.rest(upstream)
        finally:
            self._connecting -= 1


class Pools:
    """One for each upstream that was asked lately."""

    def __init__(self, connect_seconds: float, rest_seconds: float = REST_SECONDS) -> None:
        self._connect_seconds = connect_seconds
        self._rest_seconds = rest_seconds
        self._tasks = OwnedTasks()
        self._pools: dict[str, Pool] = {}
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return sum(len(pool) for pool in self._pools.values())

    @property
    def resting(self) -> int:
        """How many connections wait for a request."""
        return sum(pool.resting for pool in self._pools.values())

    def of(self, url: str) -> Pool:
        """The pool of this upstream."""
        found = self._pools.get(url)
        if found is None:
            found = self._pools[url] = Pool(url, self._tasks, self._connect_seconds)
            if self._timer is None:
                self._look_again()
        return found

    async def close(self) -> None:
        """Drop every connection."""
        if self._timer is not None:
            self._timer.cancel()
        await self._tasks.close()
        for pool in self._pools.values():
            pool.abort()
        self._pools.clear()

    def _look_again(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._rest_seconds / 4, self._drop_old)

    def _drop_old(self) -> None:
        before = asyncio.get_running_loop().time() - self._rest_seconds
        for pool in self._pools.values():
            pool.drop_old(before)
        self._pools = {url: pool for url, pool in self._pools.items() if not pool.unused}
        self._look_again()
