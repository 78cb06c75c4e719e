"""Slow visitors in each phase, all at once, before a portal, an upstream and port 80: each is let go in its time,
others are served meanwhile, and neither a task nor an open file is left of them."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from edge import http_server, listener, upstream_room
from edge.http1.pace import Pace
from edge.proxy import visitor
from edge.proxy.terms import Terms, Timeouts
from edge.street import Street
from edge.tls.terms import Limits
from tests.e2e.house import Ends, House, house
from tests.e2e.size import FULL
from tests.edge.sni.hellos import python_hello
from tests.peers.pebble import Pebble

PORTAL, SHOP = "billing.harbour.test", "shop.harbour.test"
OF_EACH = 40 if FULL else 3
DROP_SECONDS = 0.03
WITHIN_SECONDS = 12.0
"""The limits are made short for it: each ends within 1 to 3 seconds."""
LARGE = 24 << 20
BODY = "Content-Length: 40000\r\nContent-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n\r\n"


@pytest.fixture(autouse=True)
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(hello_seconds=1, handshake_seconds=1, idle_seconds=1, stalled_seconds=1)
    monkeypatch.setattr(listener, "Limits", lambda: limits)
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 1.5)
    for module in (http_server, visitor):
        monkeypatch.setattr(module, "Pace", partial(Pace, seconds=1.0))
    monkeypatch.setattr(upstream_room, "Terms", partial(Terms, timeouts=Timeouts(head=1.5, idle=1.5)))
    monkeypatch.setattr("edge.main.Street", partial(Street, stalled_seconds=1.0))


async def silent(running: House) -> Ends:
    return await asyncio.open_connection("127.0.0.1", running.https_port)


async def hello_by_drops(running: House) -> Ends:
    return await dripped(await silent(running), python_hello(PORTAL))


async def stops_in_the_handshake(running: House) -> Ends:
    reader, writer = await silent(running)
    writer.write(python_hello(PORTAL))
    return reader, writer


async def head_by_drops(running: House, host: str) -> Ends:
    head = f"GET / HTTP/1.1\r\nHost: {host}\r\n" + "A: b\r\n" * 2000
    return await dripped(await running.connect(host), head.encode())


async def body_by_drops(running: House, host: str) -> Ends:
    reader, writer = await running.connect(host)
    writer.write(f"POST /sign-in HTTP/1.1\r\nHost: {host}\r\n{BODY}".encode())
    return await dripped((reader, writer), b"x" * 40_000)


async def takes_nothing(running: House, host: str) -> Ends:
    """Asks for more than the kernel keeps, again and again, and reads none of it."""
    reader, writer = await running.connect(host)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    writer.write(f"GET /sign-in HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() * 20)
    return await dripped((reader, writer), f"GET /sign-in HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() * 100)


async def plain_silent(running: House) -> Ends:
    return await asyncio.open_connection("127.0.0.1", running.http_port)


async def plain_head_by_drops(running: House) -> Ends:
    return await dripped(await plain_silent(running), b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 2000)


async def dripped(ends: Ends, data: bytes) -> Ends:
    """Byte by byte, until there is no more or the other side has had enough."""
    _, writer = ends
    with contextlib.suppress(OSError):
        for at in range(len(data)):
            if writer.transport.is_closing():
                break
            writer.write(data[at : at + 1])
            await asyncio.sleep(DROP_SECONDS)
    return ends


PHASES: dict[str, Callable[[House], Awaitable[Ends]]] = {
    "silent": silent,
    "hello": hello_by_drops,
    "handshake": stops_in_the_handshake,
    "head, portal": partial(head_by_drops, host=PORTAL),
    "head, upstream": partial(head_by_drops, host=SHOP),
    "body, portal": partial(body_by_drops, host=PORTAL),
    "body, upstream": partial(body_by_drops, host=SHOP),
    "answer, upstream": partial(takes_nothing, host=SHOP),
    "silent, port 80": plain_silent,
    "head, port 80": plain_head_by_drops,
}


@contextlib.asynccontextmanager
async def upstream() -> AsyncIterator[str]:
    """Reads what it gets, and answers a GET with a lot."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while (head := await reader.readuntil(b"\r\n\r\n")).startswith(b"GET"):
                size = LARGE if head.startswith(b"GET /sign-in") else 4
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))
                await writer.drain()
            while await reader.read(1 << 16):
                pass
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@pytest.mark.proof
async def test_slow_visitors_of_each_kind_end_and_leave_nothing(tmp_path: Path, pebble: Pebble) -> None:
    async with upstream() as url, house(tmp_path, pebble) as running:
        await running.register(PORTAL)
        await running.register(SHOP, upstream=url)
        await served(running)
        await asyncio.sleep(0.5)
        before = (len(asyncio.all_tasks()), files())
        slow = {
            name: [asyncio.create_task(ended(phase, running)) for _ in range(OF_EACH)]
            for name, phase in PHASES.items()
        }
        for _ in range(10):
            await served(running)
            await asyncio.sleep(0.1)
        every = [task for tasks in slow.values() for task in tasks]
        await asyncio.wait(every, timeout=WITHIN_SECONDS)
        late = [name for name, tasks in slow.items() if not all(task.done() for task in tasks)]
        for task in every:
            task.cancel()
        await asyncio.gather(*every, return_exceptions=True)
        assert late == []
        await served(running)
        async with asyncio.timeout(40):  # the upstream's kept connections rest for a while
            while len(asyncio.all_tasks()) > before[0] or files() > before[1]:
                await asyncio.sleep(0.2)


async def ended(phase: Callable[[House], Awaitable[Ends]], running: House) -> None:
    """Return once the house has ended the connection."""
    reader, writer = await phase(running)
    writer.transport.resume_reading()  # type: ignore[attr-defined]
    with contextlib.suppress(OSError):
        while await reader.read(1 << 16):
            pass
    writer.transport.abort()


async def served(running: House) -> None:
    async with asyncio.timeout(3):
        assert (await running.visit(PORTAL))[0] == 200
        assert (await running.visit(SHOP, "/"))[0] == 200
        assert (await running.plain(PORTAL))[0] == 308


def files() -> int:
    return len(os.listdir("/proc/self/fd"))
