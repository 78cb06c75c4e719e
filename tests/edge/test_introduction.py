"""Load balancers in front of both doors."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from edge import introduction
from edge.http_server import Runner
from edge.listener import Listener
from edge.networks import is_within
from edge.settings import Network
from edge.sni.client_hello import ClientHello
from edge.tls.terms import Accept, Arrival, Decision
from tests.edge.sni.test_proxy_header import V4
from tests.edge.tls.pump import NAME, client_context, context

LOOPS = ("asyncio", "uvloop")
LINE = b"PROXY TCP4 192.0.2.1 10.0.0.1 56324 443\r\n"
GET = f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode()


class Told(asyncio.Protocol):
    """Answers with the address of its peer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert isinstance(self._transport, asyncio.Transport)
        self._transport.write(str(self._transport.get_extra_info("peername")[0]).encode())
        self._transport.close()


@asynccontextmanager
async def tls(introduces: Callable[[str], bool] | None) -> AsyncIterator[tuple[Listener, int, list[str]]]:
    peers: list[str] = []
    accept = Accept(context(), Told, NAME)

    def policy(hello: ClientHello, arrival: Arrival) -> Decision:
        peers.append(arrival.address)
        return accept

    listener = Listener(policy, introduces=introduces)
    [address] = await listener.start(["127.0.0.1:0"])
    try:
        yield listener, int(address.rpartition(":")[2]), peers
    finally:
        await listener.close()


async def asked(port: int, header: bytes) -> bytes:
    """The answer behind TLS, after a header in the clear that comes byte by byte."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for at in range(len(header)):
            writer.write(header[at : at + 1])
            await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await writer.start_tls(client_context(), server_hostname=NAME)
            writer.write(b"x")
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize("header", [LINE, V4])
async def test_balancer_says_who_a_connection_is_from(header: bytes) -> None:
    async with tls(lambda address: True) as (listener, port, peers):
        assert await asked(port, header) == b"192.0.2.1"
        assert peers == ["192.0.2.1"]
        async with asyncio.timeout(5):
            while listener.connections:
                await asyncio.sleep(0.01)


async def test_balancer_that_speaks_for_itself_is_itself() -> None:
    async with tls(lambda address: True) as (_, port, _):
        assert await asked(port, b"PROXY UNKNOWN\r\n") == b"127.0.0.1"


async def test_stranger_is_who_it_is_and_may_not_say_otherwise() -> None:
    async with tls(lambda address: False) as (_, port, peers):
        assert await asked(port, b"") == b"127.0.0.1"
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(LINE)
        async with asyncio.timeout(5):
            assert b"192.0.2.1" not in await reader.read()
        writer.close()
        assert peers == ["127.0.0.1"]


@pytest.mark.parametrize("sent", [b"", b"PROXY TCP4 192", b"\x16\x03\x01", b"PROXY TCP9 a b c d\r\n"])
async def test_balancer_that_does_not_say_is_let_go(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(introduction, "SECONDS", 0.1)
    async with tls(lambda address: True) as (listener, port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        try:
            async with asyncio.timeout(5):
                assert await reader.read() == b""
        except ConnectionResetError:
            pass
        writer.close()
        assert listener.connections == 0


async def test_listener_that_closes_ends_those_that_have_not_said() -> None:
    async with tls(lambda address: True) as (listener, port, _):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        while not listener.connections:
            await asyncio.sleep(0.01)
        await listener.drain(0.01)
        assert listener.connections == 0
        writer.close()


async def test_plain_port_knows_it_too() -> None:
    async def tell(request: web.Request) -> web.Response:
        return web.Response(text=request.remote)

    app = web.Application()
    app.router.add_get("/", tell)
    runner = Runner(app, is_stopping=lambda: False, shutdown_seconds=1, introduces=lambda address: True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    reader, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
    writer.write(LINE + GET)
    async with asyncio.timeout(5):
        assert (await reader.read()).endswith(b"192.0.2.1")
    writer.close()
    await runner.cleanup()


async def test_listener_takes_both_families() -> None:
    listener = Listener(lambda hello, arrival: Accept(context(), Told, NAME))
    addresses = await listener.start(["127.0.0.1:0", "[::1]:0"])
    try:
        for address in addresses:
            host, _, port = address.rpartition(":")
            reader, writer = await asyncio.open_connection(
                host.strip("[]"), int(port), ssl=client_context(), server_hostname=NAME
            )
            writer.write(b"x")
            assert (await reader.read()).decode() == host.strip("[]")
            writer.close()
    finally:
        await listener.close()


@pytest.mark.parametrize(
    ("address", "within"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("2001:db8::1", True),
        ("fe80::1%eth0", False),
        ("11.0.0.1", False),
    ],
)
def test_network_of_an_address(address: str, within: bool) -> None:

    networks: tuple[Network, ...] = (
        ipaddress.ip_network("10.0.0.0/8"),
        ipaddress.ip_network("2001:db8::/32"),
    )
    assert is_within(address, networks) is within
    assert not is_within(address, ())
