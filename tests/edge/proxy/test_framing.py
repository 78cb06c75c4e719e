"""Where bodies end, in both directions, and what stands before and after them."""

import asyncio

import pytest

from tests.edge.proxy.script import Line, script
from tests.edge.proxy.upstreams import SHOP, Wire, wired

LOOPS = ("asyncio", "uvloop")
GET = f"GET / HTTP/1.1\r\nHost: {SHOP}\r\n"
CLOSE = "Connection: close\r\n"
LIES = b"X-Forwarded-For: 6.6.6.6\r\nHost: a\r\nX_Real_IP: 6\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"


async def test_body_in_chunks_goes_up_in_chunks_with_what_may_follow_it() -> None:
    found = bytearray()

    async def upstream(line: Line) -> None:
        found.extend((await line.head()).encode())
        found.extend(b"\r\n\r\n" + await line.reader.readuntil(b"0\r\nX-Sum: 7\r\n\r\n"))
        await line.answer()

    head = f"POST / HTTP/1.1\r\nHost: {SHOP}\r\nTransfer-Encoding: Chunked\r\nTrailer: X-Sum\r\n{CLOSE}\r\n"
    body = b'5;a="b"\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 7\r\n' + LIES + b"\r\n"
    async with wired(script(upstream)) as front:
        assert (await front.raw(head.encode(), body[:9], body[9:])).startswith(b"HTTP/1.1 200 ")
    sent, _, body = bytes(found).partition(b"\r\n\r\n")
    assert b"\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum" in sent
    assert body in (
        b"b\r\nhello world\r\n0\r\nX-Sum: 7\r\n\r\n",
        b"2\r\nhe\r\n9\r\nllo world\r\n0\r\nX-Sum: 7\r\n\r\n",
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("TE: trailers\r\n", b"Trailer: X-Sum\r\n"),
        ("", b""),
    ],
)
async def test_trailers_come_down_to_who_takes_them(asked: str, told: bytes) -> None:
    body = CHUNKED + b"Trailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\nSet-Cookie: a=b\r\n\r\n"
    async with wired(Wire(body)) as front:
        found = await front.raw(f"{GET}{asked}Connection: close\r\n\r\n".encode())
    assert (b"Trailer" in found) == bool(told) and told in found
    end = b"2\r\nok\r\n0\r\n%b\r\n" % (b"X-Sum: 7\r\n" if told else b"")
    assert found.endswith(b"\r\n\r\n" + end) and b"Set-Cookie" not in found


async def test_body_that_ends_with_its_connection_comes_down_in_chunks() -> None:
    async with wired(Wire(b"HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\nhello")) as front:
        found = await front.raw(f"{GET}Connection: close\r\n\r\n".encode())
    assert b"Transfer-Encoding: chunked\r\n" in found and found.endswith(b"5\r\nhello\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\n\r\nhello", CHUNKED + b"\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"],
)
async def test_http_1_0_has_its_body_until_the_end(answer: bytes) -> None:
    async with wired(Wire(answer)) as front:
        found = await front.raw(f"GET / HTTP/1.0\r\nHost: {SHOP}\r\n\r\n".encode())
    head, _, body = found.partition(b"\r\n\r\n")
    assert body == b"hello" and b"chunked" not in head and b"Connection: close" in head


async def test_hints_come_down_at_once_and_only_who_waits_hears_100() -> None:
    go = asyncio.Event()

    async def upstream(line: Line) -> None:
        await line.head()
        await line.say(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\nConnection: a\r\n\r\n"
        )
        await go.wait()
        await line.answer()

    async with wired(script(upstream)) as front:
        reader, writer = await front.open()
        writer.write(f"{GET}\r\n".encode())
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
        go.set()
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK\r\n")
        writer.close()


async def test_http_1_0_hears_no_hints() -> None:
    answer = b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    async with wired(Wire(answer)) as front:
        found = await front.raw(f"GET / HTTP/1.0\r\nHost: {SHOP}\r\n\r\n".encode())
    assert found.startswith(b"HTTP/1.1 200 OK\r\n")


async def test_who_waits_to_send_a_body_hears_from_the_upstream() -> None:
    heads, bodies = [], []

    async def upstream(line: Line) -> None:
        heads.append(await line.head())
        await line.say(b"HTTP/1.1 100 Continue\r\n\r\n")
        bodies.append(await line.reader.readexactly(5))
        await line.answer()

    async with wired(script(upstream)) as front:
        reader, writer = await front.open()
        writer.write(
            f"PUT / HTTP/1.1\r\nHost: {SHOP}\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n".encode()
        )
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"hello")
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
    assert "\r\nExpect: 100-Continue\r\n" in heads[0] and bodies == [b"hello"]
    assert head.startswith(b"HTTP/1.1 200 ") and b"Connection: close" not in head


async def test_who_waits_to_send_a_body_may_be_refused_without_sending_it() -> None:
    answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"

    async def upstream(line: Line) -> None:
        await line.head()
        await line.say(answer)
        await line.reader.read()

    async with wired(script(upstream)) as front:
        found = await front.raw(
            f"PUT / HTTP/1.1\r\nHost: {SHOP}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n".encode()
        )
    assert found.startswith(b"HTTP/1.1 403 ") and found.endswith(b"no") and b"Connection: close" in found


async def test_answer_comes_down_while_the_request_still_goes_up() -> None:
    """As an upstream does that counts as it reads; the connection ends with it, as was said."""

    async def upstream(line: Line) -> None:
        await line.head()
        await line.say(CHUNKED + b"\r\n")
        for _ in range(3):
            piece = await line.reader.readexactly(4)
            await line.say(b"4\r\n%b\r\n" % piece)
        await line.say(b"0\r\n\r\n")

    async with wired(script(upstream)) as front:
        reader, writer = await front.open()
        writer.write(f"POST / HTTP/1.1\r\nHost: {SHOP}\r\nContent-Length: 12\r\n\r\n".encode())
        assert b"Connection: close" in await reader.readuntil(b"\r\n\r\n")
        for piece in (b"abcd", b"efgh", b"ijkl"):
            writer.write(piece)
            assert await reader.readexactly(9) == b"4\r\n%b\r\n" % piece
        assert await reader.read() == b"0\r\n\r\n"
        writer.close()


async def test_early_refusal_ends_an_upload() -> None:
    async def upstream(line: Line) -> None:
        await line.head()
        await line.say(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
        await line.reader.read()

    async with wired(script(upstream)) as front:
        found = await front.raw(
            f"POST / HTTP/1.1\r\nHost: {SHOP}\r\nContent-Length: 99999\r\n\r\n".encode() + b"x" * 1000
        )
    assert found.startswith(b"HTTP/1.1 413 Content Too Large\r\n") and found.endswith(b"\r\n\r\nbig")


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", CHUNKED + b"\r\n"]
)
async def test_answers_without_body_leave_the_connection_in_use(answer: bytes) -> None:
    method = "HEAD" if b"200" in answer else "GET"

    async def upstream(line: Line) -> None:
        while True:
            await line.head()
            await line.say(answer)

    async with wired(script(upstream)) as front:
        one = f"{method} / HTTP/1.1\r\nHost: {SHOP}\r\n\r\n"
        found = await front.raw((one + one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).encode())
    assert found.count(b"HTTP/1.1 20") == 2 and b"Content-Length" not in found and b"chunked" not in found


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok" + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nX-A : a\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/2 200\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    ],
)
async def test_answer_that_can_be_read_in_two_ways_is_a_bad_gateway(answer: bytes) -> None:
    async with wired(Wire(answer)) as front:
        assert (await front.got())[0].startswith("HTTP/1.1 502 ")


@pytest.mark.parametrize("extra", [b"extra", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlies"])
async def test_more_than_the_answer_reaches_nobody(extra: bytes) -> None:
    async def upstream(line: Line) -> None:
        await line.head()
        await line.answer(b"ok")
        await line.say(extra)
        await line.reader.read()

    async with wired(script(upstream)) as front:
        for _ in range(2):
            assert (await front.got())[1] == "ok"
            await asyncio.sleep(0.02)


async def test_bad_chunk_ends_the_visitors_answer() -> None:
    async with wired(Wire(CHUNKED + b"\r\n3\r\nabcd\r\n0\r\n\r\n", closes=False)) as front:
        with pytest.raises(ConnectionResetError):
            found = await front.raw(f"{GET}\r\n".encode())
            assert not found.endswith(b"0\r\n\r\n")
            raise ConnectionResetError


@pytest.mark.parametrize(
    "body",
    [b"5\r\nhello\r\n0\r\n\n", b"x\r\n", b"5\r\nhelloo\r\n", b"5 \r\nhello\r\n0\r\n\r\n", b"5\nhello\n0\n\n"],
)
async def test_bad_chunk_of_a_visitor_is_a_bad_request_and_never_whole(body: bytes) -> None:
    found = bytearray()

    async def upstream(line: Line) -> None:
        await line.head()
        found.extend(await line.reader.read())

    async with wired(script(upstream)) as front:
        head = f"POST / HTTP/1.1\r\nHost: {SHOP}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        answer = await front.raw(head + body)
    assert answer.startswith(b"HTTP/1.1 400 ") and b"Connection: close" in answer
    assert not found.endswith(b"0\r\n\r\n")
