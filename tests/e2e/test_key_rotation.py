"""The master key is rotated under a serving process, killed on the way, and nobody notices."""

import asyncio
import subprocess
import sys
from pathlib import Path

from edge import main
from store import certificates, vault
from store.certificates import Certificate
from store.hostname import Hostname
from store.vault import Vault
from tests.e2e.house import House, house, leave, serial
from tests.peers.pebble import Pebble

MANY = 3000
KILLED_AFTER = (0.0, 0.5, 0.7)
"""Seconds after the new key came to lie beside the old, or a command went on with it."""


async def served(running: House, name: str) -> str:
    _, writer = await running.connect(name)
    try:
        return serial(writer)
    finally:
        await leave(writer)


async def put_many(running: House, keys: Vault) -> None:
    """Certificates of names that nobody visits: a rotation that lasts."""
    now = main.system_clock()
    for number in range(MANY):
        name = Hostname(f"n{number}.filler.test")
        held = Certificate(name, "1", "chain", keys.seal(b"key", name, "1"), "local", now, now)
        await running.store.write(certificates.add, held, now)


async def test_serving_goes_on_over_a_rotation_that_is_killed(tmp_path: Path, pebble: Pebble) -> None:
    async with house(tmp_path, pebble) as running:
        before = await running.register("before.harbour.test")
        first = await served(running, before)
        key = running.settings.master_key_file
        old = key.read_text()
        await put_many(running, Vault.from_file(key))
        command = [sys.executable, "-m", "edge", "key", "rotate", "--config", str(running.config)]
        for seconds in KILLED_AFTER:
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as rotation:
                while not vault.next_file(key).exists():
                    await asyncio.sleep(0.002)
                await asyncio.sleep(seconds)
                rotation.kill()
            assert seconds or (vault.next_file(key).exists() and key.read_text() == old)
            assert await served(running, before) == first
        during = await running.register("during.harbour.test")
        assert await served(running, during)
        done = await asyncio.to_thread(running.command, "key", "rotate")
        assert done.returncode == 0, done.stderr
        assert "is a new key" in done.stdout and "left as it was" not in done.stdout
        vault.previous_file(key).unlink()
        assert key.read_text() != old
        alone = Vault.from_file(key)
        for name in (before, during):
            held = await running.certificate(name)
            assert held and alone.open(held.sealed_key, name, held.serial)
        for number in (0, MANY - 1):
            name = Hostname(f"n{number}.filler.test")
            kept = await running.store.read(certificates.by_serial, name, "1")
            assert kept and alone.open(kept.sealed_key, name, "1") == b"key"
        after = await running.register("after.harbour.test")
        assert await served(running, after)
        assert await served(running, before) == first
