"""Polling: look again until the CA has decided.

Retry-After is obeyed, except in the first second: CAs send "3" or more by habit with an answer that is
ready 20 ms later, and a visitor waits in the handshake meanwhile. Nine quick looks a name are far below
any CA's request limit (Let's Encrypt: 250 a second). A refusal (429, 5xx) is obeyed at once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from edge.tls.acme.errors import AcmeProblem, AcmeTimeout, AcmeUnreachable

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """How to wait: the intervals in seconds, and the clock and sleep that tests replace."""

    first: float = 0.010
    growth: float = 1.6
    longest: float = 5.0
    eager_for: float = 1.0
    last_look: float = 2.0
    """How long past the deadline the answer of the last look may take."""
    sleep: Sleep = asyncio.sleep
    monotonic: Callable[[], float] = time.monotonic


async def poll(
    look: Callable[[], Awaitable[tuple[T, float | None]]],
    settled: Callable[[T], bool],
    pace: Pace,
    within_seconds: float,
) -> T:
    """Wait and `look` until `settled`; `look` returns what it saw and the CA's Retry-After.

    The last look is at the deadline, whatever Retry-After says; then AcmeTimeout.
    """
    started = pace.monotonic()
    interval, wait = pace.first, pace.first
    while True:
        left = max(0.0, started + within_seconds - pace.monotonic())
        last = wait >= left
        wait = min(wait, left)
        await pace.sleep(wait)
        interval = min(interval * pace.growth, pace.longest)
        trouble: Exception | None = None
        try:
            async with asyncio.timeout(left - wait + pace.last_look):
                seen, retry_after = await look()
            if settled(seen):
                return seen
            eager = pace.monotonic() - started < pace.eager_for
            wait = interval if eager else max(interval, retry_after or 0.0)
        except TimeoutError as error:
            trouble, last = error, True
        except (AcmeProblem, AcmeUnreachable) as error:
            if not _passing(error):
                raise
            trouble = error
            wait = max(interval, getattr(error, "retry_after", None) or 0.0)
        if last:
            raise AcmeTimeout(f"the CA had not decided within {within_seconds:g} s") from trouble


def _passing(error: AcmeProblem | AcmeUnreachable) -> bool:
    """Whether a failed look says nothing about the order: the CA is busy or out of reach."""
    if isinstance(error, AcmeUnreachable):
        return True
    return error.status == TOO_MANY_REQUESTS or error.status >= SERVER_ERROR
