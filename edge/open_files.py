"""Open files: tells the operator when they run out, once in a while; who accepts then turns visitors away at once."""

import asyncio
import errno
import logging
import os
import resource

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
SAID_AGAIN_SECONDS = 60.0
ALMOST_ALL = 0.95
_OUT = (errno.EMFILE, errno.ENFILE)


async def watch(every: float = EVERY_SECONDS, said_again: float = SAID_AGAIN_SECONDS) -> None:
    """Until cancelled."""
    said_until = 0.0
    while True:
        now = asyncio.get_running_loop().time()
        left, limit = _left()
        if left < limit * (1 - ALMOST_ALL) and now >= said_until:
            log.error("open files run out", extra={"left": left, "limit": limit})
            said_until = now + said_again
        await asyncio.sleep(every)


def _left() -> tuple[int, int]:
    """How many may still be opened, and how many at most."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        return limit - len(os.listdir("/proc/self/fd")), limit
    except OSError as error:
        if error.errno not in _OUT:
            raise
        return 0, limit  # not one is left to look with
