"""The demo's DNS serves our own zone, and its CAA records follow the account at the CA."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import dns.message
import dns.rdatatype
import pytest

from demo import configuration, provider_zone
from demo.configuration import CNAME_TARGET, Ports
from demo.pebble import Pebble
from demo.zone import Zone
from edge.settings import Settings
from store import acme_state
from store.acme_state import Account
from store.database import Store
from tests import factories

PORTS = Ports(8443, 8080, 8053, 8090, 14000, 15000)
ANY = f"t4k3n.{CNAME_TARGET}"


@pytest.fixture
def zone() -> Zone:
    return Zone({CNAME_TARGET: ["127.0.0.1"]})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return configuration.make(tmp_path, PORTS, Pebble(tmp_path, 14000, 15000))


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    opened = await Store.open(settings.store_path)
    yield opened
    await opened.close()


def said(zone: Zone, name: str, kind: str) -> list[str]:
    reply = zone.answer(dns.message.make_query(name, kind))
    assert reply
    return [str(r) for rrset in reply.answer for r in rrset if rrset.rdtype == dns.rdatatype.from_text(kind)]


async def until_said(zone: Zone, name: str, words: str) -> None:
    async with asyncio.timeout(10):
        while not any(words in value for value in said(zone, name, "CAA")):
            await asyncio.sleep(0.02)


async def test_account_is_followed_also_when_the_ca_lost_it(
    zone: Zone, settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_zone, "LOOK_EVERY_SECONDS", 0.02)
    following = asyncio.create_task(provider_zone.follow(zone, settings))
    try:
        await until_said(zone, ANY, '"pebble.example; validationmethods=http-01,tls-alpn-01"')
        for number in (1, 2):
            account = Account(settings.directory, f"https://127.0.0.1/acct/{number}", "ops", b"")
            await store.write(acme_state.put_account, account, factories.NOW)
            for name in (ANY, CNAME_TARGET):
                await until_said(zone, name, f"accounturi=https://127.0.0.1/acct/{number};")
                assert len(said(zone, name, "CAA")) == 1
    finally:
        following.cancel()
    assert said(zone, ANY, "A") == said(zone, CNAME_TARGET, "A") == ["127.0.0.1"]
    assert zone.every() == []


async def test_embedded_ca_is_bound_by_no_record(zone: Zone, tmp_path: Path) -> None:
    settings = configuration.make(tmp_path, PORTS, None)
    store = await Store.open(settings.store_path)
    following = asyncio.create_task(provider_zone.follow(zone, settings))
    async with asyncio.timeout(10):
        while not said(zone, ANY, "A"):
            await asyncio.sleep(0.02)
    following.cancel()
    await store.close()
    assert said(zone, ANY, "CAA") == []
