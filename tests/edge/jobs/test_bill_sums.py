"""Bill sums: big invoices are added up ahead, every minute what is missing or does not hold any more."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.jobs import bill_sums as job
from edge.jobs.rounds import Rounds
from store.bill import gathering_steps
from store.bill.gathering_steps import Bill
from store.database import Store
from tests import factories


class Enough(Exception):
    """The first round is over."""


async def stop_after_one_round(seconds: float) -> None:
    assert seconds == job.EVERY_SECONDS
    raise Enough


async def one_round(store: Store) -> None:
    with pytest.raises(Enough):
        await job.run(store, lambda: factories.NOW, Rounds(lambda: factories.NOW, stop_after_one_round))


def busy(db: sqlite3.Connection, calls: int) -> Bill:
    """An invoice for November 2026, a month of so many calls by the sums of calls; it charges three."""
    organisation_id = factories.organisation(db).id
    account_id = factories.account(db, organisation_id)
    invoice_id = factories.invoice(db, organisation_id, account_id)
    factories.line(db, organisation_id, invoice_id, net=37)
    for number in range(3):
        started = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=number)
        factories.call(
            db,
            organisation_id,
            account_id,
            started,
            external_id=f"C{number}",
            invoice_id=invoice_id,
            line_position=1,
        )
    db.execute(
        "INSERT INTO call_months (organisation_id, account_id, month, generation, calls) VALUES (?, ?, ?, 0, ?)",
        (organisation_id, account_id, "2026-11", calls),
    )
    return Bill(organisation_id, account_id, invoice_id)


def kept(db: sqlite3.Connection) -> list[tuple[int, int]]:
    rows = db.execute(
        "SELECT s.generation, l.calls FROM bill_sums s JOIN bill_line_sums l ON l.gathering = s.ready"
    )
    return [tuple(row) for row in rows]


async def test_invoice_of_a_busy_month_is_added_up_before_anybody_asks(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "brassplate.db")
    bill = await store.write(busy, 100_000)
    assert await store.read(gathering_steps.not_begun) == [bill]
    await one_round(store)
    assert [calls for _, calls in await store.read(kept)] == [3]
    assert await store.read(gathering_steps.not_begun) == []
    await store.close()


async def test_invoice_is_added_up_again_once_calls_were_published(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "brassplate.db")
    await store.write(busy, 100_000)
    await one_round(store)
    await store.write(lambda db: db.execute("UPDATE organisations SET calls_generation = 70"))
    await one_round(store)
    assert await store.read(kept) == [(70, 3)]
    await store.close()


async def test_invoice_of_a_quiet_month_is_left_to_its_page(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "brassplate.db")
    await store.write(busy, 100)
    await one_round(store)
    assert await store.read(kept) == []
    await store.close()
