"""Before an order is spent, we ask as the CA will: here a real nginx stands on port 80 in our place."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from store.hostname import Hostname
from store.issuance import CertificateState, history
from tests.e2e.house import TARGET, House, house
from tests.e2e.log_events import events
from tests.peers.nginx import Nginx
from tests.peers.pebble import Pebble

LOOPS = ("asyncio", "uvloop")
NAME = Hostname("billing.harbour.test")
BOTH = {"addresses": ["127.0.0.1", "127.0.0.2"]}


async def test_no_order_is_spent_while_another_server_has_our_port(
    tmp_path: Path, pebble: Pebble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge.tls.issuer.LOOK_AGAIN", timedelta(seconds=1))
    pebble.add_a(TARGET, "127.0.0.2")
    async with house(tmp_path, pebble, edge=BOTH, acme={"challenges": ["http-01"]}) as running:
        await running.register(NAME)
        with Nginx(f"listen 127.0.0.2:{pebble.http_port}; location / {{ return 404; }}"):
            assert "INTERNAL_ERROR" in await running.alert(NAME)
        standing = await running.standing(NAME)
        assert (standing.cause, standing.failures) == ("preflight:http", 0)
        assert f"http://{NAME} at 127.0.0.2: status 404 from nginx" in standing.detail
        assert pebble.orders() == 0
        pebble.clear_a(TARGET)
        pebble.add_a(TARGET, "127.0.0.1")
        await served(running)
        assert pebble.orders() == 1


async def test_the_other_challenge_is_taken_while_another_server_has_our_port(
    tmp_path: Path, pebble: Pebble
) -> None:
    pebble.add_a(TARGET, "127.0.0.2")
    ports = {"https": [f"127.0.0.{last}:{pebble.tls_port}" for last in (1, 2)]} | BOTH
    async with house(
        tmp_path, pebble, edge=ports, acme={"challenges": ["http-01", "tls-alpn-01"]}
    ) as running:
        await running.register(NAME)
        with Nginx(f"listen 127.0.0.2:{pebble.http_port}; location / {{ return 404; }}"):
            assert (await running.visit(NAME))[0] == 200
        assert pebble.orders() == 1


async def test_the_whole_way_of_a_first_visit_is_kept(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble, acme={"challenges": ["http-01"]}) as running:
        await running.register(NAME)
        with events() as seen:
            assert (await running.visit(NAME))[0] == 200
        assert len(seen.times("http-01 answered")) >= 1
        names = await traced(running)
        shown = json.loads(
            (await asyncio.to_thread(running.command, "domain", "show", NAME, "--json")).stdout
        )
    assert [phase["name"] for phase in shown["attempts"][0]["trace"]] == names
    assert shown["attempts"][0]["trace"][1]["at"] >= shown["attempts"][0]["milliseconds"]["hello"]
    hits = [name for name in names if name == "http-01 asked by 127.0.0.1"]
    assert hits and [name for name in names if name not in hits] == [
        *("hello", "dns", "gate", "lease", "preflight", "order", "validation", "finalise", "commit", "load")
    ]


async def traced(running: House) -> list[str]:
    """The phases of the one attempt, once what came after the commit is kept, too."""
    async with asyncio.timeout(5):
        while True:
            [attempt] = await running.store.read(history, NAME)
            assert attempt.outcome == "issued"
            if attempt.trace[-1].name == "load":
                return [phase.name for phase in attempt.trace]
            await asyncio.sleep(0.01)


async def served(running: House) -> None:
    """Visits until the name is served, within the wait that our own look leaves behind."""
    async with asyncio.timeout(15):
        while await running.alert(NAME):
            await asyncio.sleep(0.2)
    assert (await running.standing(NAME)).state is CertificateState.ISSUED
