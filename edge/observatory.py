"""Observatory: the metrics listener, opened before all else and closed after it; told how far the process is."""

import asyncio
import socket
import sqlite3
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import fields
from datetime import datetime

from aiohttp import web

from edge import house
from edge.binding import shown
from edge.house import House
from edge.http_server import Runner
from edge.listener import Listener
from edge.metrics.health import Health, Phase
from edge.metrics.meters import Meters
from edge.metrics.page import Page, Refresh
from edge.metrics.standing import Process, Stored
from edge.settings import Settings
from store import figures, installation
from store.figures import Figures
from store.ledger import Limit

SHUTDOWN_SECONDS = 1.0


class Observatory:
    """What a process tells whoever watches it; it counts also where nobody can ask."""

    def __init__(self, settings: Settings) -> None:
        self.meters = Meters()
        self.health = Health(self.meters.lag.seconds)
        self._page = Page(self.meters.registry, self.health)
        self._settings = settings
        self._sites: list[web.SockSite] = []

    async def open(self, stack: AsyncExitStack, doors: Sequence[socket.socket]) -> str:
        """Answer on the sockets of `edge.metrics` until `stack` is left; where that is, or nothing."""
        runner = Runner(self._page.app(), is_stopping=lambda: False, shutdown_seconds=SHUTDOWN_SECONDS)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        self._sites = [web.SockSite(runner, door) for door in doors]
        for site in self._sites:
            await site.start()
        return " ".join(shown(door) for door in doors)

    def furnish(self, built: House, listener: Listener) -> None:
        """From here on there is a house to tell of."""
        registry, stored = self.meters.registry, Stored(built.ca.name)
        registry.register(
            Process(
                flights=built.certificates.under_way,
                connections=lambda: listener.connections,
                waiting=lambda: listener.waiting,
                tasks=lambda: len(asyncio.all_tasks()),
                ready=lambda: self.health.ready,
                held=built.standstill.__bool__,
            )
        )
        registry.register(stored)
        limits = _limits(self._settings)

        async def refresh() -> None:
            stored.figures = await built.store.read(_figures, built.ca.name, limits, built.clock())

        self._page.refresh = Refresh(refresh)
        self.health.held = built.standstill.__bool__
        self.health.reads(lambda: built.store.read(installation.value, installation.KEY_CHECK))

    def serving(self) -> None:
        """Visitors are welcome."""
        self.health.phase = Phase.SERVING

    async def leaving(self, *, replaced: bool) -> None:
        """Say so, and serve on for as long as others need to see it; a successor answers in our place at once."""
        self.health.phase = Phase.LEAVING
        if replaced:
            for site in self._sites:
                await site.stop()
        elif self._sites:
            await asyncio.sleep(self._settings.drain_notice_seconds)


def _limits(settings: Settings) -> tuple[Limit, ...]:
    known = house.limits_of(settings)
    found = (getattr(known, field.name) for field in fields(known))
    return tuple(limit for limit in found if limit is not None)


def _figures(db: sqlite3.Connection, ca: str, limits: tuple[Limit, ...], now: datetime) -> Figures:
    return figures.of(db, ca, limits, now)
