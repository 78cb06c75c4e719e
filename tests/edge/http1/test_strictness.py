"""What can be read in two ways gets 400 and a closed connection, whoever serves: the proxy, and aiohttp."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from edge.http_server import Runner
from tests.edge.http1.heads import AMBIGUOUS, CLEAR, HOST, LINE
from tests.edge.proxy.script import Line, script
from tests.edge.proxy.upstreams import SHOP, wired

LOOPS = ("asyncio", "uvloop")
NEXT = f"GET /next HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
assert HOST == SHOP


async def answer(line: Line) -> None:
    """Reads any request to its end, and tells its target."""
    while True:
        head = await line.head()
        if "Content-Length: 002" in head:
            await line.reader.readexactly(2)
        elif "chunked" in head:
            await line.reader.readuntil(b"0\r\n\r\n")
        await line.answer(head.split(" ")[1].encode())


@asynccontextmanager
async def embedded() -> AsyncIterator[tuple[int, list[str]]]:
    """The port of an application on aiohttp's server, and the targets that reached it."""
    targets: list[str] = []

    async def page(request: web.Request) -> web.Response:
        targets.append(request.raw_path)
        await request.read()
        return web.Response(text=request.path)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", page)
    runner = Runner(app, is_stopping=lambda: False, shutdown_seconds=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1], targets
    finally:
        await runner.cleanup()


async def sent(port: int, *pieces: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.001)
        async with asyncio.timeout(5):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def is_refused(found: bytes) -> bool:
    status = found.split(b" ")[1]
    return status in (b"400", b"505") and found.count(b"HTTP/1.") == 1 and b"onnection: close" in found


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_proxy_refuses_what_can_be_read_in_two_ways(name: str) -> None:
    upstream = script(answer)
    async with wired(upstream) as front:
        found = await sent(front.port, AMBIGUOUS[name] + NEXT)
    assert is_refused(found) and upstream.lines == []


@pytest.mark.parametrize("name", AMBIGUOUS)
async def test_embedded_application_never_sees_what_can_be_read_in_two_ways(name: str) -> None:
    async with embedded() as (port, targets):
        found = await sent(port, AMBIGUOUS[name] + NEXT)
    assert found.startswith(b"HTTP/1.0 400 ") and found.count(b"HTTP/1.") == 1 and targets == []


@pytest.mark.parametrize("name", CLEAR)
async def test_proxy_takes_what_is_clear(name: str) -> None:
    async with wired(script(answer)) as front:
        found = await sent(front.port, CLEAR[name] + NEXT)
    assert found.startswith(b"HTTP/1.1 200 ") and (found.endswith(b"/next") or b"HTTP/1.0" in CLEAR[name])


@pytest.mark.parametrize("name", CLEAR)
async def test_embedded_application_takes_what_is_clear(name: str) -> None:
    async with embedded() as (port, targets):
        found = await sent(port, CLEAR[name] + (b"" if b"HTTP/1.0" in CLEAR[name] else NEXT))
    if "star" not in name:
        assert found.startswith((b"HTTP/1.1 200 ", b"HTTP/1.0 200 "))
        assert targets[1:] == ["/next"] or b"HTTP/1.0" in CLEAR[name]


async def test_what_was_sent_before_is_answered_first() -> None:
    before = f"{LINE}Host: {HOST}\r\n\r\n".encode() * 20
    bad = AMBIGUOUS["obs-fold"]
    async with embedded() as (port, targets), wired(script(answer)) as front:
        for found in (await sent(port, before + bad + NEXT), await sent(front.port, before + bad + NEXT)):
            assert found.count(b"HTTP/1.1 200 ") == 20 and found.count(b" 400 ") == 1
            assert found.rindex(b" 200 ") < found.index(b" 400 ")
        assert targets == ["/"] * 20


async def test_refusal_does_not_depend_on_how_it_is_split() -> None:
    bad = AMBIGUOUS["both lengths"]
    async with embedded() as (port, targets):
        found = await sent(port, *(bad[n : n + 7] for n in range(0, len(bad), 7)))
    assert found.startswith(b"HTTP/1.0 400 ") and targets == []


@pytest.mark.parametrize(
    "body", [b"5\r\nhelloX\r\n0\r\n\r\n", b"z\r\n", b"5\nhello\n0\n\n", b"0\r\n\n" + NEXT]
)
async def test_bad_chunk_ends_the_connection_of_an_embedded_application(body: bytes) -> None:
    head = f"POST / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    async with embedded() as (port, targets):
        found = await sent(port, head + body)
    assert b" 200 " not in found and "/next" not in targets


async def test_requests_after_bodies_are_looked_at_too() -> None:
    post = f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 5\r\n\r\nhello".encode()
    chunked = f"POST / HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".encode()
    async with embedded() as (port, _):
        found = await sent(port, post + chunked + post, AMBIGUOUS["no Host"])
    assert found.count(b" 200 ") == 3 and found.count(b" 400 ") == 1


async def test_head_without_end_is_refused_at_its_limit() -> None:
    async with embedded() as (port, targets):
        found = await sent(port, f"{LINE}Host: {HOST}\r\nA: ".encode() + b"a" * 40_000)
    assert found.startswith(b"HTTP/1.0 431 ") and targets == []
