"""However the bytes are split, the upstream sees the same requests and the visitor the same answers."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.proxy.pool import Pools
from edge.proxy.upstream import Upstream
from edge.proxy.visitor import Visitor
from tests.edge.proxy.upstreams import SHOP, terms

REQUESTS = (
    f"GET /1?a=b HTTP/1.1\r\nHost: {SHOP}\r\nTE: trailers\r\n\r\n".encode(),
    f"POST /2 HTTP/1.1\r\nHost: {SHOP}\r\nContent-Length: 11\r\n\r\nhello world".encode(),
    f"PUT /3 HTTP/1.1\r\nHost: {SHOP}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    + b"5;x\r\nhello\r\n06\r\n world\r\n0\r\nX-T: 1\r\n\r\n",
    f"HEAD /4 HTTP/1.1\r\nHost: {SHOP}\r\n\r\n".encode(),
    f"\r\nDELETE https://{SHOP}/5 HTTP/1.1\r\nHost: {SHOP}\r\nConnection: keep-alive, x-a\r\nX-A: 1\r\n\r\n".encode(),
)
ANSWERS = (
    b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nX-Sum: 7\r\n\r\n",
    b"HTTP/1.1 201 Created\r\nContent-Length: 11\r\nConnection: x-hop\r\nX-Hop: 1\r\n\r\nhello world",
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n",
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
)


class Wire(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.reading = True
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = close


class Exchange:
    """A visitor and an upstream without sockets between."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        rules = terms("http://127.0.0.1:1")
        pools = Pools(1)
        pool = pools.of("http://127.0.0.1:1")
        self.up, self.down = Wire(), Wire()
        self.upstream = Upstream(pool)
        self.upstream.connection_made(self.up)
        pool.rest(self.upstream)
        self.visitor = Visitor(rules, pools, loop)
        self.visitor.connection_made(self.down)
        self._pools = pools

    async def close(self) -> None:
        self.visitor.connection_lost(None)
        await self._pools.close()


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    at = 0
    for cut in sorted({cut % len(data) for cut in cuts} - {0}):
        yield data[at:cut]
        at = cut
    yield data[at:]


def joined(data: bytes) -> bytes:
    """With every chunked body as one chunk, so that only the payload counts."""
    out, rest = b"", data
    while rest:
        head, end, rest = rest.partition(b"\r\n\r\n")
        out += head + end
        if b"Transfer-Encoding: chunked" not in head:
            length = next(
                (
                    int(line[15:])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length:")
                ),
                0,
            )
            if b"200 OK" in head:
                length = 0  # the answer to HEAD
            out, rest = out + rest[:length], rest[length:]
            continue
        body = b""
        while True:
            size, _, rest = rest.partition(b"\r\n")
            if size == b"0":
                break
            body, rest = body + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
        trailers, _, rest = (b"\r\n" + rest).partition(b"\r\n\r\n")
        out += b"<%b>%b\r\n" % (body, trailers)
    return out


async def exchanged(request_cuts: list[int], answer_cuts: list[int]) -> tuple[bytes, bytes]:
    """Every request ahead of its turn; the answers one after the other as each is asked for."""
    exchange = Exchange(asyncio.get_running_loop())
    for piece in pieces(b"".join(REQUESTS), request_cuts):
        exchange.visitor.data_received(piece)
    for answer in ANSWERS:
        for piece in pieces(answer, answer_cuts):
            exchange.upstream.data_received(piece)
    assert exchange.down.reading and exchange.up.reading and not exchange.up.closed
    await exchange.close()
    return joined(bytes(exchange.up.written)), joined(bytes(exchange.down.written))


WHOLE = asyncio.run(exchanged([], []))


def test_whole_messages_arrive_as_meant() -> None:
    up, down = WHOLE
    for target in (b"GET /1?a=b ", b"POST /2 ", b"PUT /3 ", b"HEAD /4 ", b"DELETE /5 "):
        assert up.count(target) == 1
    assert up.count(b"hello world") == 2 and b"<hello world>\r\nX-T: 1" in up and b"X-A" not in up
    assert re.findall(rb"HTTP/1\.1 ([0-9]+)", down) == [b"103", b"200", b"201", b"204", b"200", b"404"]
    assert b"<hello world>\r\nX-Sum: 7" in down and b"X-Hop" not in down


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 2_000), max_size=60), st.lists(st.integers(0, 2_000), max_size=40))
def test_splits_change_nothing(request_cuts: list[int], answer_cuts: list[int]) -> None:
    assert asyncio.run(exchanged(request_cuts, answer_cuts)) == WHOLE


def test_byte_by_byte_changes_nothing() -> None:
    every = list(range(2_000))
    assert asyncio.run(exchanged(every, every)) == WHOLE
