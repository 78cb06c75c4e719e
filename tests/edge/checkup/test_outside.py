"""The CA, the DNS and the relay, each wrong in its way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

from edge import relay, settings
from edge.checkup import outside
from edge.checkup.finding import Finding
from edge.relay import Relay
from edge.settings import Settings
from tests.peers.mail_server import mail_server
from tests.peers.name_server import NameServer
from tests.peers.ports import free_port

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EDGE = {"admin_host": "admin.provider.test", "cname_target": "edge.provider.test", "addresses": ["192.0.2.1"]}


@pytest.fixture
def usual() -> Settings:
    found = settings.from_mapping({"edge": EDGE, "issuer": {"kind": "local"}}, Path("/nowhere"), {})
    assert isinstance(found, Settings)
    return found


async def codes(findings: AsyncIterator[Finding]) -> list[str]:
    return [each.code async for each in findings]


@asynccontextmanager
async def directory(status: int, ahead: timedelta) -> AsyncIterator[str]:
    """A CA whose clock is ahead of ours."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(
            {}, status=status, headers={"Date": format_datetime(NOW + ahead, usegmt=True)}
        )

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "ahead", "found"),
    [
        (200, timedelta(seconds=90), []),
        (503, timedelta(), ["ca-unreachable"]),
        (200, timedelta(minutes=3), ["clock-off"]),
        (200, timedelta(days=-1), ["clock-off"]),
    ],
)
async def test_the_ca_and_its_clock(usual: Settings, status: int, ahead: timedelta, found: list[str]) -> None:
    async with directory(status, ahead) as url:
        assert await codes(outside.of_ca(replace(usual, directory=url), NOW)) == found


async def test_a_ca_that_nobody_reaches(usual: Settings) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    assert await codes(outside.of_ca(replace(usual, directory=url), NOW)) == ["ca-unreachable"]


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ("edge IN A 192.0.2.1\nadmin IN CNAME edge\n", []),
        ("edge IN A 192.0.2.1\n", ["dns-name-missing"]),
        ("edge IN A 192.0.2.1\nedge IN A 198.51.100.7\nadmin IN A 192.0.2.1\n", ["dns-name-elsewhere"]),
    ],
)
async def test_our_own_names(usual: Settings, records: str, found: list[str]) -> None:
    with NameServer({"provider.test": records}, "127.0.0.1", free_port()) as server:
        assert await codes(outside.of_dns(replace(usual, resolvers=(server.address,)))) == found


async def test_a_resolver_that_does_not_answer(usual: Settings) -> None:
    silent = replace(usual, resolvers=(f"127.0.0.1:{free_port()}",))
    assert await codes(outside.of_dns(silent)) == ["dns-silent"]


async def test_no_relay_is_set(usual: Settings) -> None:
    assert await codes(outside.of_mail(usual)) == ["mail-not-set"]


async def test_a_relay_that_answers(usual: Settings, tmp_path: Path) -> None:
    async with mail_server(tmp_path) as server:
        assert await codes(outside.of_mail(replace(usual, smtp=to(server.port)))) == []


async def test_a_relay_that_does_not(usual: Settings) -> None:
    assert await codes(outside.of_mail(replace(usual, smtp=to(free_port())))) == ["mail-refused"]


def to(port: int) -> Relay:
    found = relay.parse(f"smtp://127.0.0.1:{port}")
    assert isinstance(found, Relay)
    return found
