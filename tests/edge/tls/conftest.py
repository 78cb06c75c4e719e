"""Fixtures of issuance: a world with one process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.edge.tls.processes import Process, World, world


@pytest.fixture
async def our_world(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
async def ours(our_world: World) -> Process:
    """A process that answers for SHOP."""
    process = await our_world.process()
    await process.register()
    return process
