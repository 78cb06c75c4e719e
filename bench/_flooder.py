"""Flooder: hellos at a fixed rate from many addresses, whatever becomes of them.
python -m bench._flooder PORT RATE SECONDS NAMES SUFFIX
"""

import asyncio
import contextlib
import os
import sys
import time

from tests.edge.sni.hellos import python_hello

DIGITS = "00000000"
ADDRESSES = 250
PATIENCE_SECONDS = 25.0
MOST_AT_ONCE = 4_000


async def flood(port: int, rate: float, seconds: float, names: int, suffix: str) -> int:
    """How many hellos were sent; `names` is how many names they are for, one after the other."""
    template = python_hello(f"name-{DIGITS}{suffix}")
    began, sent, under_way = time.monotonic(), 0, set[asyncio.Task[None]]()
    while (passed := time.monotonic() - began) < seconds:
        while sent < passed * rate and len(under_way) < MOST_AT_ONCE:
            hello = template.replace(DIGITS.encode(), b"%08d" % (sent % names))
            task = asyncio.create_task(_say(port, hello, f"127.0.1.{1 + sent % ADDRESSES}"))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            sent += 1
        await asyncio.sleep(0.002)
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    return sent


async def _say(port: int, hello: bytes, source: str) -> None:
    """The hello, the first bytes of the answer, and away."""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
            try:
                writer.write(hello)
                await reader.read(64)
            finally:
                writer.transport.abort()


if __name__ == "__main__":
    os.nice(19)  # who measures beside it is not to wait for it
    port, rate, seconds, names, suffix = sys.argv[1:]
    print(asyncio.run(flood(int(port), float(rate), float(seconds), int(names), suffix)))
