"""Clean-up: what has expired goes, what has not stays."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.jobs import clean_up
from edge.jobs.rounds import Rounds
from store import challenges, organisations, rollups, tokens
from store.database import Store
from store.hostname import Hostname
from store.tokens import Claim, Purpose
from tests import factories

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
        await clean_up.run(store, lambda: NOW, Rounds(lambda: NOW, stop_after_one_round))
    kept = await store.read(lambda db: [row["token"] for row in db.execute("SELECT token FROM challenges")])
    await store.close()
    assert kept == ["new"]


async def test_tokens_that_were_over_long_ago_go_in_one_round_however_many(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")

    def issue(db: sqlite3.Connection) -> None:
        organisation_id = organisations.add(db, "acme", "Acme", NOW).id
        for age in [timedelta(days=60)] * 600 + [timedelta()]:
            claim = Claim(purpose=Purpose.RESET, host=NAME)
            tokens.issue(db, organisation_id, claim, NOW - age)

    await store.write(issue)
    with pytest.raises(Enough):
        await clean_up.run(store, lambda: NOW, Rounds(lambda: NOW, stop_after_one_round))
    kept = await store.read(lambda db: db.execute("SELECT count(*) FROM tokens").fetchone()[0])
    await store.close()
    assert kept == 1


async def test_sums_of_calls_that_do_not_count_any_more_go_in_one_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clean_up, "SUMS", 2)
    store = await Store.open(tmp_path / "store.db")

    def sums(db: sqlite3.Connection) -> None:
        organisation_id = factories.organisation(db).id
        account_id = factories.account(db, organisation_id)
        factories.call(db, organisation_id, account_id, NOW)
        for _ in range(2):
            rollups.moved(db, organisation_id, account_id)
            made = rollups.summed(db, organisation_id, account_id, NOW.date().replace(day=1))
            for part in rollups.parts(made):
                rollups.put(db, organisation_id, made, part)

    await store.write(sums)
    with pytest.raises(Enough):
        await clean_up.run(store, lambda: NOW, Rounds(lambda: NOW, stop_after_one_round))
    kept = await store.read(
        lambda db: db.execute(
            "SELECT organisation_id, account_id, min(generation), max(generation), count(*) FROM call_rollups"
        ).fetchone()
    )
    stands = await store.read(rollups.generation, *kept[:2])
    await store.close()
    assert tuple(kept[2:4]) == (stands, stands) and kept[4] > 2
