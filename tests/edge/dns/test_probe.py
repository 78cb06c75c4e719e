"""A redirect loop as nginx makes it in the place of a proxy that speaks plain HTTP to us ("Flexible")."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from aiohttp import web

from edge import plain_http
from edge.dns.diagnosis import diagnose
from edge.dns.inquiry import LIMITS
from edge.dns.lookup import Lookup
from edge.dns.probe import Prober
from store.diagnosis import Actor, Diagnosis, Evidence, Expectation, Routing
from store.dns_answers import Probe
from store.hostname import Hostname
from tests.edge.dns.tree import AT, OURS, TARGET, Tree, survey_of
from tests.edge.tls.processes import World, world
from tests.fakes.self_signed import self_signed
from tests.peers.nginx import Nginx
from tests.peers.ports import free_port

PATH = "/.well-known/brassplate/probe"
CLOUDFLARE = Hostname("cloudflare.customer.test")


@asynccontextmanager
async def port_80(folder: Path) -> AsyncIterator[int]:
    """Our own plain-HTTP door, with a certificate for the name in the store."""
    async with world(folder) as made:
        await _certified(made)
        process = await made.process()
        runner = web.AppRunner(plain_http.build(process.store, made.routes.get, made.clock, 443, b"k" * 32))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
        await runner.cleanup()


async def _certified(made: World) -> None:
    process = await made.process()
    await process.register(CLOUDFLARE)
    made.dns = replace(made.dns, hostname=CLOUDFLARE)
    await process.visit(CLOUDFLARE)


def proxy(folder: Path, port: int, locations: str) -> Nginx:
    chain, key = self_signed(CLOUDFLARE)
    (folder / "chain.pem").write_bytes(chain)
    (folder / "key.pem").write_bytes(key)
    return Nginx(
        f"listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/chain.pem;"
        f" ssl_certificate_key {folder}/key.pem; {locations}"
    )


async def judged(tree: Tree, port: int) -> tuple[Diagnosis, Evidence]:
    """As a lookup does it, but that the proxy's addresses on the Internet stand for nginx here."""
    prober = Prober(PATH, port)

    async def probe(hostname: Hostname, address: str) -> Probe:
        return replace(await prober.probe(hostname, "127.0.0.1"), address=address)

    lookup = Lookup(tree.sources(), lambda: AT, limits=LIMITS, probe=probe)
    evidence = await lookup.look(CLOUDFLARE, TARGET)
    return diagnose(evidence, Expectation(TARGET, OURS, apex=False)), evidence


async def test_proxy_that_reaches_us_by_plain_http_sends_visitors_in_circles(
    tree: Tree, tmp_path: Path
) -> None:
    port = free_port()
    async with port_80(tmp_path) as ours:
        locations = f"location / {{ proxy_pass http://127.0.0.1:{ours}; proxy_set_header Host $host; }}"
        with proxy(tmp_path, port, locations):
            found, evidence = await judged(tree, port)
    assert (found.code, found.routing, found.actor) == ("proxy_loop", Routing.PROXIED, Actor.YOU)
    assert "Cloudflare at 104.16.1.1 answers 308" in found.seen
    assert found.action == (
        "In Cloudflare, under SSL/TLS, set the encryption mode of customer.test from Flexible to Full."
    )
    assert [probe.address for probe in survey_of(evidence).probes] == ["104.16.1.1", "2606:4700::1"]


async def test_proxy_that_answers_itself_is_only_a_proxy(tree: Tree, tmp_path: Path) -> None:
    port = free_port()
    with proxy(tmp_path, port, "location / { return 301 https://www.customer.test/; }"):
        found, _ = await judged(tree, port)
    assert (found.code, found.routing, found.actor) == ("proxied", Routing.PROXIED, Actor.YOU)
    assert "At 104.16.1.1 something else answers where our own page should be: 301 (nginx" in found.seen
    assert found.action.startswith("Switch Cloudflare’s proxy off for cloudflare.customer.test")


async def test_proxy_that_leads_to_us_is_not_said_to_answer_itself(tree: Tree, tmp_path: Path) -> None:
    port = free_port()
    with proxy(tmp_path, port, "location / { return 200 ours; }"):
        found, _ = await judged(tree, port)
    assert found.code == "proxied" and "something else answers" not in found.seen


async def test_proxy_that_does_not_answer_is_only_a_proxy(tree: Tree) -> None:
    found, evidence = await judged(tree, 1)
    assert found.code == "proxied"
    assert all(probe.status is None and probe.failure for probe in survey_of(evidence).probes)


async def test_nobody_but_a_known_proxy_is_asked(tree: Tree) -> None:
    asked: list[str] = []

    async def probe(hostname: Hostname, address: str) -> Probe:
        asked.append(address)
        return Probe(address, PATH, None)

    lookup = Lookup(tree.sources(), lambda: AT, probe=probe)
    for name in ("foreign.customer.test", "shopify.customer.test", "shop.customer.test", "apex.test"):
        await lookup.look(Hostname(name), TARGET)
    assert asked == []
