"""Names that lead on, and a portal that is closed: over real TLS, with a real CA."""

import asyncio
from pathlib import Path

from edge import main
from store import domains, setting_changes
from store.hostname import Hostname
from store.setting_changes import Hand, Saved
from store.setting_values import Value
from tests.e2e.house import House, house, leave, request, serial
from tests.peers.pebble import Pebble

DOMAIN = "portals.provider.test"
OLD, NEW = Hostname(f"harbour.{DOMAIN}"), Hostname(f"brightline.{DOMAIN}")
OWN = "billing.harbour.test"
EDGE = {"provider_domain": DOMAIN}


async def change(running: House, **typed: Value) -> None:
    """Save settings as another process does."""
    hand = Hand("admin@harbour.test", DOMAIN, main.system_clock())
    saved = await running.store.write(setting_changes.save, running.organisation.id, typed, hand)
    assert isinstance(saved, Saved) and saved.fields.keys() == typed.keys()


async def asked(running: House, hostname: str, method: str, target: str) -> tuple[str, str]:
    """The status line and the Location of an answer."""
    reader, writer = await running.connect(hostname)
    try:
        writer.write(f"{method} {target} HTTP/1.1\r\nHost: {hostname}\r\nContent-Length: 0\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    finally:
        await leave(writer)
    return head[0], next((line.split(": ", 1)[1] for line in head if line.startswith("Location:")), "")


async def test_label_that_was_left_leads_to_the_new_one_and_back_again(
    tmp_path: Path, pebble: Pebble
) -> None:
    async with house(tmp_path, pebble, edge=EDGE) as running:
        for name in (OLD, NEW):
            pebble.add_a(name, "127.0.0.1")
        assert (await running.visit(OLD))[0] == 200
        await change(running, label="brightline")
        await running.until_routed(NEW)
        there = f"https://{NEW}:{running.settings.public_https_port}"
        for method in ("GET", "POST"):
            status, location = await asked(running, OLD, method, "/invoices/a%2Fb?show=due")
            assert (status.split()[1], location) == ("308", f"{there}/invoices/a%2Fb?show=due")
        assert (await running.visit(NEW))[0] == 200

        await change(running, label="harbour")
        async with asyncio.timeout(2):
            while (await running.visit(OLD))[0] != 200:
                await asyncio.sleep(0.05)
        assert (await asked(running, NEW, "GET", "/"))[
            1
        ] == f"https://{OLD}:{running.settings.public_https_port}/"


async def test_name_that_leads_on_gets_a_certificate_too(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble, edge=EDGE) as running:
        for name in (OLD, NEW):
            pebble.add_a(name, "127.0.0.1")
        await change(running, label="brightline")
        await running.until_routed(NEW)
        assert await running.certificate(OLD) is None
        assert (await asked(running, OLD, "GET", "/"))[0].split()[1] == "308"
        assert await running.certificate(OLD) is not None


async def test_certificates_of_a_closed_portal_are_got_and_renewed(tmp_path: Path) -> None:
    with Pebble(validity_seconds=8) as pebble:
        async with house(tmp_path, pebble) as running:
            await change(running, enabled=False)
            await running.register(OWN)
            status, body = await running.visit(OWN)
            assert (status, "closed just now" in body, "Harbour Telecom" in body) == (503, True, True)
            first = await running.certificate(OWN)
            assert first
            async with asyncio.timeout(20):
                while (now := await running.certificate(OWN)) is None or now.serial == first.serial:
                    await asyncio.sleep(0.1)
            reader, writer = await running.connect(OWN)
            assert serial(writer) != first.serial
            assert (await request(reader, writer, OWN, "/"))[0] == 503
            await leave(writer)

            await change(running, enabled=True)
            assert (await running.visit(OWN))[0] == 200
            assert await running.store.read(domains.by_hostname, Hostname(OWN))
