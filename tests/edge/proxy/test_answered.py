"""Each answer to a visitor is told once, however it ends."""

import asyncio
from typing import Any

import pytest

from edge.proxy.terms import Answered
from tests.edge.proxy.script import Line, script
from tests.edge.proxy.upstreams import SHOP, Wire, before, wired

LOOPS = ("asyncio", "uvloop")
HOST = f"Host: {SHOP}\r\n"


@pytest.fixture
def told() -> list[Answered]:
    return []


@pytest.fixture
def hearing(told: list[Answered]) -> dict[str, Any]:
    return {"answered": lambda transport, answered: told.append(answered)}


def facts(told: list[Answered]) -> list[tuple[bytes, bytes, int]]:
    return [(one.method, one.target, one.status) for one in told]


async def test_answers_of_one_connection_are_told_in_order_with_their_bytes(
    told: list[Answered], hearing: dict[str, Any]
) -> None:
    wire = Wire(answer=b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello")
    async with wired(wire, **hearing) as front:
        found = await front.raw(
            f"GET /a?b HTTP/1.1\r\n{HOST}\r\nHEAD /.well-known/ours/x HTTP/1.1\r\n{HOST}\r\n"
            f"GET /.well-known/ours/x HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode()
        )
    assert facts(told) == [
        (b"GET", b"/a?b", 404),
        (b"HEAD", b"/.well-known/ours/x", 404),
        (b"GET", b"/.well-known/ours/x", 200),
    ]
    assert sum(one.sent for one in told) == len(found)
    assert all(0 <= one.seconds < 5 for one in told)


async def test_upstream_that_cannot_be_reached_is_told_as_502(
    told: list[Answered], hearing: dict[str, Any]
) -> None:
    async with before("http://127.0.0.1:1", **hearing) as front:
        await front.got("/x")
    assert facts(told) == [(b"GET", b"/x", 502)]


async def test_name_without_an_upstream_is_told_as_503(told: list[Answered], hearing: dict[str, Any]) -> None:
    async with before(None, **hearing) as front:
        await front.got("/x")
    assert facts(told) == [(b"GET", b"/x", 503)]


async def test_what_is_refused_before_it_is_a_request_is_told(
    told: list[Answered], hearing: dict[str, Any]
) -> None:
    async with wired(Wire(), **hearing) as front:
        await front.raw(b"GET / HTTP/1.1\r\nHost: other.example\r\n\r\n")
        await front.raw(f"GET / HTTP/1.1\r\n{HOST}X: {'x' * 70_000}\r\n\r\n".encode())
    assert facts(told) == [(b"", b"", 421), (b"", b"", 431)]


async def test_visitor_who_leaves_before_the_answer_is_told_as_499(
    told: list[Answered], hearing: dict[str, Any]
) -> None:
    wire = Wire(hangs=True)
    async with wired(wire, **hearing) as front:
        _, writer = await front.open()
        writer.write(f"GET /x HTTP/1.1\r\n{HOST}\r\n".encode())
        while not wire.heads:
            await asyncio.sleep(0.01)
        writer.close()
        async with asyncio.timeout(5):
            while not told:
                await asyncio.sleep(0.01)
    assert facts(told) == [(b"GET", b"/x", 499)]


async def test_answer_that_is_cut_short_is_told_once_by_its_status(
    told: list[Answered], hearing: dict[str, Any]
) -> None:
    async def part(line: Line) -> None:
        await line.head()
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal")

    async with wired(script(part), **hearing) as front:
        reader, writer = await front.open()
        writer.write(f"GET /x HTTP/1.1\r\n{HOST}\r\n".encode())
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            while True:
                await reader.readexactly(1)
        writer.close()
    assert facts(told) == [(b"GET", b"/x", 200)]


async def test_tunnel_is_told_once_when_it_opens(told: list[Answered], hearing: dict[str, Any]) -> None:
    async def chat(line: Line) -> None:
        await line.head()
        await line.say(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n")
        await line.reader.read()

    async with wired(script(chat), **hearing) as front:
        reader, writer = await front.open()
        writer.write(f"GET /x HTTP/1.1\r\n{HOST}Connection: Upgrade\r\nUpgrade: chat\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        assert facts(told) == [(b"GET", b"/x", 101)]
        writer.close()
        await asyncio.sleep(0.05)
    assert len(told) == 1
