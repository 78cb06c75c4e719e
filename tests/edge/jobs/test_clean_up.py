"""Clean-up: what has expired goes, what has not stays."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.jobs import clean_up
from store import challenges
from store.database import Store
from store.hostname import Hostname

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAME = Hostname("billing.harbour.example")


class Enough(Exception):
    """The first round is over."""


async def stop_after_one_round(seconds: float) -> None:
    assert seconds == clean_up.EVERY_SECONDS
    await asyncio.sleep(0)
    raise Enough


async def test_only_what_has_expired_goes_in_a_round(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")
    for token, ends_at in (("old", NOW), ("new", NOW + timedelta(minutes=1))):
        await store.write(challenges.put, NAME, "http-01", token, f"{token}.key", ends_at)
    with pytest.raises(Enough):
        await clean_up.run(store, lambda: NOW, stop_after_one_round)
    kept = await store.read(lambda db: [row["token"] for row in db.execute("SELECT token FROM challenges")])
    await store.close()
    assert kept == ["new"]
