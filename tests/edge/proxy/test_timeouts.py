"""Nobody waits for ever: each time-out by its name, and what is then said."""

import asyncio

import pytest

from tests.edge.proxy.script import Line, echo, script
from tests.edge.proxy.upstreams import SHOP, before, wired

LOOPS = ("asyncio", "uvloop")
HEAD = f"POST / HTTP/1.1\r\nHost: {SHOP}\r\nContent-Length: 5\r\n"


@pytest.mark.parametrize(
    ("sent", "answer"),
    [(b"", b""), (b"GET / HTTP/1.1\r\nHo", b"HTTP/1.1 408 "), (f"{HEAD}\r\nhel".encode(), b"HTTP/1.1 408 ")],
)
async def test_visitor_that_never_ends_is_told_and_let_go(sent: bytes, answer: bytes) -> None:
    async def read(line: Line) -> None:
        await line.reader.read()

    async with wired(script(read), head=0.2) as front:
        found = await front.raw(sent)
    assert found.startswith(answer) and (answer or not found)


async def test_drip_does_not_put_the_end_of_a_head_off() -> None:
    async with wired(script(echo), head=0.3) as front:
        reader, writer = await front.open()
        writer.write(b"GET / HTTP/1.1\r\n")
        for _ in range(10):
            writer.write(b"A: b\r\n")
            await asyncio.sleep(0.06)
            if reader.at_eof() or reader._buffer:  # type: ignore[attr-defined]
                break
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")
        writer.close()


async def test_body_that_moves_is_waited_for() -> None:
    async def slowly(line: Line) -> None:
        await line.head()
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        for _ in range(10):
            await asyncio.sleep(0.05)
            await line.say(b"x")

    async with wired(script(slowly), head=0.2, idle=0.2) as front:
        assert (await front.got())[1] == "x" * 10


async def test_upload_that_moves_is_waited_for() -> None:
    async def upstream(line: Line) -> None:
        await line.head()
        await line.answer(await line.reader.readexactly(5))

    async with wired(script(upstream), head=0.2, idle=0.2) as front:
        found = await front.raw(f"{HEAD}Connection: close\r\n\r\n".encode(), *(b"h", b"e", b"l", b"l", b"o"))
    assert found.endswith(b"hello")


async def test_idle_connection_ends_quietly_after_an_answer() -> None:
    async with wired(script(echo), head=0.2, idle=0.2) as front:
        found = await front.raw(f"GET /a HTTP/1.1\r\nHost: {SHOP}\r\n\r\n".encode())
    assert found.endswith(b"\r\n\r\n/a")


async def test_reads_of_a_visitor_that_reads_slowly_are_not_our_time_out() -> None:
    async def large(line: Line) -> None:
        await line.head()
        await line.answer(bytes(8_000_000))

    async with wired(script(large), head=0.2, idle=0.1) as front:
        reader, writer = await front.open()
        writer.write(f"GET / HTTP/1.1\r\nHost: {SHOP}\r\nConnection: close\r\n\r\n".encode())
        await asyncio.sleep(0.5)
        assert len(await reader.read()) > 8_000_000
        writer.close()


@pytest.mark.parametrize(("size", "status"), [(10, b"200"), (11, b"413")])
@pytest.mark.parametrize("chunked", [False, True])
async def test_request_has_a_limit(size: int, status: bytes, chunked: bool) -> None:
    async def upstream(line: Line) -> None:
        head = await line.head()
        end = b"0\r\n\r\n" if "chunked" in head else b"x" * 10
        await line.reader.readuntil(end)
        await line.answer()

    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (size, b"x" * size) if chunked else b"x" * size
    async with wired(script(upstream), max_request=10) as front:
        found = await front.raw(
            f"POST / HTTP/1.1\r\nHost: {SHOP}\r\n{framing}\r\nConnection: close\r\n\r\n".encode() + body
        )
    assert found.startswith(b"HTTP/1.1 " + status)


async def test_head_has_a_limit() -> None:
    async with before(None) as front:
        found = await front.raw(b"GET / HTTP/1.1\r\nA: " + b"a" * 40_000)
    assert found.startswith(b"HTTP/1.1 431 ")
