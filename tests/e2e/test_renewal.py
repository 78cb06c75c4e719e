"""Certificates are renewed by themselves, and whoever is connected notices nothing."""

import asyncio
import time
from pathlib import Path

import pytest

from store.issuance import CertificateState
from tests.e2e.house import House, house, leave, request, serial
from tests.e2e.size import FULL
from tests.peers.pebble import Pebble

LOOPS = ("uvloop",) if FULL else ("asyncio", "uvloop")
VISITED, QUIET = "billing.harbour.test", "quiet.harbour.test"
LIFE, WATCHED, EVERY = (600, 1_800, 1.0) if FULL else (12, 14, 0.1)
RENEWED_AT = LIFE / 2


@pytest.mark.proof
async def test_certificates_are_renewed_while_a_visitor_stays(tmp_path: Path) -> None:
    with Pebble(validity_seconds=LIFE) as pebble:
        async with house(tmp_path, pebble) as running:
            for name in (VISITED, QUIET):
                await running.register(name)
                assert (await running.visit(name))[0] == 200
            reader, writer = await running.connect(VISITED)
            first = serial(writer)
            serials = [first]
            until = time.monotonic() + WATCHED
            while time.monotonic() < until:
                assert (await request(reader, writer, VISITED, "/sign-in"))[0] == 200
                if (met := await met_by_a_newcomer(running)) != serials[-1]:
                    serials.append(met)
                await asyncio.sleep(EVERY)
            await leave(writer)
            assert len(set(serials)) == len(serials) >= WATCHED // RENEWED_AT
            await renewed_unseen(running, pebble)
            standing = await running.standing(VISITED)
            assert (standing.state, standing.failures) == (CertificateState.ISSUED, 0)


async def test_an_expired_certificate_is_never_served(tmp_path: Path) -> None:
    with Pebble(validity_seconds=3) as pebble:
        async with house(tmp_path, pebble) as running:
            await running.register(VISITED)
            assert (await running.visit(VISITED))[0] == 200
            pebble.kill()
            async with asyncio.timeout(5):
                while not (alert := await running.alert(VISITED)):
                    await asyncio.sleep(0.02)
            assert alert == "TLSV1_ALERT_INTERNAL_ERROR"
            assert (await running.plain(VISITED))[0] == 503


async def met_by_a_newcomer(running: House) -> str:
    """The serial that a new connection gets; the visitor's own checks refuse an expired certificate."""
    _, writer = await running.connect(VISITED)
    try:
        return serial(writer)
    finally:
        await leave(writer)


async def renewed_unseen(running: House, pebble: Pebble) -> None:
    """The name that nobody visited is served with a certificate that nobody had to wait for."""
    orders, started = pebble.orders(), time.monotonic()
    assert (await running.visit(QUIET))[0] == 200
    assert time.monotonic() - started < 0.5
    assert pebble.orders() == orders
