"""Upstreams and a proxy before them, both on plain loopback sockets and seen byte by byte."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from edge.proxy.proxy import Proxy
from edge.proxy.terms import Client, OwnPath, Terms, Timeouts
from edge.proxy.visitor import Visitor
from edge.routing.authority import without_port
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname

SHOP = Hostname("shop.customer.example")
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
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
    """The port of a proxy."""

    port: int
    proxy: Proxy

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def raw(self, *pieces: bytes) -> bytes:
        """All that comes until the end for bytes sent as they are, piece by piece."""
        reader, writer = await self.open()
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.005 if len(pieces) > 1 else 0)
            async with asyncio.timeout(10):
                return await reader.read()
        finally:
            writer.close()

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


def terms(upstream: str | None, **more: Any) -> Terms:
    """Every name leads to this upstream; a connection is for `SHOP`, or for what `name` says."""
    name: Hostname = more.pop("name", SHOP)
    timeouts = Timeouts(
        **{key: more.pop(key) for key in ("connect", "head", "idle", "tunnel") if key in more}
    )
    leads = Destination(
        name, Room.UPSTREAM, 1, False, (upstream,) if upstream else (), Confirmation.CNAME, None
    )
    return Terms(
        **{
            "resolve": lambda hostname: leads,
            "hostname_of": lambda transport: name,
            "named": without_port,
            "client_of": lambda destination, peer, named: Client(peer),
            "own_path": OwnPath(b"/.well-known/ours/", own_answer),
            "is_stopping": lambda: False,
            "clock": lambda: NOW,
            "timeouts": timeouts,
            **more,
        }
    )


def own_answer(hostname: Hostname, method: bytes, rest: bytes) -> str | None:
    return f"{hostname} {rest.decode()}" if method == b"GET" and rest else None


@asynccontextmanager
async def before(upstream: str | None, **more: Any) -> AsyncIterator[Front]:
    """A proxy that has this one upstream, on a plain socket; afterwards nothing of it may be left open."""
    proxy = Proxy(terms(upstream, **more))
    visitors: set[Visitor] = set()

    def factory() -> Visitor:
        visitors.add(visitor := proxy())
        return visitor

    loop = asyncio.get_running_loop()
    server = await loop.create_server(factory, "127.0.0.1", 0)
    try:
        yield Front(server.sockets[0].getsockname()[1], proxy)
        server.close()
        await nothing_left(proxy, visitors)
    finally:
        server.close()
        for visitor in visitors:
            if not visitor._closing:
                visitor._transport.abort()
        await proxy.close()


async def nothing_left(proxy: Proxy, visitors: set[Visitor]) -> None:
    """Once the clients have gone: no connection in use, no task at work."""
    async with asyncio.timeout(5):
        while proxy.open != proxy.resting or any(not visitor._closing for visitor in visitors):
            await asyncio.sleep(0.01)
    assert len(proxy._pools._tasks) == 0


@asynccontextmanager
async def wired(wire: "Wire | Answers", *, prefix: str = "", **more: Any) -> AsyncIterator[Front]:
    """A proxy before this upstream."""
    open_: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_.add(writer)
        try:
            await (wire.serve if isinstance(wire, Wire) else wire)(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            open_.discard(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        async with before(f"http://{host}:{port}{prefix}", **more) as front:
            yield front
    finally:
        server.close()
        for writer in list(open_):
            writer.transport.abort()
        await server.wait_closed()
