"""A certificate is revoked at a real CA, served no more at once, and replaced, by one command."""

import asyncio
from pathlib import Path

from store.hostname import Hostname
from tests.e2e.house import House, house, leave, serial
from tests.peers.pebble import Pebble

NAME = Hostname("billing.harbour.test")


async def served(running: House) -> str:
    _, writer = await running.connect(NAME)
    try:
        return serial(writer)
    finally:
        await leave(writer)


async def revoke(running: House, *more: str) -> tuple[int, str]:
    done = await asyncio.to_thread(running.command, "certificate", "revoke", NAME, *more)
    return done.returncode, done.stdout + done.stderr


async def test_revoked_certificate_is_replaced_at_once(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble) as running:
        await running.register(NAME)
        assert await revoke(running) == (1, f"brassplate: {NAME} has no certificate that we got\n")
        first = await served(running)
        code, said = await revoke(running, "--reason", "keyCompromise")
        assert (code, said) == (0, f"{NAME}: {first} is revoked; serve gets a new certificate at once\n")
        async with asyncio.timeout(20):
            while await served(running) == first:
                await asyncio.sleep(0.05)
        again = await running.certificate(NAME)
        assert again and again.serial != first


async def test_ca_that_cannot_be_reached_changes_nothing(tmp_path: Path) -> None:
    with Pebble() as pebble:
        async with house(tmp_path, pebble) as running:
            await running.register(NAME)
            first = await served(running)
            pebble.stop()
            code, said = await revoke(running)
            assert code == 1 and "not revoked, and served as before" in said
            assert await served(running) == first
