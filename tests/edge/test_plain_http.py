import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from edge import plain_http
from store import challenges
from store.hostname import Hostname
from tests.edge.tls.processes import SHOP, Process, World, world

LOOPS = ("asyncio", "uvloop")
TOKEN = "t" * 43
KEY = b"k" * 32
CHALLENGE = f"/.well-known/acme-challenge/{TOKEN}"
BRANDS = re.compile("brassplate|meridian|aiohttp|python", re.IGNORECASE)


@dataclass
class Door:
    """A running port 80, asked with bytes as they are."""

    port: int

    async def asked(self, *lines: str | bytes) -> tuple[int, Mapping[str, str], str]:
        """Status, headers in lower case and body of one request, given as its head's lines."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
        writer.write(head + b"\r\nConnection: close\r\n\r\n")
        async with asyncio.timeout(5):
            answer = (await reader.read()).decode("latin-1")
        writer.close()
        top, _, body = answer.partition("\r\n\r\n")
        status, *headers = top.split("\r\n")
        pairs = (header.split(": ", 1) for header in headers)
        return int(status.split()[1]), {name.lower(): value for name, value in pairs}, body

    async def got(
        self, path: str, host: str = SHOP, method: str = "GET"
    ) -> tuple[int, Mapping[str, str], str]:
        return await self.asked(f"{method} {path} HTTP/1.1", f"Host: {host}")

    async def location(self, *lines: str | bytes) -> str:
        status, headers, _ = await self.asked(*lines)
        assert status == 308
        return headers["location"]


async def opened(
    world: World,
    process: Process,
    https_port: int = 443,
    saw: Callable[[Hostname, str], None] = lambda hostname, what: None,
) -> AsyncIterator[Door]:
    app = plain_http.build(process.store, world.routes.get, world.clock, https_port, KEY, saw)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Door(runner.addresses[0][1])
    await runner.cleanup()


@pytest.fixture
async def our_world(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
async def ours(our_world: World) -> Process:
    process = await our_world.process()
    await process.register()
    return process


@pytest.fixture
async def door(our_world: World, ours: Process) -> AsyncIterator[Door]:
    """Port 80 of a process that answers for SHOP and has an answer for the CA."""
    ends_at = our_world.clock() + timedelta(hours=1)
    await ours.store.write(challenges.put, SHOP, "http-01", TOKEN, f"{TOKEN}.print", ends_at)
    async for made in opened(our_world, ours):
        yield made


@pytest.fixture
async def certified(door: Door, ours: Process) -> Door:
    """The same, with a certificate."""
    await ours.visit()
    await ours.store.write(
        challenges.put, SHOP, "http-01", TOKEN, "answer", ours.world.clock() + timedelta(hours=1)
    )
    return door


async def test_challenge_is_answered_to_get_and_head(door: Door) -> None:
    status, headers, body = await door.got(CHALLENGE)
    assert (status, body) == (200, f"{TOKEN}.print")
    assert headers["content-type"].startswith("application/octet-stream")
    status, headers, body = await door.got(CHALLENGE, method="HEAD")
    assert (status, headers["content-length"], body) == (200, str(len(TOKEN) + 6), "")


async def test_each_validation_that_comes_is_told(our_world: World, ours: Process) -> None:
    seen: list[tuple[Hostname, str]] = []
    ends_at = our_world.clock() + timedelta(hours=1)
    await ours.store.write(challenges.put, SHOP, "http-01", TOKEN, "answer", ends_at)
    async for door in opened(our_world, ours, saw=lambda hostname, what: seen.append((hostname, what))):
        await door.got(CHALLENGE)
        await door.got(CHALLENGE + "x")
    assert seen == [(SHOP, "http-01 asked by 127.0.0.1")]


async def test_spelling_of_the_host_does_not_matter(door: Door) -> None:
    for host in (SHOP.upper(), f"{SHOP}.", f"{SHOP}:80"):
        assert (await door.got(CHALLENGE, host))[0] == 200, host


async def test_challenge_is_answered_to_no_other_method(door: Door) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        status, headers, body = await door.got(CHALLENGE, method=method)
        assert (status, headers["allow"]) == (405, "GET, HEAD"), method
        assert "print" not in body


ELSEWHERE = [
    (CHALLENGE, "other.customer.example"),
    (CHALLENGE + "x", SHOP),
    (CHALLENGE[:-1], SHOP),
    (CHALLENGE + "/", SHOP),
    (CHALLENGE + "/more", SHOP),
    ("/" + CHALLENGE, SHOP),
    ("/x/.." + CHALLENGE, SHOP),
    (CHALLENGE.upper(), SHOP),
    ("/.well-known/acme-challenge/", SHOP),
    ("/.well-known/acme-challenge/..%2f" + TOKEN, SHOP),
    ("/.well-known/acme-challenge/%00", SHOP),
    ("/.well-known/acme-challenge/" + "t" * 257, SHOP),
]


async def test_challenge_is_answered_at_its_exact_place_only(door: Door) -> None:
    for path, host in ELSEWHERE:
        status, _, body = await door.got(path, host)
        assert status != 200 and "print" not in body, (path, host)


async def test_challenge_is_answered_without_a_registered_name(our_world: World, door: Door) -> None:
    our_world.routes.clear()
    assert (await door.got(CHALLENGE))[0] == 200


async def test_expired_answer_is_not_given(our_world: World, door: Door) -> None:
    our_world.clock.advance(hours=1)
    assert (await door.got(CHALLENGE))[0] == 404


@pytest.mark.parametrize("path", ["/", CHALLENGE.replace(TOKEN, "unknown"), "/favicon.ico"])
async def test_unknown_host_gets_no_brand(door: Door, path: str) -> None:
    for host in ("stranger.example", "192.0.2.1", "[2001:db8::1]:80", "bad_host", "a b", ""):
        status, headers, body = await door.got(path, host)
        assert status in (400, 404, 421), host
        assert not BRANDS.search(body + str(dict(headers))), host


async def test_unknown_host_is_misdirected(door: Door) -> None:
    assert (await door.got("/", "stranger.example"))[0] == 421


NAMELESS = [
    ("GET / HTTP/1.0",),
    ("GET / HTTP/1.1",),
    ("GET / HTTP/1.1", f"Host: {SHOP}", "Host: stranger.example"),
    ("GET http://stranger.example/ HTTP/1.1", f"Host: {SHOP}"),
    ("CONNECT stranger.example:443 HTTP/1.1", f"Host: {SHOP}"),
]


async def test_request_that_does_not_name_one_host_leads_nowhere(certified: Door) -> None:
    for lines in NAMELESS:
        status, headers, _ = await certified.asked(*lines)
        assert status in (400, 404, 421) and "location" not in headers, lines


async def test_registered_name_without_certificate_is_told_to_wait(door: Door) -> None:
    status, headers, body = await door.got("/invoices?page=2")
    assert (status, headers["retry-after"], headers["cache-control"]) == (503, "10", "no-store")
    assert SHOP in body and not BRANDS.search(body + str(dict(headers)))


async def test_waiting_page_and_log_share_a_reference(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "edge.plain_http")
    _, _, body = await door.got("/")
    [record] = [record for record in caplog.records if record.message == "no certificate yet"]
    assert re.search(r"<strong>([0-9A-F]{8})</strong>", body)
    assert vars(record)["reference"] in body


async def test_waiting_page_shows_an_international_name_as_people_write_it(
    our_world: World, ours: Process, door: Door
) -> None:
    name = Hostname("xn--bcher-kva.example")
    await ours.register(name)
    assert "bücher.example" in (await door.got("/", name))[2].encode("latin-1").decode()


async def test_expired_certificate_is_none(our_world: World, certified: Door) -> None:
    our_world.clock.advance(days=91)
    assert (await certified.got("/"))[0] == 503


TARGETS = ["/", "/a/b?c=d&e=%2F", "/caf%C3%A9", "/a//b", "/a;b=c", "/?next=//evil.example", "/%0d%0aX:y"]


async def test_redirect_keeps_path_and_query(certified: Door) -> None:
    for target in TARGETS:
        location = await certified.location(f"GET {target} HTTP/1.1", f"Host: {SHOP}")
        assert location == f"https://{SHOP}{target}"


async def test_redirect_keeps_the_method(certified: Door) -> None:
    for method in ("POST", "PUT", "HEAD", "PROPFIND"):
        assert (await certified.got("/x", method=method))[0] == 308, method


AWAY = [
    "//evil.example/x",
    "///evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "/@evil.example",
    "/.evil.example",
    f"http://{SHOP}",
    f"http://{SHOP}//evil.example",
    f"http://{SHOP}/\\evil.example",
    f"http://{SHOP}:80@evil.example/",
    f"http://evil.example@{SHOP}/",
    "*",
    ":443@evil.example",
    "evil.example",
]


async def test_redirect_never_leaves_the_host(certified: Door) -> None:
    for target in AWAY:
        status, headers, _ = await certified.asked(f"GET {target} HTTP/1.1", f"Host: {SHOP}")
        if status == 308:
            assert re.match(rf"https://{re.escape(SHOP)}/(?![/\\])", headers["location"]), target
        else:
            assert status in (400, 404, 421) and "location" not in headers, target


async def test_bytes_beyond_ascii_do_no_harm(certified: Door) -> None:
    status, _, _ = await certified.asked(b"GET /\xff\xfe?\xe9 HTTP/1.1", f"Host: {SHOP}")
    assert status in (308, 400)


async def test_another_public_port_is_named(our_world: World, ours: Process) -> None:
    await ours.visit()
    async for door in opened(our_world, ours, https_port=8443):
        location = await door.location("GET /a HTTP/1.1", f"Host: {SHOP}:8080")
        assert location == f"https://{SHOP}:8443/a"


async def test_a_body_is_not_waited_for(certified: Door) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", certified.port)
    writer.write(f"POST /x HTTP/1.1\r\nHost: {SHOP}\r\nContent-Length: 1000000\r\n\r\n".encode())
    async with asyncio.timeout(5):
        assert b" 308 " in await reader.readline()
    writer.close()
