"""Looks: what a "Check again" button asks for: one look a name at a time, two seconds apart, whoever presses it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from aiohttp import web

from admin.keys import CHECK, CLOCK, COMPLETE
from admin.wizard.steps import forbids
from store.diagnosis import Diagnosis, Routing
from store.domains import Domain
from store.hostname import Hostname
from store.tasks import OwnedTasks

APART = timedelta(seconds=2)
"""A look that is asked for sooner waits for so long; who asks meanwhile sees what it sees."""


class Looks:
    """The looks under way."""

    def __init__(self, app: web.Application):
        self._app = app
        self._under_way: dict[Hostname, asyncio.Task[Diagnosis]] = {}
        self._tasks = OwnedTasks()

    async def look(self, domain: Domain) -> Diagnosis:
        """Look at a name's DNS, which keeps what was seen; what is right goes on to certificate and proof by itself."""
        name = domain.hostname
        if name not in self._under_way:
            self._under_way[name] = self._tasks.begin(self._look(domain), f"look at {name}")
        return await asyncio.shield(self._under_way[name])

    async def close(self) -> None:
        """Cancel what is under way."""
        await self._tasks.close()

    async def _look(self, domain: Domain) -> Diagnosis:
        clock, name = self._app[CLOCK], domain.hostname
        try:
            ago = clock() - domain.checked_at if domain.checked_at else APART
            await asyncio.sleep(max(0.0, (APART - ago).total_seconds()))
            found = await self._app[CHECK](name)
        finally:
            self._under_way.pop(name, None)
        if found.routing is Routing.OK and not forbids(found) and not domain.live_at:
            self._app[COMPLETE](name)
        return found


LOOKS = web.AppKey("looks", Looks)


def install(app: web.Application) -> None:
    """Give an application its looks; they end when it does."""
    app[LOOKS] = Looks(app)
    app.cleanup_ctx.append(_closing)


async def _closing(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[LOOKS].close()
