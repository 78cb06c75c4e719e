"""What keeps a process from serving is one sentence."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from edge import house, settings
from edge.main import system_clock
from edge.settings import Faults
from edge.starting import CannotStart
from store import domains, vault
from store.database import Store
from store.destination import Room
from tests.e2e.house import write_config


async def started(folder: Path) -> None:
    """Build the house of a folder, and take it down."""
    found = settings.load(folder / "brassplate.toml", {})
    assert not isinstance(found, Faults)
    async with AsyncExitStack() as stack:
        await house.build(found, asyncio.Event(), system_clock, stack)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_config(tmp_path / "brassplate.toml", None)
    return tmp_path


async def test_another_master_key_is_told_apart(folder: Path) -> None:
    await started(folder)
    key = folder / "var" / "master.key"
    first = key.read_text()
    key.unlink()
    vault.write_new_key(key)
    with pytest.raises(
        CannotStart, match=r"master\.key: not the key that the secrets in .* were sealed with"
    ):
        await started(folder)
    key.write_text(first)
    await started(folder)


@pytest.mark.parametrize("content", [b"rubbish" * 1000, None])
async def test_a_store_that_is_none_is_named(folder: Path, content: bytes | None) -> None:
    store = folder / "var" / "brassplate.db"
    if content is None:
        store.mkdir()
    else:
        store.write_bytes(content)
    with pytest.raises(CannotStart, match=r"store .*brassplate\.db: "):
        await started(folder)


async def test_name_of_the_api_follows_the_settings(folder: Path) -> None:
    config = folder / "brassplate.toml"
    without = config.read_text()
    for name in ("api.provider.test", "rest.provider.test", ""):
        config.write_text(without.replace("[edge]\n", f'[edge]\napi_host = "{name}"\n', 1))
        await started(folder)
        store = await Store.open(folder / "var" / "brassplate.db")
        own = await store.read(domains.own_of_room, Room.API)
        await store.close()
        assert [domain.hostname for domain in own] == ([name] if name else [])
