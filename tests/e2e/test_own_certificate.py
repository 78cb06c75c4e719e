"""A certificate of an admin's own serves a name that no order is made for, and the next hello knows of each change."""

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

from admin.certificate import accepting, material
from edge import main
from edge.routing.snapshot import POLL_SECONDS
from store import audit, domains
from store.hostname import Hostname
from store.vault import Vault
from tests.e2e.house import House, house, trusting
from tests.fakes.own_ca import Authority, new_key, pem
from tests.peers.pebble import Pebble

NAME = Hostname("billing.harbour.test")
ROOT = Authority("Somebody's root")


async def upload(running: House, *, days: int = 90) -> str:
    """What the console does with a form, in another process than the one that serves; gives the serial."""
    key, now = new_key(), main.system_clock().replace(microsecond=0)
    sent = ROOT.leaf(
        NAME, key=key, not_before=now - timedelta(days=1), not_after=now + timedelta(days=days)
    ) + pem(key)
    found = material.read(sent, NAME, now)
    assert isinstance(found, material.Material)
    sealed = accepting.sealed(found, NAME, Vault.from_file(running.settings.master_key_file))
    await running.store.write(accepting.put, running.organisation.id, sealed, entry(running))
    return found.serial


def entry(running: House) -> audit.Entry:
    return audit.Entry(running.organisation.id, "cli", "test", NAME, {}, "", main.system_clock())


async def served(running: House, trust: ssl.SSLContext) -> str:
    """The serial of the certificate that a visitor is shown."""
    _, writer = await asyncio.open_connection(
        "127.0.0.1", running.https_port, ssl=trust, server_hostname=NAME
    )
    try:
        return f"{int(writer.get_extra_info('peercert')['serialNumber'], 16):x}"
    finally:
        writer.close()


async def until_served(running: House, trust: ssl.SSLContext, serial: str) -> None:
    """Within a second: another process is told of by the store."""
    async with asyncio.timeout(1):
        while await served(running, trust) != serial:
            await asyncio.sleep(0.05)


async def test_name_behind_a_proxy_is_served_by_its_own_certificate_and_nothing_is_ordered(
    tmp_path: Path, pebble: Pebble
) -> None:
    def behind(db: object) -> None:
        domains.set_way(db, NAME, behind_proxy=True, ordered=False)  # type: ignore[arg-type]

    async with house(tmp_path, pebble) as running:
        await running.register(NAME, pointed=False)
        await running.store.write(behind)
        await asyncio.sleep(2 * POLL_SECONDS)
        trust = trusting(ROOT.pem)
        assert "INTERNAL_ERROR" in await running.alert(NAME)
        first = await upload(running)
        await until_served(running, trust, first)
        second = await upload(running, days=200)
        await until_served(running, trust, second)
        await running.store.write(accepting.withdraw, running.organisation.id, NAME, entry(running))
        async with asyncio.timeout(1):
            while "INTERNAL_ERROR" not in await running.alert(NAME):
                await asyncio.sleep(0.05)
        assert pebble.orders() == 0
