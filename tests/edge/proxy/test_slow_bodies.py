"""A body by drops on the way to an upstream."""

import asyncio
from functools import partial

import pytest

from edge.http1.pace import Pace
from edge.proxy import visitor
from tests.edge.proxy.script import Line, script
from tests.edge.proxy.upstreams import SHOP, wired

LOOPS = ("asyncio", "uvloop")
FRAMINGS = ("Content-Length: 1000", "Transfer-Encoding: chunked")


@pytest.fixture(autouse=True)
def short_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "Pace", partial(Pace, seconds=0.2))


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_body_by_drops_is_told_to_be_too_slow_and_the_upstream_is_let_go(framing: str) -> None:
    ended = asyncio.Event()

    async def read(line: Line) -> None:
        await line.reader.read()
        while not line.reader.at_eof():
            await line.reader.read(100)
        ended.set()

    drop = b"1\r\nx\r\n" if "chunked" in framing else b"x"
    async with wired(script(read)) as front:
        reader, writer = await front.open()
        writer.write(f"POST / HTTP/1.1\r\nHost: {SHOP}\r\n{framing}\r\n\r\n".encode())
        for _ in range(100):
            writer.write(drop)
            await asyncio.sleep(0.02)
            if reader._buffer:  # type: ignore[attr-defined]
                break
        assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 408 ")
        writer.close()
        await asyncio.wait_for(ended.wait(), 5)


async def test_stream_to_an_upstream_that_answers_meanwhile_may_be_slow() -> None:
    async def converse(line: Line) -> None:
        await line.head()
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n")
        for _ in range(20):
            await line.say(await line.reader.readexactly(1))

    async with wired(script(converse)) as front:
        reader, writer = await front.open()
        writer.write(f"POST / HTTP/1.1\r\nHost: {SHOP}\r\nContent-Length: 20\r\n\r\n".encode())
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        for _ in range(20):
            writer.write(b"x")
            await asyncio.sleep(0.02)
        assert await asyncio.wait_for(reader.readexactly(20), 5) == b"x" * 20
        writer.close()
