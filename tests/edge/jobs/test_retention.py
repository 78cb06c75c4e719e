"""Retention: each organisation's own rule is applied, every hour, and erasures go on."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from edge.jobs import retention as job
from edge.jobs.rounds import Rounds
from store import audit, erasure, retention
from store.database import Store
from tests import factories


class Enough(Exception):
    """The first round is over."""


async def stop_after_one_round(seconds: float) -> None:
    assert seconds == job.EVERY_SECONDS
    raise Enough


def two_organisations(db: sqlite3.Connection) -> tuple[int, int]:
    """Each with a call of yesterday and one of last year; the first keeps calls for 30 days."""
    both = []
    for slug in ("meridian", "other"):
        organisation_id = factories.organisation(db, slug).id
        account_id = factories.account(db, organisation_id)
        factories.call(db, organisation_id, account_id, factories.NOW - timedelta(days=1))
        factories.call(
            db, organisation_id, account_id, factories.NOW - timedelta(days=365), external_id="old"
        )
        both.append(organisation_id)
    retention.set_days(db, both[0], 30)
    return both[0], both[1]


async def one_round(store: Store) -> None:
    with pytest.raises(Enough):
        await job.run(store, lambda: factories.NOW, Rounds(lambda: factories.NOW, stop_after_one_round))


async def calls_of(store: Store, organisation_id: int) -> int:
    query = "SELECT count(*) FROM calls WHERE organisation_id = ?"
    return await store.read(lambda db: int(db.execute(query, (organisation_id,)).fetchone()[0]))


async def test_old_calls_go_where_the_organisation_says_so_and_nowhere_else(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")
    first, second = await store.write(two_organisations)
    await one_round(store)
    assert (await calls_of(store, first), await calls_of(store, second)) == (1, 2)
    (entry,) = await store.read(audit.of_organisation, first)
    assert (entry.action, entry.object) == ("calls.retention_applied", "calls before 2026-10-23")
    await one_round(store)
    assert len(await store.read(audit.of_organisation, first)) == 1, "a round without work writes nothing"
    await store.close()


async def test_erasure_that_was_asked_for_is_carried_out(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.db")

    def ask(db: sqlite3.Connection) -> int:
        organisation_id = factories.organisation(db).id
        account_id = factories.account(db, organisation_id)
        factories.invoice(db, organisation_id, account_id)
        factories.user(db, organisation_id)
        erasure.ask(db, organisation_id, account_id, "staff:1", factories.NOW)
        return organisation_id

    organisation_id = await store.write(ask)
    await one_round(store)
    (asked,) = await store.read(erasure.of_organisation, organisation_id)
    assert asked.done_at == factories.NOW
    await store.close()
