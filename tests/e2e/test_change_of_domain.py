"""A portal moves to another name while customers use it: over real TLS, with a real CA, and nobody meets a gap."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from edge.jobs import awaiting
from edge.routing.snapshot import POLL_SECONDS
from store import awaited, domains
from store.hostname import Hostname
from tests import factories
from tests.e2e.house import House, house
from tests.peers.pebble import Pebble

OLD, NEW = Hostname("billing.harbour.test"), Hostname("pay.harbour.test")
EMAIL = "ada@harbour.test"


class Loopback(AbstractResolver):
    """Every name is here."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = ResolveResult(
            hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
        )
        return [found]

    async def close(self) -> None:
        return None


@asynccontextmanager
async def browser(running: House) -> AsyncIterator[aiohttp.ClientSession]:
    """Keeps cookies, follows redirects, verifies certificates."""
    connector = aiohttp.TCPConnector(resolver=Loopback(), ssl=running.trust, force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        yield session


def url(running: House, hostname: str, path: str) -> str:
    return f"https://{hostname}:{running.settings.public_https_port}{path}"


def ada(db: sqlite3.Connection, organisation_id: int) -> None:
    """A customer and their sign-in."""
    factories.account(db, organisation_id, "A100")
    factories.user(db, organisation_id, EMAIL, "A100")


async def until_live(running: House, hostname: Hostname) -> None:
    async with asyncio.timeout(60):
        while True:
            domain = await running.store.read(domains.by_hostname, hostname)
            if domain and domain.live_at:
                return
            await asyncio.sleep(0.05)


async def sign_in(running: House, session: aiohttp.ClientSession) -> None:
    page = url(running, OLD, "/sign-in")
    async with session.get(page) as response:
        source = await response.text()
    token = source.partition('name="csrf" value="')[2].partition('"')[0]
    form = {"csrf": token, "email": EMAIL, "password": factories.PASSWORD, "next": "/"}
    async with session.post(page, data=form, headers={"Sec-Fetch-Site": "same-origin"}) as response:
        assert (response.status, response.url.path) == (200, "/")


async def knocking(running: House, stop: asyncio.Event) -> list[tuple[int, str]]:
    """What a visitor of the old name is answered, again and again."""
    seen = []
    async with browser(running) as session:
        while not stop.is_set():
            async with session.get(url(running, OLD, "/sign-in")) as response:
                seen.append((response.status, response.url.host or ""))
    return seen


async def test_nobody_meets_a_gap_and_who_is_signed_in_stays_signed_in(
    tmp_path: Path, pebble: Pebble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(awaiting, "EVERY_SECONDS", 0.2)
    monkeypatch.setattr(awaited, "SOONEST", timedelta())
    async with house(tmp_path, pebble) as running:
        await running.store.write(ada, running.organisation.id)
        await running.register(OLD)
        assert (await running.visit(OLD))[0] == 200
        await until_live(running, OLD)
        async with browser(running) as session:
            await sign_in(running, session)
            stop = asyncio.Event()
            visitor = asyncio.get_running_loop().create_task(knocking(running, stop))
            await running.register(NEW)
            assert (await running.visit(NEW))[0] == 200
            await until_live(running, NEW)
            await asyncio.sleep(2 * POLL_SECONDS)
            async with session.get(url(running, OLD, "/invoices?status=open")) as response:
                text = await response.text()
                assert (response.status, str(response.url)) == (
                    200,
                    url(running, NEW, "/invoices?status=open"),
                )
                assert "Sign out" in text
            await asyncio.sleep(0.5)
            stop.set()
        seen = await visitor
    assert {status for status, _ in seen} == {200}
    where = [host for _, host in seen]
    assert where == sorted(where, key=lambda host: host == NEW) and {*where} == {OLD, NEW}
