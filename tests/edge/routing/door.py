"""An application behind the pump under one name, asked with bytes as they are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from tests.edge.tls.pump import NAME, Client, serving


@asynccontextmanager
async def behind(app: web.Application) -> AsyncIterator[int]:
    """The port of a TLS listener on which every connection is for `NAME`."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    assert runner.server is not None
    try:
        async with serving(runner.server) as port:
            yield port
    finally:
        await runner.cleanup()


async def asked(port: int, *lines: str) -> tuple[int, str]:
    """Status and body of one request, given as its head's lines."""
    async with Client(port) as client:
        await client.send("\r\n".join((*lines, "Connection: close", "", "")).encode())
        head, _, body = (await client.receive(1 << 20)).decode().partition("\r\n\r\n")
    return int(head.split()[1]), body


async def got(port: int, path: str, host: str = NAME, method: str = "GET") -> tuple[int, str]:
    """As `asked`, for the common request."""
    return await asked(port, f"{method} {path} HTTP/1.1", f"Host: {host}")
