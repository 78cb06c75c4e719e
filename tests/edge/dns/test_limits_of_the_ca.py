"""Row 33 from the CA's refusal to the sentence."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from edge.dns.diagnosis import diagnose
from edge.tls.authority import NotIssued
from edge.tls.gate import Denied
from store import domain_history
from store.diagnosis import Actor, Expectation, Routing
from tests.edge.tls.processes import POINTED, SHOP, TARGET, World, world


@pytest.fixture
async def our_world(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


async def test_refusal_for_a_limit_is_told_until_it_ends(our_world: World) -> None:
    process = await our_world.process()
    await process.register()
    our_world.ca.refusal = NotIssued("ca:rateLimited", "too many certificates", timedelta(hours=5))
    assert isinstance(await process.visit(), Denied)
    until = our_world.clock() + timedelta(hours=5)
    history = await process.store.read(domain_history.of, SHOP, our_world.clock())
    found = diagnose(POINTED, Expectation(TARGET, frozenset(), apex=False, history=history))
    assert (found.code, found.routing, found.actor) == ("ca_rate_limited", Routing.OK, Actor.CA)
    assert found.next_check_at == until
    assert f"{until:%H:%M} UTC" in found.action
    our_world.clock.advance(hours=5)
    later = await process.store.read(domain_history.of, SHOP, our_world.clock())
    assert later.rate_limited_until is None
