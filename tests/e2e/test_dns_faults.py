"""A registered name whose DNS does not lead to us: no order, an alert, and a mended record is seen in seconds."""

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import domains
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from store.issuance import CertificateState
from tests.e2e.house import TARGET, House, house
from tests.peers.pebble import Pebble

LOOPS = ("asyncio", "uvloop")
NAME = Hostname("billing.harbour.test")
ALERT = "TLSV1_ALERT_INTERNAL_ERROR"


@pytest.fixture
def silent_resolver() -> Iterator[str]:
    """An address that takes questions and never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{silent.getsockname()[1]}"


async def test_a_name_that_points_elsewhere_is_served_once_it_is_mended(
    tmp_path: Path, pebble: Pebble
) -> None:
    async with house(tmp_path, pebble) as running:
        await running.register(NAME, pointed=False)
        pebble.set_cname(NAME, "shops.elsewhere.test")
        assert await running.alert(NAME) == ALERT
        assert pebble.orders() == 0
        found = await diagnosis(running)
        assert (found.code, found.routing, found.actor) == ("cname_elsewhere", Routing.WRONG, Actor.YOU)
        assert "shops.elsewhere.test" in found.seen

        pebble.set_cname(NAME, TARGET)
        async with asyncio.timeout(5):
            while await running.alert(NAME):
                await asyncio.sleep(0.1)
        assert pebble.orders() == 1
        assert (await diagnosis(running)).routing is Routing.OK


async def test_nobody_is_blamed_when_the_dns_fails(tmp_path: Path, pebble: Pebble) -> None:
    pebble.set_servfail(NAME)
    async with house(tmp_path, pebble) as running:
        await running.register(NAME, pointed=False)
        assert await running.alert(NAME) == ALERT
        await nobody_is_blamed(running, pebble)
        pebble.clear_servfail(NAME)
        pebble.set_cname(NAME, TARGET)
        async with asyncio.timeout(5):
            while await running.alert(NAME):
                await asyncio.sleep(0.1)
        assert pebble.orders() == 1


async def test_nobody_is_blamed_when_the_dns_is_silent(
    tmp_path: Path, pebble: Pebble, silent_resolver: str
) -> None:
    async with house(tmp_path, pebble, dns={"resolvers": [silent_resolver]}) as running:
        await running.register(NAME)
        started = time.monotonic()
        crowd = [running.alert(NAME, source=f"127.0.1.{number}") for number in range(1, 21)]
        assert set(await asyncio.gather(*crowd)) == {ALERT}
        assert time.monotonic() - started < 7
        await nobody_is_blamed(running, pebble)


async def nobody_is_blamed(running: House, pebble: Pebble) -> None:
    found, standing = await diagnosis(running), await running.standing(NAME)
    assert (found.code, found.actor) == ("could_not_ask", Actor.NOBODY)
    assert (await routing(running)) is Routing.PENDING
    assert (standing.state, standing.failures) == (CertificateState.NONE, 0)
    assert (pebble.orders(), standing.retry_at) == (0, None)


async def diagnosis(running: House) -> Diagnosis:
    domain = await running.store.read(domains.by_hostname, NAME)
    assert domain and domain.diagnosis
    return domain.diagnosis


async def routing(running: House) -> Routing:
    domain = await running.store.read(domains.by_hostname, NAME)
    assert domain
    return domain.routing
