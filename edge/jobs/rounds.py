"""Rounds: a job's work, again and again; one that the store or the disk fails is logged, and the next one tries."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]


async def repeat(
    job: str, work: Callable[[], Awaitable[None]], seconds: float, sleep: Sleep = asyncio.sleep
) -> None:
    """Work, then sleep so many seconds, until cancelled; a full disk must not end the process."""
    while True:
        try:
            await work()
        except (sqlite3.OperationalError, OSError) as error:
            log.error("a round failed; the next one tries again", extra={"job": job, "reason": str(error)})
        await sleep(seconds)
