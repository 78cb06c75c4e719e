"""Connections that turn into another protocol."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

from tests.edge.proxy.script import Line, script
from tests.edge.proxy.upstreams import SHOP, Wire, before, wired

LOOPS = ("asyncio", "uvloop")
ASK = f"GET /chat HTTP/1.1\r\nHost: {SHOP}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: chat/2\r\n\r\n".encode()
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat/2\r\nConnection: Upgrade\r\nX-A: 1\r\n\r\n"


async def chat(line: Line) -> None:
    """Says back what it hears."""
    assert "\r\nConnection: Upgrade\r\nUpgrade: chat/2" in await line.head()
    await line.say(SWITCH + b"welcome")
    while data := await line.reader.read(65_536):
        await line.say(data)


async def test_bytes_go_both_ways_as_they_come() -> None:
    async with wired(script(chat)) as front:
        reader, writer = await front.open()
        writer.write(ASK + b"early")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 Switching Protocols\r\n") and b"X-A: 1" in head
        assert b"Connection: Upgrade\r\nUpgrade: chat/2\r\n" in head
        assert await reader.readexactly(12) == b"welcomeearly"
        for message in (b"\x00\xff", b"GET / HTTP/1.1\r\n\r\n", bytes(1_000_000)):
            writer.write(message)
            assert await reader.readexactly(len(message)) == message
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()


async def test_tunnel_ends_when_nothing_moves() -> None:
    async with wired(script(chat), tunnel=0.2, head=0.1) as front:
        reader, writer = await front.open()
        writer.write(ASK)
        await reader.readuntil(b"welcome")
        for _ in range(4):
            await asyncio.sleep(0.1)
            writer.write(b"x")
            assert await reader.readexactly(1) == b"x"
        try:
            async with asyncio.timeout(5):
                assert await reader.read() == b""
        except ConnectionResetError:
            pass
        writer.close()


@pytest.mark.parametrize("who", ["visitor", "upstream"])
async def test_abrupt_end_of_one_side_ends_the_other(who: str) -> None:
    upstream = script(chat)
    async with wired(upstream) as front:
        reader, writer = await front.open()
        writer.write(ASK)
        await reader.readuntil(b"welcome")
        if who == "visitor":
            writer.transport.abort()
            async with asyncio.timeout(5):
                while front.proxy.open:
                    await asyncio.sleep(0.01)
        else:
            upstream.lines[0].reset()
            async with asyncio.timeout(5):
                assert await reader.read() == b""
            writer.close()


async def test_answer_instead_of_a_switch_is_an_answer() -> None:
    wire = Wire(b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno", closes=False)
    async with wired(wire) as front:
        reader, writer = await front.open()
        writer.write(ASK)
        assert (await reader.readuntil(b"no")).startswith(b"HTTP/1.1 426 ")
        writer.close()


@pytest.mark.parametrize(
    "lines",
    [
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
        "Upgrade: chat/2",
        "Connection: Upgrade\r\nUpgrade: chat/2\r\nContent-Length: 2",
    ],
)
async def test_upgrade_that_is_none_ends_here(lines: str) -> None:
    wire = Wire(closes=False)
    async with wired(wire) as front:
        reader, writer = await front.open()
        writer.write(f"GET / HTTP/1.1\r\nHost: {SHOP}\r\n{lines}\r\n\r\nxx".encode())
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        writer.close()
    assert "upgrade" not in wire.heads[0].lower() and "h2c" not in wire.heads[0]


@pytest.mark.parametrize(
    "switch", [SWITCH.replace(b"chat/2", b"other"), b"HTTP/1.1 101 Switching Protocols\r\n\r\n"]
)
async def test_switch_to_what_was_not_asked_for_is_a_bad_gateway(switch: bytes) -> None:
    async with wired(Wire(switch, closes=False)) as front:
        reader, writer = await front.open()
        writer.write(ASK)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 502 ")
        writer.close()


async def test_web_socket_carries_messages() -> None:
    async def socket(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse(max_msg_size=0)
        await response.prepare(request)
        async for message in response:
            if message.type is aiohttp.WSMsgType.BINARY:
                await response.send_bytes(message.data)
        return response

    app = web.Application()
    app.router.add_get("/socket", socket)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with before(f"http://127.0.0.1:{runner.addresses[0][1]}") as front:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(
                f"http://127.0.0.1:{front.port}/socket", headers={"Host": SHOP}, max_msg_size=0
            ) as client,
        ):
            for size in (0, 1, 125, 126, 65_535, 65_536, 3_000_000):
                await client.send_bytes(bytes(size))
                assert len((await client.receive()).data) == size
            await client.close()
    await runner.cleanup()
