"""Page: what the metrics listener answers: /metrics, /healthz, /readyz."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from edge.metrics.health import Health

log = logging.getLogger(__name__)

FRESH_SECONDS = 10.0
"""Figures of the store are read anew after so long, however many scrape."""
PATIENCE_SECONDS = 5.0


class Refresh:
    """Reads the figures of the store before a scrape; what cannot be read now is as it was."""

    def __init__(self, read: Callable[[], Awaitable[None]]) -> None:
        self._read = read
        self._fresh_until = 0.0

    async def __call__(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._fresh_until:
            return
        self._fresh_until = now + FRESH_SECONDS
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._read()
        except (TimeoutError, sqlite3.Error) as error:
            log.warning("figures not read", extra={"reason": str(error) or "too late"})


async def _nothing() -> None:
    """Before there is a store."""


class Page:
    """The three addresses; `refresh` is set once there is a store to read."""

    def __init__(self, registry: CollectorRegistry, health: Health) -> None:
        self._registry = registry
        self._health = health
        self.refresh: Callable[[], Awaitable[None]] = _nothing

    def app(self) -> web.Application:
        """The application of the metrics listener."""
        app = web.Application(client_max_size=0)
        app.add_routes(
            [
                web.get("/metrics", self.metrics),
                web.get("/healthz", self.healthz),
                web.get("/readyz", self.readyz),
            ]
        )
        return app

    async def metrics(self, request: web.Request) -> web.Response:
        """What is counted, as Prometheus reads it."""
        await self.refresh()
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(self._registry), headers={"Content-Type": content_type})

    async def healthz(self, _: web.Request) -> web.Response:
        """200 while the loop is on time and the store answers; else what is wrong."""
        faults = await self._health.faults()
        return _told(503 if faults else 200, *(faults or ["ok"]))

    async def readyz(self, _: web.Request) -> web.Response:
        """200 while visitors are welcome; 503 before, and from the notice of a stop on; `held` in a second line."""
        notes = ["held"] if self._health.held() else []
        return _told(200 if self._health.ready else 503, self._health.phase.value, *notes)


def _told(status: int, *lines: str) -> web.Response:
    return web.Response(
        status=status, text="".join(f"{line}\n" for line in lines), headers={"Cache-Control": "no-store"}
    )
