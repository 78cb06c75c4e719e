"""Whom Cloudflare names counts for names that stand behind it, from its networks, and nowhere else."""

from dataclasses import replace

import pytest
from aiohttp import web

from edge.dns.proxies import is_cloudflare
from edge.routing.client_address import client_address, named_by_proxy
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from tests.edge.routing.door import behind
from tests.edge.tls.pump import NAME, Client

BEHIND = Destination(
    Hostname(NAME), Room.PORTAL, 1, False, (), Confirmation.CNAME, Hostname("edge.example"), behind_proxy=True
)
DIRECT = replace(BEHIND, behind_proxy=False)
VISITOR = "198.51.100.7"


@pytest.mark.parametrize(
    ("destination", "by_proxy", "named", "found"),
    [
        (BEHIND, True, [VISITOR], VISITOR),
        (BEHIND, True, ["2001:DB8::7 "], "2001:db8::7"),
        (BEHIND, False, [VISITOR], "peer"),
        (DIRECT, True, [VISITOR], "peer"),
        (None, True, [VISITOR], "peer"),
        (BEHIND, True, [], "peer"),
        (BEHIND, True, [VISITOR, VISITOR], "peer"),
        (BEHIND, True, [f"{VISITOR}, 192.0.2.1"], "peer"),
        (BEHIND, True, ["unknown"], "peer"),
    ],
)
def test_named_address_counts_once_and_from_the_proxy_alone(
    destination: Destination | None, by_proxy: bool, named: list[str], found: str
) -> None:
    assert client_address(destination, "peer", by_proxy, named) == found


@pytest.mark.parametrize(
    ("address", "theirs"),
    [("104.16.1.1", True), ("2606:4700::1", True), ("151.101.1.1", False), (VISITOR, False)],
)
def test_only_cloudflares_own_networks_are_believed(address: str, theirs: bool) -> None:
    assert is_cloudflare(address) is theirs


@pytest.mark.parametrize(("believed", "seen"), [(True, VISITOR), (False, "127.0.0.1")])
async def test_application_sees_the_visitor_and_the_body_arrives(believed: bool, seen: str) -> None:
    async def inside(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.remote} {await request.text()}")

    app = web.Application(middlewares=[named_by_proxy(lambda _: BEHIND, lambda peer: believed)])
    app.router.add_post("/{path:.*}", inside)
    async with behind(app) as port:
        head = f"POST / HTTP/1.1\r\nHost: {NAME}\r\nCF-Connecting-IP: {VISITOR}\r\nConnection: close\r\n"
        async with Client(port) as client:
            await client.send(f"{head}Content-Length: 4\r\n\r\nbody".encode())
            assert (await client.receive(1 << 20)).decode().endswith(f"\r\n\r\n{seen} body")
