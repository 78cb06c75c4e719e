"""What a running house tells of itself, what its own name shows, and how a stop is announced."""

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from store.hostname import Hostname
from tests.e2e.house import TARGET, House, house, leave, request
from tests.e2e.openssl import s_client
from tests.peers.pebble import Pebble

LOOPS = ("asyncio", "uvloop")
SHOP = "billing.harbour.test"
WATCHED = {"metrics": "127.0.0.1:0", "drain_notice_seconds": 0}


@asynccontextmanager
async def watched(folder: Path, pebble: Pebble | None = None, **edge: object) -> AsyncIterator[House]:
    async with house(folder, pebble, edge=WATCHED | edge) as running:
        yield running


async def told(running: House, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://{running.bound.metrics}{path}") as response,
    ):
        return response.status, await response.text()


async def samples(running: House) -> dict[str, float]:
    """What is told, by name and values of labels: `name value value`."""
    status, text = await told(running, "/metrics")
    assert status == 200
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_first_visit_and_a_stranger_are_counted(tmp_path: Path, pebble: Pebble) -> None:
    async with watched(tmp_path, pebble) as running:
        before = await samples(running)
        await running.register(SHOP)
        assert (await running.visit(SHOP))[0] == 200
        await running.alert("stranger.test")
        await asyncio.sleep(0.1)
        now = await samples(running)
    assert before["brassplate_ready"] == now["brassplate_ready"] == 1
    changed = {
        "brassplate_handshakes_total completed": 1,
        "brassplate_handshakes_total unknown_name": 1,
        "brassplate_handshakes_total no_certificate": 0,
        "brassplate_requests_total portal 2xx": 1,
        "brassplate_first_request_seconds_count awaited": 1,
    }
    assert {name: now[name] - before.get(name, 0) for name in changed} == changed
    assert now["brassplate_issuances_total 127.0.0.1 issued handshake"] == 1
    assert now["brassplate_issuance_seconds_count 127.0.0.1"] == 1
    assert 0 < now["brassplate_first_request_seconds_sum awaited"] < 20
    assert now["brassplate_dns_seconds_count resolver answered"] >= 1
    assert now["brassplate_job_rounds_total clean-up ok"] >= 1
    assert now["process_open_fds"] > 10


async def test_no_name_of_anybody_is_in_the_metrics(tmp_path: Path, pebble: Pebble) -> None:
    async with watched(tmp_path, pebble) as running:
        await running.register(SHOP)
        await running.visit(SHOP)
        await running.alert("stranger.test")
        _, text = await told(running, "/metrics")
    assert "harbour" not in text and "stranger" not in text and ".test" not in text


async def test_order_shows_in_what_is_left_of_the_cas_limits(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble, edge=WATCHED, acme={"limits": ["orders=10/3h"]}) as running:
        await running.register(SHOP)
        assert (await running.visit(SHOP))[0] == 200
        now = await samples(running)
    assert now["brassplate_ca_tokens_left 127.0.0.1 orders"] == 9
    assert now["brassplate_ca_tokens_capacity 127.0.0.1 orders"] == 10
    assert now["brassplate_ca_limits_held 127.0.0.1 orders"] == 0
    assert now["brassplate_ca_tokens_left 127.0.0.1 same_names"] == 4
    assert now["brassplate_certificate_days_left_count"] == now["brassplate_names"] - 2


async def test_house_that_serves_is_healthy_and_ready(tmp_path: Path) -> None:
    async with watched(tmp_path) as running:
        assert await told(running, "/healthz") == (200, "ok\n")
        assert await told(running, "/readyz") == (200, "serving\n")
        assert (await told(running, "/"))[0] == 404


async def test_stop_is_announced_while_visitors_are_still_served(tmp_path: Path, pebble: Pebble) -> None:
    async with watched(tmp_path, pebble, drain_notice_seconds=1) as running:
        await running.register(SHOP)
        assert (await running.visit(SHOP))[0] == 200
        running.stop.set()
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(0.05)
        assert await told(running, "/readyz") == (503, "leaving\n")
        assert (await told(running, "/healthz"))[0] == 200
        with suppress(ConnectionError):
            while True:
                assert (await running.visit(SHOP))[0] == 200
                await asyncio.sleep(0.05)
        assert asyncio.get_running_loop().time() - began > 0.9


async def test_without_a_listener_nothing_is_waited_for(tmp_path: Path) -> None:
    began = asyncio.get_running_loop().time()
    async with house(tmp_path, edge={"drain_notice_seconds": 60}) as running:
        assert running.bound.metrics == ""
    assert asyncio.get_running_loop().time() - began < 20


async def test_our_own_name_shows_whose_it_is_with_a_certificate_of_its_own(
    tmp_path: Path, pebble: Pebble
) -> None:
    async with watched(tmp_path, pebble) as running:
        status, page = await running.visit(TARGET, "/")
        assert (status, (await samples(running))["brassplate_requests_total front 2xx"]) == (200, 1)
        assert "An address of Provider" in page and "mailto:help@provider.test" in page
        assert (await running.visit(TARGET, "/sign-in"))[0] == 404
        assert (await running.visit(TARGET, "/", host="stranger.test"))[0] == 421
        certificate = await running.certificate(TARGET)
        assert certificate and certificate.hostname == TARGET
        status, headers, _ = await running.plain(TARGET, "/x")
        assert (status, headers["Location"]) == (308, f"https://{TARGET}:{running.https_port}/x")


async def test_bare_address_gets_an_alert_and_in_plain_http_a_word(tmp_path: Path, pebble: Pebble) -> None:
    async with watched(tmp_path, pebble) as running:
        await running.visit(TARGET, "/")
        nameless = ssl.create_default_context()
        nameless.check_hostname, nameless.verify_mode = False, ssl.CERT_NONE
        with pytest.raises(ssl.SSLError, match="unrecognized name"):
            await asyncio.open_connection("127.0.0.1", running.https_port, ssl=nameless, server_hostname="")
        assert "fatal unrecognized_name" in await s_client(running.https_port, "127.0.0.1")
        for host in ("127.0.0.1", f"127.0.0.1:{running.http_port}", "[::1]", "192.0.2.7"):
            status, headers, body = await running.plain(host, "/")
            assert (status, "Location" in headers) == (421, False), host
            assert body == "There is nothing at this address. Sites here are opened by their names.\n"
        reader, writer = await running.connect(TARGET)
        assert (await request(reader, writer, "127.0.0.1", "/"))[0] == 421
        await leave(writer)


async def test_label_below_our_own_name_is_a_stranger(tmp_path: Path, pebble: Pebble) -> None:
    async with watched(tmp_path, pebble) as running:
        assert await running.alert(f"harbour.{TARGET}") == "TLSV1_UNRECOGNIZED_NAME"


async def test_former_target_is_let_go_when_another_is_set(tmp_path: Path) -> None:
    async with watched(tmp_path):
        pass
    async with watched(tmp_path, cname_target="doors.provider.test") as running:
        assert (await running.plain(TARGET))[0] == 421
        assert (await running.plain("doors.provider.test"))[0] == 503


async def test_each_request_has_a_line_and_its_connection_counts_it(
    tmp_path: Path, pebble: Pebble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "edge")
    async with house(tmp_path, pebble, log={"access": True}) as running:
        name = await running.register(SHOP)
        reader, writer = await running.connect(name)
        for path in ("/sign-in?next=secret", "/nowhere"):
            await request(reader, writer, name, path)
        await leave(writer)
        await running.plain("stranger.test")
        await asyncio.sleep(0.2)
    lines = [vars(record) for record in caplog.records if record.getMessage() == "request"]
    told = [(line["hostname"], line["destination"], line["path"], line["status"]) for line in lines]
    assert (Hostname(SHOP), "portal", "/sign-in", 200) in told
    assert (Hostname(SHOP), "portal", "/nowhere", 404) in told
    assert (None, "plain", "/", 421) in told
    assert "secret" not in json.dumps(lines, default=str)
    [closed] = [
        vars(record)
        for record in caplog.records
        if record.getMessage() == "TLS connection closed" and vars(record)["requests"] == 2
    ]
    assert (closed["sni"], closed["room"], closed["version"]) == (SHOP, "portal", "TLSv1.3")
