"""On a full disk who has a certificate is served, nothing is ordered, the log says it once; then all goes on."""

import asyncio
import logging
from pathlib import Path

import pytest

from tests.e2e.house import house
from tests.peers.pebble import Pebble
from tests.peers.small_disk import small_disk

KNOWN, NEW = "known.harbour.test", "new.harbour.test"


async def test_names_are_served_from_a_full_disk_and_new_ones_once_there_is_room(
    tmp_path: Path, pebble: Pebble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with small_disk(tmp_path / "disk") as disk:
        async with house(disk.path, pebble) as running:
            await running.register(KNOWN)
            await running.register(NEW)
            assert (await running.visit(KNOWN))[0] == 200
            orders = pebble.orders()
            caplog.clear()
            disk.fill()
            for _ in range(5):
                assert (await running.visit(KNOWN))[0] == 200
                assert await running.alert(NEW) != ""
                await asyncio.sleep(0.6)  # rounds of every job
            assert pebble.orders() == orders
            said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
            assert said == ["the store cannot be written; what is there is served"]
            disk.clear()
            assert (await running.visit(NEW))[0] == 200
            assert pebble.orders() == orders + 1
            assert "the store can be written again" in caplog.messages
