"""Listeners without a pump: how many may be there, and who takes nothing or sends by drops is let go."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from aiohttp import web

from edge import http_server
from edge.http1.pace import Pace
from edge.http_server import Runner
from edge.street import Street
from edge.tls.places import Places

LOOPS = ("asyncio", "uvloop")
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"


@asynccontextmanager
async def serving(street: Street | None, size: int = 5) -> AsyncIterator[int]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=await request.read() or bytes(size))

    app = web.Application()
    app.router.add_route("*", "/", answer)
    runner = Runner(app, is_stopping=lambda: False, shutdown_seconds=0.1, street=street)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with asyncio.timeout(10):
            yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def status(port: int) -> bytes:
    """Of one request; empty where there is no place."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(GET)
    try:
        return (await reader.read(12))[9:]
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_connections_are_bounded_and_who_leaves_makes_room(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "edge")
    crowd = Places(per_address=2)
    async with serving(Street(crowd)) as port:
        there = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        while len(crowd) < 2:
            await asyncio.sleep(0.01)
        assert [await status(port) for _ in range(20)] == [b""] * 20
        there[0][1].close()
        while len(crowd) > 1:
            await asyncio.sleep(0.01)
        assert await status(port) == b"200"
        there[1][1].close()
        while len(crowd):
            await asyncio.sleep(0.01)
    told = [one for one in caplog.records if one.getMessage() == "too many connections"]
    assert 1 <= len(told) <= 3  # a second each: a flood fills no disk


async def test_who_takes_no_answers_is_let_go() -> None:
    crowd = Places()
    async with serving(Street(crowd, stalled_seconds=0.2), size=1 << 20) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(GET * 30)  # and reads nothing: more than the kernel keeps
        while not crowd:
            await asyncio.sleep(0.01)
        while crowd:
            await asyncio.sleep(0.02)
        assert await status(port) == b"200"
        writer.transport.abort()


async def test_who_takes_answers_slowly_is_waited_for() -> None:
    async with serving(Street(Places(), stalled_seconds=0.3), size=1 << 20) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 16)
        writer.write(GET * 8)
        read = 0
        while read < 8 << 20:
            more = await reader.read(1 << 18)
            assert more
            read += len(more)
            await asyncio.sleep(0.02)
        writer.close()


async def test_body_by_drops_ends_while_others_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "Pace", partial(Pace, seconds=0.3))
    async with serving(None) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD)
        for _ in range(100):
            writer.write(b"x")
            await asyncio.sleep(0.02)
            if reader.at_eof():
                break
            assert await status(port) == b"200"
        assert reader.at_eof()
        writer.close()


async def test_body_that_is_fast_enough_is_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "Pace", partial(Pace, seconds=0.1, least=10))
    async with serving(None) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD)
        for _ in range(20):
            writer.write(b"x" * 50)
            await asyncio.sleep(0.02)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert await reader.readexactly(1000) == b"x" * 1000
        writer.close()
