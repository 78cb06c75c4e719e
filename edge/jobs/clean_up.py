"""Clean-up: an hourly look for rows whose time is over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from store import challenges, idempotency, sessions, signin, tokens
from store.database import Store
from store.instants import Clock

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
_TIDIES = (
    sessions.remove_expired,
    signin.remove_forgotten,
    challenges.remove_expired,
    tokens.remove_expired,
    idempotency.remove_expired,
)


async def run(store: Store, clock: Clock, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Remove what has expired, each kind in transactions of its own; runs until cancelled."""
    while True:
        for tidy in _TIDIES:
            while await store.write(tidy, clock()):  # some go a few hundred rows at a time
                continue
        await sleep(EVERY_SECONDS)
