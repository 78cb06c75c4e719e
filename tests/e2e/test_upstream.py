"""A custom domain in front of the operator's own server: the certificate on demand, the request as it was sent."""

import contextlib
import hashlib
import io
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import aiohttp.abc
from aiohttp import web

from tests.e2e.house import House, house
from tests.peers.pebble import Pebble

LOOPS = ("asyncio", "uvloop")
NAME = "shop.harbour.test"
LARGE = bytes(range(256)) * 20_000


async def test_an_upstream_is_served_on_a_domain_with_a_certificate_on_demand(
    tmp_path: Path, pebble: Pebble
) -> None:
    async with upstream() as url, house(tmp_path, pebble) as running:
        await running.register(NAME, upstream=url)
        async with visitor(running) as session:
            async with session.get(
                "/basket/a%2Fb?item=1&item=2", headers={"X-Forwarded-For": "9.9.9.9"}
            ) as answer:
                assert (answer.status, answer.headers["X-Shop"], answer.headers["Server"]) == (
                    200,
                    "open",
                    "shop",
                )
                seen = await answer.json()
            assert seen["target"] == "/basket/a%2Fb?item=1&item=2"
            assert seen["host"] == f"{NAME}:{running.https_port}"
            assert (seen["for"], seen["proto"]) == ("127.0.0.1", "https")
            async with session.post("/digest", data=io.BytesIO(LARGE)) as answer:
                assert await answer.text() == hashlib.sha256(LARGE).hexdigest()
            async with session.get("/large") as answer:
                assert await answer.read() == LARGE
        assert pebble.orders() == 1


async def test_a_visitor_hears_of_an_upstream_that_is_down(tmp_path: Path, pebble: Pebble) -> None:
    async with upstream() as url:
        pass
    async with house(tmp_path, pebble) as running:
        await running.register(NAME, upstream=url)
        assert (await running.visit(NAME, "/"))[0] == 502


@contextlib.asynccontextmanager
async def upstream() -> AsyncIterator[str]:
    """The operator's server; its URL."""
    app = web.Application(client_max_size=2 * len(LARGE))
    app.router.add_post("/digest", digest)
    app.router.add_get("/large", large)
    app.router.add_get("/{path:.*}", tell)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def visitor(running: House) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client that finds every name at the house."""
    connector = aiohttp.TCPConnector(ssl=running.trust, resolver=Everywhere())
    async with aiohttp.ClientSession(f"https://{NAME}:{running.https_port}", connector=connector) as session:
        yield session


async def tell(request: web.Request) -> web.Response:
    headers = request.headers
    seen = {
        "target": request.raw_path,
        "host": headers["Host"],
        "for": headers["X-Forwarded-For"],
        "proto": headers["X-Forwarded-Proto"],
    }
    return web.json_response(seen, headers={"X-Shop": "open", "Server": "shop"})


async def digest(request: web.Request) -> web.Response:
    return web.Response(text=hashlib.sha256(await request.read()).hexdigest())


async def large(_: web.Request) -> web.Response:
    return web.Response(body=LARGE)


class Everywhere(aiohttp.abc.AbstractResolver):
    """Every name is at 127.0.0.1."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        return [
            aiohttp.abc.ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        return None
