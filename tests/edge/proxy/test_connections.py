"""Connections on both sides: kept, bounded, asked again, given up, and none left over (`before` looks)."""

import asyncio
import contextlib
import gc
import socket

import pytest

from edge.proxy import pool
from edge.proxy.visitor import Visitor
from tests.edge.proxy.script import Line, echo, script
from tests.edge.proxy.upstreams import SHOP, Wire, before, wired
from tests.edge.tls.pump import NAME, client_context, serving
from tests.peers.ports import free_port

LOOPS = ("asyncio", "uvloop")
CLOSE = "Connection: close\r\n"


def request(path: str = "/", method: str = "GET", more: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: {SHOP}\r\n{more}\r\n".encode()


async def test_requests_of_many_visitors_share_a_kept_connection() -> None:
    upstream = script(echo)
    async with wired(upstream) as front:
        for n in range(5):
            assert (await front.got(f"/{n}"))[1] == f"/{n}"
        assert (front.proxy.open, front.proxy.resting) == (1, 1)
    assert len(upstream.lines) == 1


async def test_requests_sent_ahead_are_answered_in_order() -> None:
    upstream = script(echo)
    async with wired(upstream) as front:
        ahead = [request(f"/{n}") for n in range(200)]
        found = await front.raw(b"".join((*ahead, request("/last", more=CLOSE))))
    bodies = [part.rpartition(b"\r\n\r\n")[2] for part in found.split(b"HTTP/1.1 200 OK")[1:]]
    assert bodies == [b"/%d" % n for n in range(200)] + [b"/last"]
    assert len(upstream.lines) == 1


async def test_requests_ahead_that_we_answer_ourselves_do_not_pile_up() -> None:
    async with before(None) as front:
        found = await front.raw(request("/") * 3_000 + request(more=CLOSE))
    assert found.count(b"HTTP/1.1 503 ") == 3_001


async def test_body_is_not_taken_for_the_next_request() -> None:
    bodies = []

    async def upstream(line: Line) -> None:
        while True:
            head = await line.head()
            bodies.append(await line.reader.readexactly(36) if "POST" in head else b"")
            await line.answer(head.split(" ")[1].encode())

    smuggled = request("/smuggled")[:36]
    async with wired(script(upstream)) as front:
        post = request("/post", "POST", "Content-Length: 36\r\n") + smuggled.ljust(36)
        found = await front.raw(post + request("/next", more=CLOSE))
    assert b"/post" in found and b"/next" in found and b"/smuggled" not in found
    assert bodies[0] == smuggled.ljust(36)


async def test_request_on_a_dead_connection_is_asked_again_once() -> None:
    """The upstream ends a kept connection at the very moment when the next request goes out."""
    asked = asyncio.Event()

    async def once(line: Line) -> None:
        await line.head()
        await line.answer(b"first")
        await line.head()
        asked.set()
        line.reset()

    upstream = script(once, echo)
    async with wired(upstream) as front:
        assert (await front.got("/1"))[1] == "first"
        assert (await front.got("/2"))[1] == "/2"
    assert asked.is_set() and len(upstream.lines) == 2


@pytest.mark.parametrize(("method", "body"), [("POST", b""), ("PATCH", b""), ("PUT", b"hello")])
async def test_request_that_may_have_had_effects_is_never_asked_again(method: str, body: bytes) -> None:
    async def once(line: Line) -> None:
        await line.head()
        await line.answer(b"first")
        await line.head()
        line.reset()

    upstream = script(once, echo)
    async with wired(upstream) as front:
        await front.got("/1")
        head, _ = await front.asked(
            f"{method} / HTTP/1.1", f"Host: {SHOP}", f"Content-Length: {len(body)}", body=body
        )
    assert head.startswith("HTTP/1.1 502 ") and len(upstream.lines) == 1


async def test_request_on_a_new_connection_is_not_asked_again() -> None:
    async def never(line: Line) -> None:
        await line.head()
        line.reset()

    upstream = script(never)
    async with wired(upstream) as front:
        assert (await front.got())[0].startswith("HTTP/1.1 502 ")
    assert len(upstream.lines) == 1


async def test_answer_that_began_is_not_asked_again() -> None:
    async def once(line: Line) -> None:
        await line.head()
        await line.answer(b"first")
        await line.head()
        await line.say(b"HTTP/1.1 200")
        line.reset()

    upstream = script(once, echo)
    async with wired(upstream) as front:
        await front.got("/1")
        assert (await front.got("/2"))[0].startswith("HTTP/1.1 502 ")


async def test_kept_connections_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MAX_RESTING", 2)
    go = asyncio.Event()

    async def wait(line: Line) -> None:
        await line.head()
        await go.wait()
        await line.answer()
        await line.reader.read()

    upstream = script(wait)
    async with wired(upstream) as front:
        asking = [asyncio.ensure_future(front.got()) for _ in range(5)]
        while len(upstream.lines) < 5:
            await asyncio.sleep(0.01)
        go.set()
        await asyncio.gather(*asking)
        assert front.proxy.resting <= 2


async def test_kept_connection_ends_when_it_has_rested_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool.Pools.__init__, "__defaults__", (0.1,))
    async with wired(script(echo)) as front:
        await front.got()
        assert front.proxy.open == 1
        await until_none_is_open(front.proxy)
        async with asyncio.timeout(5):
            while front.proxy._pools._pools:
                await asyncio.sleep(0.01)


async def test_upstream_that_ends_a_kept_connection_leaves_nothing() -> None:
    async with wired(Wire(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) as front:
        await front.got()
        await until_none_is_open(front.proxy)


async def until_none_is_open(proxy: object) -> None:
    async with asyncio.timeout(5):
        while proxy.open:  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "after", [b"", b"GET / HT", request(), request("/", "POST", "Content-Length: 9\r\n") + b"abc"]
)
async def test_visitor_that_breaks_off_leaves_nothing(after: bytes) -> None:
    async def hang(line: Line) -> None:
        await line.reader.read()

    async with wired(script(hang)) as front:
        _, writer = await front.open()
        writer.write(after)
        await asyncio.sleep(0.05)
        writer.transport.abort()
        await until_none_is_open(front.proxy)


async def test_visitor_that_leaves_while_we_connect_leaves_the_connection_to_others() -> None:
    upstream = script(echo)
    async with wired(upstream) as front:
        _, writer = await front.open()
        writer.write(request())
        writer.transport.abort()
        await asyncio.sleep(0.05)
        assert (await front.got("/a"))[1] == "/a"


async def test_slow_visitor_slows_the_upstream() -> None:
    sent = 0

    async def flood(line: Line) -> None:
        nonlocal sent
        await line.head()
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 500000000\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            while True:
                await line.say(bytes(65_536))
                sent += 65_536

    async with wired(script(flood)) as front:
        reader, writer = await front.open()
        writer.write(request())
        await reader.readexactly(1000)
        await asyncio.sleep(0.3)
        settled = sent
        await asyncio.sleep(0.2)
        assert sent == settled < 20_000_000
        writer.transport.abort()


async def test_slow_upstream_slows_the_visitor() -> None:
    async def lazy(line: Line) -> None:
        await line.head()
        await asyncio.sleep(30)

    async with wired(script(lazy), head=1) as front:
        _, writer = await front.open()
        writer.write(request("/", "POST", "Content-Length: 500000000\r\n"))
        sent = 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                while True:
                    writer.write(bytes(65_536))
                    await writer.drain()
                    sent += 65_536
        assert sent < 30_000_000
        writer.transport.abort()


async def test_upstream_without_answer_to_a_connection_is_a_gateway_timeout() -> None:
    """A listener whose queue is full: the kernel takes no more."""
    with socket.socket() as full, contextlib.ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        async with before(f"http://127.0.0.1:{full.getsockname()[1]}", connect=0.2) as front:
            assert (await front.got())[0].startswith("HTTP/1.1 504 ")


async def test_upstream_that_is_not_there_is_a_page_and_the_connection_goes_on() -> None:
    async with before(f"http://127.0.0.1:{free_port()}") as front:
        found = await front.raw(request() + request(more=f"Accept: text/html\r\n{CLOSE}"))
    assert found.count(b"HTTP/1.1 502 Bad Gateway") == 2
    assert found.count(b"<h1>The service cannot be reached</h1>") == 1


async def test_stopping_says_so_on_each_answer() -> None:
    stopping = asyncio.Event()
    async with wired(script(echo), is_stopping=stopping.is_set) as front:
        reader, writer = await front.open()
        writer.write(request("/a"))
        assert b"Connection: close" not in await reader.readuntil(b"/a")
        stopping.set()
        writer.write(request("/b"))
        assert b"Connection: close" in await reader.read()
        writer.close()


async def test_ended_connections_leave_nothing_to_the_collector() -> None:
    """Behind the pump, as in service: two hundred connections, and not one object in a cycle."""
    async with wired(script(echo)) as front:
        proxy = front.proxy
        async with serving(proxy) as port:
            await asked_once(port)
            gc.collect()
            gc.disable()
            try:
                for _ in range(20):
                    await asked_once(port)
                await asyncio.sleep(0.2)
                assert not [each for each in gc.get_objects() if isinstance(each, Visitor)]
            finally:
                gc.enable()


async def asked_once(port: int) -> None:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=client_context(), server_hostname=NAME
    )
    writer.write(request("/once", more=CLOSE))
    assert (await reader.read()).endswith(b"/once")
    writer.close()
    await writer.wait_closed()
