"""Upstreams and a forwarder before them, both on plain loopback sockets and seen byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from edge.http_server import Runner
from edge.proxy.forward import Forwarder, leave_as_sent
from store.hostname import Hostname

SHOP = Hostname("shop.customer.example")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Answers = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Wire:
    """An upstream that keeps each head it is sent and answers with the same bytes every time."""

    answer: bytes = OK
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    hangs: bool = False
    """Read, and never answer."""
    closes: bool = True
    """Close after the answer."""

    @property
    def lines(self) -> list[str]:
        """The one head that came."""
        (head,) = self.heads
        return head.split("\r\n")

    @property
    def headers(self) -> dict[str, str]:
        """Its headers, names in lower case."""
        pairs = (line.split(": ", 1) for line in self.lines[1:] if line)
        return {name.lower(): value for name, value in pairs}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.heads.append(head.removesuffix("\r\n\r\n"))
        self.bodies.append(await reader.readexactly(int(self.headers.get("content-length", "0"))))
        if self.hangs:
            await reader.read()
        writer.write(self.answer)
        await writer.drain()
        if not self.closes:
            await reader.read()


@dataclass
class Front:
    """The port of a forwarder."""

    port: int

    async def asked(self, *lines: str, body: bytes = b"") -> tuple[str, str]:
        """Head and body of the answer to one request, given as its head's lines."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write("\r\n".join((*lines, "Connection: close", "", "")).encode("latin-1") + body)
        async with asyncio.timeout(10):
            head, _, answer = (await reader.read()).decode("latin-1").partition("\r\n\r\n")
        writer.close()
        return head, answer

    async def got(self, path: str = "/", *headers: str, method: str = "GET") -> tuple[str, str]:
        return await self.asked(f"{method} {path} HTTP/1.1", f"Host: {SHOP}", *headers)


@asynccontextmanager
async def before(
    upstream: str | None, *, connect_seconds: float = 3.0, head_seconds: float = 5.0
) -> AsyncIterator[Front]:
    """A forwarder that has this one upstream for every name."""
    forwarder = Forwarder(
        lambda hostname: upstream, connect_seconds=connect_seconds, head_seconds=head_seconds
    )
    await forwarder.open()
    app = web.Application(client_max_size=0)
    app.router.add_route("*", "/{path:(?s:.*)}", forwarder.forward)
    app.on_response_prepare.append(leave_as_sent)
    runner = Runner(app, is_stopping=lambda: False, shutdown_seconds=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield Front(runner.addresses[0][1])
    finally:
        await runner.cleanup()
        await forwarder.close()


@asynccontextmanager
async def wired(wire: Wire, *, prefix: str = "", head_seconds: float = 5.0) -> AsyncIterator[Front]:
    """A forwarder before this upstream."""
    open_: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_.add(writer)
        try:
            await wire.serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            open_.discard(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        async with before(f"http://{host}:{port}{prefix}", head_seconds=head_seconds) as front:
            yield front
    finally:
        server.close()
        for writer in list(open_):
            writer.transport.abort()
        await server.wait_closed()
