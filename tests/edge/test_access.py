import asyncio
import logging
from typing import Any

import pytest
from aiohttp import ClientSession, web

from edge.access import Access, shown_path
from edge.http_server import Runner
from edge.proxy.terms import Answered
from edge.tls.tally import Tally

TOKEN = "9CfyZ8qjeavA7OWp_GUXf_07N_phMbRpatPNWTXKUsg"


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/", "/"),
        ("/invoices/INV-1?page=2", "/invoices/INV-1"),
        (f"/reset/{TOKEN}", "/reset/…"),
        (f"/register/{TOKEN}/address", "/register/…/address"),
        (f"/sign-in?token={TOKEN}", "/sign-in"),
        (f"/#{TOKEN}", "/"),
        (f"/{TOKEN}", "/…"),
        (f"http://user:{TOKEN}@shop.example/a?b", "/a"),
        (f"http://user:{TOKEN}@shop.example", "/"),
        ("*", "*"),
        ("", ""),
    ],
)
def test_path_is_shown_without_what_opens_doors(target: str, shown: str) -> None:
    assert shown_path(target) == shown


def test_path_is_bounded_and_printable() -> None:
    assert len(shown_path("/a" * 5000)) == 200
    assert shown_path("/a\x1b[2J\u2028b").isprintable()


class Transport(asyncio.BaseTransport):
    """Of a TLS connection."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)


@pytest.fixture
def tally() -> Tally:
    return Tally("TLSv1.3", "TLS_AES_128_GCM_SHA256", True, "http/1.1")


@pytest.fixture
def transport(tally: Tally) -> Transport:
    facts = {"brassplate.tally": tally, "brassplate.hostname": "shop.example", "peername": ("192.0.2.7", 5)}
    return Transport(**facts)


def test_answer_is_counted_for_its_destination_and_its_connection(
    tally: Tally, transport: Transport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "edge")
    counted: list[tuple[str, int]] = []
    access = Access("upstream", lambda *what: counted.append(what), lines=False)
    for status in (200, 404):
        access.of_proxy(transport, Answered(b"GET", b"/", status, 10, 0.1))
    assert (counted, tally.requests) == ([("upstream", 200), ("upstream", 404)], 2)
    assert caplog.records == []


def test_line_has_the_facts_of_tls(transport: Transport, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "edge")
    access = Access("upstream", lambda destination, status: None, lines=True)
    access.of_proxy(transport, Answered(b"GET", f"/a/{TOKEN}?b".encode(), 200, 10, 0.1234))
    [record] = caplog.records
    assert record.getMessage() == "request"
    facts = {
        "peer": "192.0.2.7",
        "hostname": "shop.example",
        "destination": "upstream",
        "method": "GET",
        "path": "/a/…",
        "status": 200,
        "bytes": 10,
        "milliseconds": 123.4,
        "version": "TLSv1.3",
        "cipher": "TLS_AES_128_GCM_SHA256",
        "resumed": True,
    }
    assert {name: vars(record)[name] for name in facts} == facts


async def test_each_answer_of_an_application_is_told_also_of_what_it_does_not_understand() -> None:
    heard: list[tuple[str, int]] = []

    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    async def fails(_: web.Request) -> web.Response:
        raise web.HTTPForbidden

    app = web.Application()
    app.add_routes([web.get("/", hello), web.get("/fails", fails)])
    access = Access("portal", lambda *what: heard.append(what), lines=True)
    runner = Runner(app, is_stopping=lambda: False, shutdown_seconds=1, answered=access.of_aiohttp)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        async with ClientSession() as session:
            for path in ("", "fails", "missing"):
                async with session.get(f"http://127.0.0.1:{port}/{path}") as response:
                    await response.read()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        assert b" 400 " in await reader.readline()
        writer.close()
        await asyncio.sleep(0.05)
    finally:
        await runner.cleanup()
    assert heard == [("portal", 200), ("portal", 403), ("portal", 404), ("portal", 400)]
