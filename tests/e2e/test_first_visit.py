"""A customer opens a custom domain nobody has visited before: real CA, real DNS, real TLS."""

import asyncio
from pathlib import Path

import pytest

from tests.e2e.house import house
from tests.peers.pebble import Pebble

LOOPS = ("asyncio", "uvloop")


@pytest.mark.parametrize("challenge", ["http-01", "tls-alpn-01"])
async def test_the_first_visitor_gets_a_certificate_and_the_portal(
    tmp_path: Path, pebble: Pebble, challenge: str
) -> None:
    async with house(tmp_path, pebble, acme={"challenges": [challenge]}) as running:
        await running.register("billing.harbour.test")
        status, body = await running.visit("billing.harbour.test")
        assert (status, "Harbour Telecom" in body) == (200, True)
        assert pebble.orders() == 1
        log_before = pebble.log()
        assert (await running.visit("billing.harbour.test"))[0] == 200
        assert pebble.log() == log_before


async def test_fifty_first_visitors_cause_one_order(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble) as running:
        await running.register("billing.harbour.test")
        sources = [f"127.0.1.{number}" for number in range(1, 51)]
        visits = [running.visit("billing.harbour.test", source=source) for source in sources]
        answers = await asyncio.gather(*visits)
        assert {status for status, _ in answers} == {200}
        assert pebble.orders() == 1


@pytest.mark.parametrize("challenge", ["http-01", "tls-alpn-01"])
async def test_a_slow_ca_that_refuses_nonces_serves_all_with_one_order(
    tmp_path: Path, challenge: str
) -> None:
    with Pebble(nosleep=False, nonce_reject=5) as pebble:
        async with house(tmp_path, pebble, acme={"challenges": [challenge]}) as running:
            await running.register("billing.harbour.test")
            sources = [f"127.0.1.{number}" for number in range(1, 51)]
            visits = [running.visit("billing.harbour.test", source=source) for source in sources]
            assert {status for status, _ in await asyncio.gather(*visits)} == {200}
            assert pebble.orders() == 1


async def test_an_unregistered_name_gets_unrecognized_name_and_nothing_else(
    tmp_path: Path, pebble: Pebble
) -> None:
    async with house(tmp_path, pebble) as running:
        pebble.set_cname("stranger.test", "customers.provider.test")
        pebble.clear_dns_history("stranger.test")
        assert "UNRECOGNIZED_NAME" in await running.alert("stranger.test")
        assert pebble.orders() == 0
        assert not pebble.dns_history("stranger.test")
