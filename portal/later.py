"""Later: what is done once an answer has left, so that its time tells nothing; owned by the application.

An answer to who may not know whether somebody is a user is the same, and takes the same way, for everybody.
"""

from collections.abc import AsyncIterator, Coroutine
from typing import Any

from aiohttp import web

from store.tasks import OwnedTasks

LATER = web.AppKey("later", OwnedTasks)


def install(app: web.Application) -> None:
    """Give an application its tasks; what is under way when it ends is cancelled."""
    app[LATER] = OwnedTasks()
    app.cleanup_ctx.append(_closing)


def later(request: web.Request, work: Coroutine[Any, Any, object], name: str) -> None:
    """Do this without the answer waiting for it; a failure is logged."""
    request.config_dict[LATER].start(work, name)


async def _closing(app: web.Application) -> AsyncIterator[None]:
    yield
    await app[LATER].close()
