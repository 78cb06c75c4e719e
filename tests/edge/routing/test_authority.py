import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from edge.routing.authority import hostname_of, named, without_port
from tests.edge.routing.door import asked, behind
from tests.edge.tls.pump import NAME


async def inside(request: web.Request) -> web.Response:
    if named(request) != hostname_of(request):
        return web.Response(status=421)
    return web.Response(text="inside")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", inside)
    async with behind(app) as port:
        yield port


@pytest.mark.parametrize(
    "host", [NAME, NAME.upper(), f"{NAME}.", f"{NAME}:443", f"{NAME}.:8443", f" {NAME} "]
)
async def test_the_name_of_the_connection_is_let_in(port: int, host: str) -> None:
    assert await asked(port, "GET / HTTP/1.1", f"Host: {host}") == (200, "inside")


@pytest.mark.parametrize(
    "host",
    [
        "other.customer.example",
        f"x.{NAME}",
        f"{NAME}.evil.example",
        f"{NAME}, other.example",
        f"user@{NAME}",
        f"{NAME}:44x",
        f"{NAME}:443:443",
        f"{NAME}..",
        "127.0.0.1",
        "[::1]",
        "",
    ],
)
async def test_another_host_is_misdirected(port: int, host: str) -> None:
    status, body = await asked(port, "GET / HTTP/1.1", f"Host: {host}")
    assert status in (400, 421) and "inside" not in body


@pytest.mark.parametrize(
    "lines",
    [
        ("GET / HTTP/1.1",),
        ("GET / HTTP/1.0",),
        ("GET / HTTP/1.1", f"Host: {NAME}", "Host: other.example"),
        ("GET / HTTP/1.1", f"Host: {NAME}", f"Host: {NAME}"),
        ("GET http://other.example/ HTTP/1.1", f"Host: {NAME}"),
        (f"GET http://other.example@{NAME}:1/ HTTP/1.1", f"Host: {NAME}"),
        (f"GET http://{NAME}/ HTTP/1.1", "Host: other.example"),
    ],
)
async def test_a_request_that_does_not_name_it_once_is_refused(port: int, lines: tuple[str, ...]) -> None:
    status, body = await asked(port, *lines)
    assert status in (400, 421) and "inside" not in body


async def test_absolute_target_of_the_same_name_is_let_in(port: int) -> None:
    assert await asked(port, f"GET https://{NAME}/ HTTP/1.1", f"Host: {NAME}") == (200, "inside")


@pytest.mark.parametrize(
    ("authority", "name"),
    [
        ("Shop.Example:8443", "shop.example"),
        ("shop.example.", "shop.example"),
        ("shop.example:", None),
        ("shop.example:123456", None),
        ("shop.example:\N{ARABIC-INDIC DIGIT ONE}", None),
        ("bücher.example", None),
        (":443", None),
    ],
)
def test_name_of_an_authority(authority: str, name: str | None) -> None:
    assert without_port(authority) == name


def test_hostname_comes_from_the_transport() -> None:
    class Transport(asyncio.Transport):
        def __init__(self, name: str | None):
            super().__init__({"brassplate.hostname": name})

    request = make_mocked_request("GET", "/", transport=Transport("a.example"))
    assert hostname_of(request) == "a.example"
    assert hostname_of(make_mocked_request("GET", "/", transport=Transport(None))) is None
