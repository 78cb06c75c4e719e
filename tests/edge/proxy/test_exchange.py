import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from store.hostname import Hostname
from tests.edge.proxy.upstreams import SHOP, Front, Wire, before, wired
from tests.peers.ports import free_port

LOOPS = ("asyncio", "uvloop")
MEGABYTE = 1 << 20
IDN = "xn--bcher-kva.example"


@pytest.mark.parametrize("method", ["GET", "DELETE", "OPTIONS", "PROPFIND", "TRACE"])
async def test_method_is_handed_on(method: str) -> None:
    wire = Wire()
    async with wired(wire) as front:
        head, body = await front.got("/a", method=method)
    assert (head.split("\r\n")[0], body) == ("HTTP/1.1 200 OK", "ok")
    assert wire.lines[0] == f"{method} /a HTTP/1.1"


@pytest.mark.parametrize(
    "target",
    [
        "/a/../b",
        "/%7Euser/%2F?q=a+b%20c&d=%C3%A9&e",
        "//double",
        "/?next=http://x/",
        "/%2e%2e/",
        "/%0a",
        "/;='",
    ],
)
async def test_target_is_handed_on_as_sent(target: str) -> None:
    wire = Wire()
    async with wired(wire) as front:
        await front.got(target)
    assert wire.lines[0].split(" ")[1] == target


async def test_path_of_the_upstream_comes_first() -> None:
    wire = Wire()
    async with wired(wire, prefix="/base/") as front:
        await front.got("/a?b")
    assert wire.lines[0] == "GET /base/a?b HTTP/1.1"


async def test_absolute_target_leads_to_the_upstream_too() -> None:
    wire = Wire()
    async with wired(wire) as front:
        await front.got(f"http://{SHOP}/a?b")
    assert wire.lines[0] == "GET /a?b HTTP/1.1"


async def test_upstream_is_told_who_asks_for_what() -> None:
    wire = Wire()
    async with wired(wire) as front:
        await front.asked("GET / HTTP/1.1", f"Host: {SHOP}:8443", "Cookie: a=b", "X-Own: 1", "Accept: */*")
    assert wire.headers == {
        "host": f"{SHOP}:8443",
        "cookie": "a=b",
        "x-own": "1",
        "accept": "*/*",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-host": SHOP,
        "forwarded": f'for=127.0.0.1;host="{SHOP}:8443";proto=https',
        "via": "1.1 brassplate",
    }


async def test_what_the_client_says_of_itself_is_dropped() -> None:
    wire = Wire()
    names = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Real-IP")
    lies = [f"{name}: 6.6.6.6" for name in (*names, "Forwarded", "CF-Connecting-IP", "x-forwarded-user")]
    async with wired(wire) as front:
        await front.got("/", *lies)
    assert "6.6.6.6" not in wire.heads[0]
    assert wire.headers["x-forwarded-for"] == "127.0.0.1"


HOP_BY_HOP = (
    "Keep-Alive: timeout=5",
    "TE: trailers",
    "Trailer: X-Sum",
    "Proxy-Connection: keep-alive",
    "Proxy-Authorization: Basic eA==",
    "Upgrade: h2c",
    "X-Named: 1",
)


async def test_headers_of_one_hop_end_here_on_the_way_up() -> None:
    wire = Wire()
    async with wired(wire) as front:
        await front.got("/", "Connection: x-named, Upgrade, host", *HOP_BY_HOP, "X-Stays: 1")
    gone = {line.split(":")[0].lower() for line in HOP_BY_HOP}
    assert gone & set(wire.headers) == {"te"}  # which is said anew: trailers come down
    assert wire.headers["x-stays"] == "1" and wire.headers["connection"] == "TE"
    assert wire.headers["host"] == SHOP


async def test_headers_of_one_hop_end_here_on_the_way_down() -> None:
    lines = "\r\n".join(("Connection: x-named, keep-alive", *HOP_BY_HOP, "X-Stays: 1", "Content-Length: 0"))
    async with wired(Wire(f"HTTP/1.1 200 OK\r\n{lines}\r\n\r\n".encode())) as front:
        head, _ = await front.got()
    names = {line.split(":")[0].lower() for line in head.split("\r\n")[1:]}
    assert not {line.split(":")[0].lower() for line in HOP_BY_HOP} & names
    assert "x-stays" in names


async def test_answer_keeps_its_status_reason_and_headers() -> None:
    answer = (
        b"HTTP/1.1 418 Short And Stout\r\nServer: theirs\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\n"
        b"Set-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08"
    )
    async with wired(Wire(answer)) as front:
        head, body = await front.got()
    expected = answer.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")
    assert [line for line in head.split("\r\n") if line != "Connection: close"] == expected
    assert body == "\x1f\x8b\x08"


async def test_nothing_of_our_software_is_added() -> None:
    async with wired(Wire()) as front:
        head, _ = await front.got()
        names = {line.split(":")[0] for line in head.split("\r\n")[1:]}
    assert names == {"Content-Length", "Date", "Connection"}


async def test_redirects_are_the_clients_to_follow() -> None:
    wire = Wire(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
    async with wired(wire) as front:
        head, _ = await front.got()
    assert "Location: /elsewhere" in head and len(wire.heads) == 1


@pytest.mark.parametrize(
    ("method", "answer", "kept"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n", "Content-Length: 1234"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n", "X-A: 1"),
        ("GET", b"HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n", "X-A: 1"),
        ("GET", b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 99\r\n\r\n', 'ETag: "x"'),
    ],
)
async def test_answers_without_body_end_with_their_head(method: str, answer: bytes, kept: str) -> None:
    async with wired(Wire(answer, closes=False)) as front:
        head, body = await front.got(method=method)
    assert body == "" and kept.lower() in head.lower()
    assert "chunked" not in head


async def test_body_of_known_length_keeps_its_length() -> None:
    wire = Wire()
    async with wired(wire) as front:
        await front.asked("POST / HTTP/1.1", f"Host: {SHOP}", "Content-Length: 5", body=b"hello")
    assert (wire.bodies, wire.headers["content-length"]) == ([b"hello"], "5")
    assert "transfer-encoding" not in wire.headers and "content-type" not in wire.headers


async def test_empty_post_says_that_it_is_empty() -> None:
    wire = Wire()
    async with wired(wire) as front:
        await front.asked("POST / HTTP/1.1", f"Host: {SHOP}", "Content-Length: 0")
    assert wire.headers["content-length"] == "0"


async def test_international_name_has_its_upstream() -> None:
    wire = Wire()
    async with wired(wire, name=Hostname(IDN)) as front:
        head, _ = await front.asked("GET / HTTP/1.1", f"Host: {IDN}")
    assert head.startswith("HTTP/1.1 200") and wire.headers["x-forwarded-host"] == IDN


async def test_name_without_upstream_is_unavailable() -> None:
    async with before(None) as front:
        head, body = await front.got()
    assert head.startswith("HTTP/1.1 503") and "no service behind this address" in body
    assert "Server:" not in head and "Content-Type: text/plain" in head


async def test_upstream_that_is_down_is_a_bad_gateway(caplog: pytest.LogCaptureFixture) -> None:
    async with before(f"http://127.0.0.1:{free_port()}") as front:
        head, body = await front.got()
    assert head.startswith("HTTP/1.1 502") and "cannot be reached" in body
    assert [record.message for record in caplog.records] == ["upstream failed"]


async def test_packed_body_goes_up_as_it_came() -> None:
    """Unpacked it had another length than its head says, and the difference were the next visitor's."""
    wire, body = Wire(), gzip.compress(b"abc")
    async with wired(wire) as front:
        head, _ = await front.asked(
            "POST / HTTP/1.1",
            f"Host: {SHOP}",
            "Content-Encoding: gzip",
            f"Content-Length: {len(body)}",
            body=body,
        )
    assert head.startswith("HTTP/1.1 200")
    assert wire.bodies == [body]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"rubbish\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
)
async def test_answer_that_is_none_is_a_bad_gateway(answer: bytes) -> None:
    async with wired(Wire(answer)) as front:
        assert (await front.got())[0].startswith("HTTP/1.1 502")


async def test_upstream_that_hangs_is_a_gateway_timeout(caplog: pytest.LogCaptureFixture) -> None:
    async with wired(Wire(hangs=True), head=0.1, idle=0.1) as front:
        head, body = await front.got()
    assert head.startswith("HTTP/1.1 504") and "did not answer in time" in body
    assert [record.message for record in caplog.records] == ["upstream time-out"]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
    ],
)
async def test_answer_that_breaks_off_is_not_taken_for_whole(
    answer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with wired(Wire(answer)) as front, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError):
            async with session.get(f"http://127.0.0.1:{front.port}/", headers={"Host": SHOP}) as response:
                await response.read()
    assert [record.message for record in caplog.records] == ["answer cut short"]


async def test_answer_that_stalls_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart"
    async with wired(Wire(answer, closes=False), head=0.1, idle=0.1) as front:
        head, body = await front.got()
    assert "Content-Length: 100" in head and body == "part"
    assert [record.message for record in caplog.records] == ["answer cut short"]


@pytest.fixture
async def mirror() -> AsyncIterator[Front]:
    """A proxy before an aiohttp application that counts what comes and sends what is asked for."""

    async def up(request: web.Request) -> web.Response:
        digest = hashlib.sha256()
        async for piece in request.content.iter_any():
            digest.update(piece)
        framing = "chunked" if "Transfer-Encoding" in request.headers else "length"
        return web.Response(text=f"{framing} {digest.hexdigest()}")

    async def down(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for n in range(80):
            await response.write(bytes([n]) * 65_536)
        return response

    app = web.Application(client_max_size=100 * MEGABYTE)
    app.router.add_post("/up", up)
    app.router.add_get("/down", down)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with before(f"http://127.0.0.1:{runner.addresses[0][1]}") as front:
        yield front
    await runner.cleanup()


async def pieces() -> AsyncIterator[bytes]:
    for n in range(80):
        yield bytes([n]) * 65_536


DIGEST = hashlib.sha256(b"".join(bytes([n]) * 65_536 for n in range(80))).hexdigest()


@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_five_megabytes_go_up(mirror: Front, framing: str) -> None:
    headers = {"Host": SHOP} | ({"Content-Length": str(5 * MEGABYTE)} if framing == "length" else {})
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{mirror.port}/up", data=pieces(), headers=headers) as response,
    ):
        assert await response.text() == f"{framing} {DIGEST}"


async def test_five_megabytes_come_down(mirror: Front) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{mirror.port}/down", headers={"Host": SHOP}) as response,
    ):
        assert hashlib.sha256(await response.read()).hexdigest() == DIGEST


async def test_answer_is_passed_on_as_it_comes() -> None:
    first = asyncio.Event()

    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"
        )
        await first.wait()
        writer.write(b"3\r\ntwo\r\n0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(slowly, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with (
            before(f"http://127.0.0.1:{port}") as front,
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{front.port}/", headers={"Host": SHOP}) as response,
        ):
            assert await response.content.readany() == b"one"
            first.set()
            assert await response.content.read() == b"two"


async def test_client_that_leaves_frees_the_upstream() -> None:
    gone = asyncio.Event()

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        try:
            while True:
                writer.write(bytes(65_536))
                await writer.drain()
        except ConnectionError:
            gone.set()

    async with await asyncio.start_server(endless, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with before(f"http://127.0.0.1:{port}") as front:
            reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
            writer.write(f"GET / HTTP/1.1\r\nHost: {SHOP}\r\n\r\n".encode())
            await reader.readexactly(100_000)
            writer.transport.abort()
            async with asyncio.timeout(10):
                await gone.wait()
