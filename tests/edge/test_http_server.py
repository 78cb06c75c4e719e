"""aiohttp's server as strangers meet it."""

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from edge import http_server
from edge.http_server import Runner

SECRET = b"__Host-session=secret"


@asynccontextmanager
async def serving(stopping: asyncio.Event) -> AsyncIterator[int]:
    """The port of an application that greets on /, and fails elsewhere."""

    async def greet(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def fail(_: web.Request) -> web.Response:
        raise RuntimeError("a fault of ours")

    app = web.Application()
    app.router.add_get("/", greet)
    app.router.add_post("/", echo)
    app.router.add_get("/fault", fail)
    runner = Runner(app, is_stopping=stopping.is_set, shutdown_seconds=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def answer(port: int, request: bytes) -> bytes:
    """Everything until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nCookie: " + SECRET + b"\x01\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nCookie : " + SECRET + b"\r\n\r\n", 400),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"* HTTP\r\n\r\n", 400),
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"a" * 9_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 128 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: %b\r\n" % (b"b" * 4_000) * 9 + b"\r\n", 431),
    ],
    ids=range(9),
)
async def test_what_is_no_http_is_one_quiet_line(
    request_bytes: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with serving(asyncio.Event()) as port:
        found = await answer(port, request_bytes)
    assert found.startswith(b"HTTP/1.0 %d " % status)
    assert b"\r\nServer:" not in found and b"aiohttp" not in found
    assert SECRET not in found
    [line] = [record for record in caplog.records if record.name == "edge.http_server"]
    assert line.levelname == "INFO" and line.exc_info is None
    assert not any("secret" in record.getMessage() for record in caplog.records)
    assert not any(record.levelno >= logging.WARNING for record in caplog.records)


async def test_a_fault_of_ours_is_logged_whole(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(asyncio.Event()) as port:
        found = await answer(port, b"GET /fault HTTP/1.1\r\nHost: a\r\n\r\n")
    assert found.startswith(b"HTTP/1.0 500 ") or found.startswith(b"HTTP/1.1 500 ")
    assert b"a fault of ours" not in found and b"\r\nServer:" not in found
    [line] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert line.exc_info


async def test_a_packed_body_stays_as_it_was_sent() -> None:
    body = gzip.compress(b"abc")
    head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    async with serving(asyncio.Event()) as port:
        found = await answer(port, head % len(body) + body)
    assert found.endswith(b"\r\n\r\n" + body)


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHo"])
async def test_who_never_ends_a_request_is_let_go(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.1)
    async with serving(asyncio.Event()) as port:
        assert await answer(port, sent) == b""


async def test_the_answer_while_stopping_is_the_last_of_its_connection() -> None:
    stopping = asyncio.Event()
    async with serving(stopping) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        writer.write(request)
        first = await reader.readuntil(b"hello")
        stopping.set()
        writer.write(request)
        last = await asyncio.wait_for(reader.read(), 5)
        writer.close()
    assert b"Connection: close" not in first
    assert last.startswith(b"HTTP/1.1 200 ") and b"\r\nConnection: close\r\n" in last
