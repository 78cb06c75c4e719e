"""Visitors of a name whose certificate the CA does not give: told at once, and the CA is left in peace."""

import asyncio
import time
from pathlib import Path

import pytest

from edge.main import system_clock
from store.hostname import Hostname
from store.issuance import CertificateState, Standing, history
from tests.e2e.house import TARGET, House, house
from tests.e2e.log_events import Events, events
from tests.peers.pebble import Pebble

LOOPS = ("asyncio", "uvloop")
NAME = Hostname("billing.harbour.test")
CROWD = [f"127.0.1.{number}" for number in range(1, 51)]
ORDER = "POST /order-plz"


async def test_fifty_visitors_are_told_when_the_ca_refuses_the_name(tmp_path: Path) -> None:
    with Pebble(blocked_domains=("harbour.test",)) as pebble:
        async with house(tmp_path, pebble) as running:
            with events() as seen:
                await running.register(NAME)
                await all_are_told(running, seen)
                standing = await left_in_peace(running, pebble)
    assert standing.cause == "ca:rejectedIdentifier"
    assert "issuance is forbidden by policy" in standing.detail


async def test_fifty_visitors_are_told_when_the_ca_cannot_reach_us(tmp_path: Path, pebble: Pebble) -> None:
    pebble.add_a(TARGET, "127.0.0.9")
    async with house(tmp_path, pebble) as running:
        with events() as seen:
            await running.register(NAME)
            await all_are_told(running, seen)
            standing = await left_in_peace(running, pebble)
    assert standing.cause == "ca:connection"
    assert "connection refused" in standing.detail


@pytest.mark.parametrize("moment", ["ordered", "challenge answered", "finalising"])
async def test_fifty_visitors_are_told_when_the_ca_dies_in_mid_order(
    tmp_path: Path, pebble: Pebble, moment: str
) -> None:
    async with house(tmp_path, pebble) as running:
        with events({moment: pebble.kill}) as seen:
            await running.register(NAME)
            await all_are_told(running, seen)
            assert pebble.orders() == 1
            standing = await left_in_peace(running, pebble)
    assert standing.cause == "ca:unreachable"
    assert pebble.directory_url.removesuffix("dir") in standing.detail


@pytest.mark.proof
@pytest.mark.full_size_only  # takes the ninety seconds for which a silent CA is asked again
async def test_visitors_are_told_in_twenty_seconds_when_the_ca_dies_while_it_validates(
    tmp_path: Path,
) -> None:
    with Pebble(nosleep=False) as pebble:
        async with house(tmp_path, pebble) as running:
            with events() as seen:
                await running.register(NAME)
                started = time.monotonic()
                told = asyncio.gather(*(running.alert(NAME, source=source) for source in CROWD))
                await logged(seen, "challenge answered", 5)
                await asyncio.sleep(0.2)  # so that the CA has heard of it
                pebble.kill()
                assert {"INTERNAL_ERROR" in reason for reason in await told} == {True}
                assert time.monotonic() - started < 21
                await logged(seen, "certificate not issued", 120)
                standing = await left_in_peace(running, pebble)
    assert standing.cause == "ca:timeout"


async def all_are_told(running: House, seen: Events) -> None:
    """Fifty at once all get the alert, within a second of the one result."""

    async def told(source: str) -> tuple[str, float]:
        return await running.alert(NAME, source=source), time.monotonic()

    answers = await asyncio.gather(*map(told, CROWD))
    assert {reason for reason, _ in answers} == {"TLSV1_ALERT_INTERNAL_ERROR"}
    (result,) = seen.times("certificate not issued")
    assert max(at for _, at in answers) - result < 1


async def left_in_peace(running: House, pebble: Pebble) -> Standing:
    """What is stored, after two more visits that order nothing; port 80 says that it is not ready."""
    orders, attempts = pebble.log().count(ORDER), await running.store.read(history, NAME)
    assert (orders, len(attempts)) == (1, 1)
    standing = await running.standing(NAME)
    assert attempts[0].outcome == standing.cause
    assert attempts[0].detail == standing.detail
    assert (standing.state, standing.failures) == (CertificateState.FAILED, 1)
    assert standing.retry_at is not None
    assert 45 < (standing.retry_at - system_clock()).total_seconds() <= 66
    for _ in range(2):
        started = time.monotonic()
        assert await running.alert(NAME) == "TLSV1_ALERT_INTERNAL_ERROR"
        assert time.monotonic() - started < 0.5
    assert (pebble.log().count(ORDER), await running.standing(NAME)) == (1, standing)
    await told_to_wait(running)
    return standing


async def told_to_wait(running: House) -> None:
    status, headers, body = await running.plain(NAME, "/invoices")
    assert (status, headers["Retry-After"]) == (503, "10")
    assert "This address is being set up" in body
    assert "the reference is <strong>" in body
    assert "pebble" not in body.lower()


async def logged(seen: Events, message: str, within_seconds: float) -> None:
    async with asyncio.timeout(within_seconds):
        while not seen.times(message):
            await asyncio.sleep(0.02)
