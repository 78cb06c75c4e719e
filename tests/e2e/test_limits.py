"""What is too large or too many is refused in words that the client gets to read: at a portal, before an upstream, on
port 80."""

import asyncio
import resource
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.e2e.house import ADMIN_HOST, House, house
from tests.peers.pebble import Pebble

PORTAL, SHOP = "billing.harbour.test", "shop.harbour.test"
MIB = 1 << 20
LARGE = 3 * MIB
"""More than a sign-in may have, and than this house passes on."""
MOST_GROWTH = 24 * MIB
IDLE = 300
HEADS = {
    "head": b"GET / HTTP/1.1\r\nHost: %b\r\nA: " + b"a" * 40_000 + b"\r\n\r\n",
    "target": b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: %b\r\n\r\n",
    "many": b"GET / HTTP/1.1\r\nHost: %b\r\n" + b"A: b\r\n" * 200 + b"\r\n",
}
CHUNK = b"10000\r\n" + bytes(1 << 16) + b"\r\n"


@asynccontextmanager
async def full_house(folder: Path, pebble: Pebble) -> AsyncIterator[House]:
    """A portal, and an upstream that reads all."""

    async def upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1 << 16):
            pass
        writer.close()

    server = await asyncio.start_server(upstream, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        async with house(folder, pebble, edge={"max_request_mib": 1}) as running:
            await running.register(PORTAL)
            await running.register(SHOP, upstream=url)
            yield running
    finally:
        server.close()


async def answer(running: House, host: str, *pieces: bytes) -> bytes:
    """The first line of the answer to what is sent to its end, whatever comes back meanwhile."""
    reader, writer = await running.connect(host)
    try:
        async with asyncio.timeout(20):
            sending = asyncio.create_task(_send(writer, pieces))
            line = await reader.readline()
            sending.cancel()
        return line
    finally:
        writer.transport.abort()


async def _send(writer: asyncio.StreamWriter, pieces: tuple[bytes, ...]) -> None:
    for piece in pieces:
        writer.write(piece)
        await writer.drain()


def packed(mebibytes: int) -> bytes:
    """Zeros in gzip, of which this process never has all."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packing.compress(bytes(MIB)) for _ in range(mebibytes)) + packing.flush()


def memory() -> int:
    """The most that this process, in which the house runs, ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("host", [PORTAL, SHOP, ADMIN_HOST])
async def test_a_head_that_is_too_large_is_431(tmp_path: Path, pebble: Pebble, host: str) -> None:
    async with full_house(tmp_path, pebble) as running:
        for head in HEADS.values():
            assert (await answer(running, host, head % host.encode())).split()[1] == b"431"


@pytest.mark.parametrize("host", [PORTAL, SHOP, ADMIN_HOST])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
async def test_a_body_that_is_too_large_is_refused(
    tmp_path: Path, pebble: Pebble, host: str, chunked: bool
) -> None:
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {LARGE}"
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: {host}\r\n{framing}\r\n"
        "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    body = [CHUNK if chunked else bytes(1 << 16)] * (LARGE >> 16)
    async with full_house(tmp_path, pebble) as running:
        status = (await answer(running, host, head.encode(), *body)).split()[1]
    assert status == (b"411" if chunked and host != SHOP else b"413")  # a form says how long it is


@pytest.mark.parametrize("host", [PORTAL, ADMIN_HOST])
@pytest.mark.parametrize("part", [False, True], ids=["body", "part"])
async def test_a_bomb_is_not_unpacked(tmp_path: Path, pebble: Pebble, host: str, part: bool) -> None:
    """One that is small enough to be read, as the whole body or as one field of a form."""
    bomb = packed(56)
    assert len(bomb) < 60_000
    kind, encoding = "application/x-www-form-urlencoded", "Content-Encoding: gzip\r\n"
    if part:
        kind, encoding = "multipart/form-data; boundary=x", ""
        field = b'Content-Disposition: form-data; name="email"\r\nContent-Encoding: gzip\r\n\r\n'
        bomb = b"--x\r\n" + field + bomb + b"\r\n--x--\r\n"
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(bomb)}\r\n{encoding}"
        f"Sec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\n\r\n"
    )
    async with full_house(tmp_path, pebble) as running:
        before = memory()
        assert (await answer(running, host, head.encode(), bomb)).split()[1][:1] == b"4"
        assert memory() - before < MOST_GROWTH


async def test_port_80_refuses_what_is_too_large(tmp_path: Path, pebble: Pebble) -> None:
    async with full_house(tmp_path, pebble) as running:
        for head in HEADS.values():
            reader, writer = await asyncio.open_connection("127.0.0.1", running.http_port)
            writer.write(head % PORTAL.encode())
            assert (await asyncio.wait_for(reader.readline(), 5)).split()[1] == b"431"
            writer.close()


async def test_many_idle_connections_leave_the_others_served(tmp_path: Path, pebble: Pebble) -> None:
    async with full_house(tmp_path, pebble) as running:
        assert (await running.visit(PORTAL))[0] == 200
        before, idle = memory(), []
        for number in range(IDLE):
            idle.append(await running.connect(PORTAL, source=f"127.0.1.{1 + number % 250}"))
        assert (await running.visit(PORTAL))[0] == 200
        assert (memory() - before) / IDLE < 512 * 1024  # of both ends, which are in this process
        for _, writer in idle:
            writer.transport.abort()
        assert (await running.visit(PORTAL))[0] == 200


async def test_connections_from_one_address_are_bounded_on_both_ports_together(
    tmp_path: Path, pebble: Pebble
) -> None:
    async with house(tmp_path, pebble, edge={"max_connections_per_address": 4}) as running:
        await running.register(PORTAL)
        there = [await running.connect(PORTAL, source="127.0.1.1") for _ in range(2)]
        plain = [
            await asyncio.open_connection("127.0.0.1", running.http_port, local_addr=("127.0.1.1", 0))
            for _ in range(2)
        ]
        assert await running.alert(PORTAL, source="127.0.1.1") == "connection lost"
        assert await running.alert(PORTAL, source="127.0.1.2") == ""
        for _, writer in (*there, *plain):
            writer.transport.abort()
        async with asyncio.timeout(5):
            while await running.alert(PORTAL, source="127.0.1.1"):
                await asyncio.sleep(0.05)
