"""aiohttp's server behind the pump, asked by curl, aiohttp's client and plain sockets."""

import asyncio
import hashlib
import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.edge.tls.pump import NAME, Client, client_context, run, serving

LOOPS = ("asyncio", "uvloop")
MEGABYTE = 1 << 20
ROOT = web.AppKey("ROOT", Path)


async def hello(request: web.Request) -> web.Response:
    transport = request.transport
    assert transport is not None
    return web.Response(text=f"{request.scheme} {transport.get_extra_info('brassplate.hostname')}")


async def digest(request: web.Request) -> web.Response:
    return web.Response(text=hashlib.sha256(await request.read()).hexdigest())


async def slow_digest(request: web.Request) -> web.Response:
    """Reads in small steps, so that aiohttp pauses and resumes the transport all the time."""
    found = hashlib.sha256()
    async for chunk in request.content.iter_chunked(32_768):
        found.update(chunk)
        await asyncio.sleep(0)
    return web.Response(text=found.hexdigest())


async def file(request: web.Request) -> web.FileResponse:
    return web.FileResponse(request.app[ROOT] / "file")


async def stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(20 * 16):
        await response.write(bytes(65_536))
    return response


@asynccontextmanager
async def site(root: Path) -> AsyncIterator[int]:
    """The port of an aiohttp application behind the pump."""
    app = web.Application(client_max_size=64 * MEGABYTE)
    app[ROOT] = root
    app.router.add_get("/", hello)
    app.router.add_get("/file", file)
    app.router.add_get("/stream", stream)
    app.router.add_post("/digest", digest)
    app.router.add_post("/slow", slow_digest)
    runner = web.AppRunner(app)
    await runner.setup()
    assert runner.server is not None
    try:
        async with serving(runner.server) as port:
            yield port
    finally:
        await runner.cleanup()


@asynccontextmanager
async def session(port: int) -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(ssl=client_context(), limit=1)
    async with aiohttp.ClientSession(f"https://127.0.0.1:{port}", connector=connector) as opened:
        yield opened


async def test_page_is_served_to_curl(tmp_path: Path) -> None:
    async with site(tmp_path) as port:
        done = await run("curl", "-sk", "--resolve", f"{NAME}:{port}:127.0.0.1", f"https://{NAME}:{port}/")
    assert done.stdout == f"https {NAME}"


async def test_one_connection_serves_many_requests(tmp_path: Path) -> None:
    async with site(tmp_path) as port:
        url = f"https://{NAME}:{port}/"
        done = await run("curl", "-skv", "--resolve", f"{NAME}:{port}:127.0.0.1", *[url] * 20, "-o/dev/null")
    assert done.stderr.count("Connected to") == 1
    assert done.stderr.count("HTTP/1.1 200 OK") == 20


@pytest.mark.parametrize("path", ["/digest", "/slow"])
async def test_five_megabytes_are_posted(path: str, tmp_path: Path) -> None:
    body = os.urandom(5 * MEGABYTE)
    async with (
        site(tmp_path) as port,
        session(port) as client,
        client.post(path, data=io.BytesIO(body), server_hostname=NAME) as response,
    ):
        assert await response.text() == hashlib.sha256(body).hexdigest()


async def test_file_is_served_whole_and_the_connection_lives_on(tmp_path: Path) -> None:
    content = os.urandom(3 * MEGABYTE + 17)
    (tmp_path / "file").write_bytes(content)
    async with site(tmp_path) as port, session(port) as client:
        for _ in range(2):
            async with client.get("/file", server_hostname=NAME) as response:
                assert await response.read() == content
        async with client.get("/", server_hostname=NAME) as response:
            assert response.status == 200


async def test_file_is_served_to_a_slow_reader(tmp_path: Path) -> None:
    content = os.urandom(8 * MEGABYTE)
    (tmp_path / "file").write_bytes(content)
    async with site(tmp_path) as port, Client(port, buffer=32_768) as client:
        await client.send(f"GET /file HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        await asyncio.sleep(0.2)
        answer = await client.receive(9 * MEGABYTE)
    assert answer.partition(b"\r\n\r\n")[2] == content


async def test_file_ends_with_its_reader(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(bytes(16 * MEGABYTE))
    async with site(tmp_path) as port:
        async with Client(port, buffer=32_768) as client:
            await client.send(f"GET /file HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
            await client.receive(1_000)
            client.reset_on_close()
        async with session(port) as other, other.get("/", server_hostname=NAME) as response:
            assert response.status == 200


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_stream_to_a_slow_reader_takes_little_memory(tmp_path: Path) -> None:
    async with site(tmp_path) as port, Client(port, buffer=32_768) as client:
        await client.send(f"GET /stream HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        before = resident()
        await client.receive(1_000)
        await asyncio.sleep(0.3)
        assert resident() - before < 4 * MEGABYTE
        total = 1_000
        while size := len(await client.receive(MEGABYTE)):
            total += size
    assert total > 20 * MEGABYTE


async def test_pipelined_requests_are_answered_in_order(tmp_path: Path) -> None:
    async with site(tmp_path) as port, Client(port) as client:
        one = f"GET / HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode()
        last = one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        await client.send(one * 9 + last)
        answer = await client.receive(MEGABYTE)
    assert answer.count(b"HTTP/1.1 200 OK") == 10


async def test_server_that_closes_sends_its_answer_first(tmp_path: Path) -> None:
    async with site(tmp_path) as port, Client(port) as client:
        await client.send(b"nonsense\r\n\r\n")
        assert (await client.receive(MEGABYTE)).startswith(b"HTTP/1.0 400 ")
