from pathlib import Path

import pytest

from edge.jobs import sizes
from edge.jobs.rounds import Rounds
from store import disk
from store.database import Store
from tests import factories


class Enough(Exception):
    """The first round is over."""


async def stop_after_one_round(seconds: float) -> None:
    raise Enough


async def test_size_of_the_store_and_what_is_left_are_noted(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")
    with pytest.raises(Enough):
        await sizes.run(store, lambda: factories.NOW, Rounds(lambda: factories.NOW, stop_after_one_round))
    (today,) = await store.read(disk.last_days)
    assert today.day == factories.NOW.date()
    assert today.store_bytes >= store.path.stat().st_size > 0
    assert today.free_bytes > 0
    await store.close()
