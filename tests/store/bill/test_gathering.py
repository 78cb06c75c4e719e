"""The calls of a big invoice are added up ahead, in parts, and what stands is never of an older day."""

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from store import batches, retention
from store.batches import Counts
from store.bill import gathering, gathering_steps, line_sums, reconciliation
from store.bill.adding_up import Reconciliation
from store.bill.gathering_steps import Bill
from store.bill.line_sums import LineSum, NotYet
from store.bill.rounding import Rule
from store.database import Store
from tests import factories

START = datetime(2026, 10, 1, 9, tzinfo=UTC)
NOW = factories.NOW


@dataclass
class Big:
    """A store with an invoice of 24 calls on two lines and of none, all of them too many for a page."""

    store: Store
    bill: Bill

    async def sums(self) -> list[LineSum] | NotYet:
        bill = self.bill
        return await self.store.read(
            line_sums.of_invoice, bill.organisation_id, bill.account_id, bill.invoice_id, Rule()
        )

    async def gather(self) -> bool:
        return await gathering.gather(self.store, self.bill, NOW)


def _put(db: sqlite3.Connection) -> Bill:
    organisation_id = factories.organisation(db).id
    account_id = factories.account(db, organisation_id)
    invoice_id = factories.invoice(db, organisation_id, account_id)
    for position in (1, 2):
        factories.line(db, organisation_id, invoice_id, position, net=99)
    one = factories.batch(db, organisation_id)
    for number in range(24):
        factories.call(
            db,
            organisation_id,
            account_id,
            START + timedelta(hours=number // 2),
            external_id=f"C{number}",
            price=123_400 + number,
            destination=("UK Mobile", "France")[number % 2],
            invoice_id=invoice_id,
            line_position=(1, 2, None)[number % 3],
            batch_id=one,
        )
    return Bill(organisation_id, account_id, invoice_id)


def _publish(db: sqlite3.Connection, organisation_id: int) -> int:
    batch = batches.create(db, organisation_id, "calls", "more.csv", "", NOW)
    batches.finish(db, organisation_id, batch, Counts(0, 0, 0), NOW)
    return batch


@pytest.fixture
async def big(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Big]:
    monkeypatch.setattr(gathering_steps, "CALLS", 3)
    monkeypatch.setattr(gathering_steps, "ROWS", 2)
    store = await Store.open(tmp_path / "brassplate.db", readers=1)
    bill = await store.write(_put)
    monkeypatch.setattr(line_sums, "_MANY", line_sums._MANY.replace(str(line_sums.FEW), "5"))
    yield Big(store, bill)
    await store.close()


async def test_sums_in_parts_are_those_of_one_look(big: Big, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await big.sums() == NotYet()
    assert await big.gather()
    kept = await big.sums()
    await big.store.write(lambda db: db.execute("UPDATE bill_sums SET generation = -1"))
    monkeypatch.setattr(line_sums, "_MANY", "SELECT 1 WHERE 0")
    at_once = await big.sums()
    assert isinstance(kept, list) and isinstance(at_once, list)
    assert len(kept) == 6 and sorted(map(repr, kept)) == sorted(map(repr, at_once))


async def test_sums_do_not_hold_once_something_is_published(big: Big) -> None:
    assert await big.gather()
    published = await big.store.write(_publish, big.bill.organisation_id)
    assert await big.sums() == NotYet()
    assert await big.store.read(gathering_steps.outdated) == [big.bill]
    assert await big.gather()
    assert await big.store.read(gathering_steps.outdated) == []
    await big.store.write(batches.withdraw, big.bill.organisation_id, published)
    assert await big.sums() == NotYet()


async def test_sums_do_not_hold_under_another_rule(big: Big) -> None:
    assert await big.gather()
    await big.store.write(lambda db: db.execute("UPDATE portals SET rounding = 'down', round_each_call = 1"))
    whose, account, invoice = big.bill.organisation_id, big.bill.account_id, big.bill.invoice_id
    assert isinstance(await big.store.read(reconciliation.of_invoice, whose, account, invoice), NotYet)
    assert await big.store.read(gathering_steps.outdated) == [big.bill]
    assert await big.gather()
    assert isinstance(
        await big.store.read(reconciliation.of_invoice, whose, account, invoice), Reconciliation
    )


async def test_calls_past_their_retention_are_not_counted_twice(big: Big) -> None:
    assert await big.gather()
    whose, account, invoice = big.bill.organisation_id, big.bill.account_id, big.bill.invoice_id
    cutoff = START + timedelta(hours=2)
    await big.store.write(retention.fold, whose, account, cutoff, ZoneInfo("Europe/London"))
    assert await big.sums() == NotYet()
    assert await big.gather()
    kept = await big.sums()
    gone = await big.store.read(line_sums.gone, whose, account, invoice)
    assert isinstance(kept, list)
    assert sum(one.calls for one in kept) == 20 and sum(one.calls for one in gone) == 4


async def test_gathering_that_is_overtaken_does_not_stand(big: Big) -> None:
    whose = big.bill.organisation_id
    begun = await big.store.write(gathering_steps.begin, whose, big.bill, NOW)
    assert begun
    await big.store.write(_publish, whose)
    assert not await big.store.write(gathering_steps.finish, whose, big.bill, begun)
    assert await big.sums() == NotYet()


async def test_gathering_is_begun_once_until_it_is_stale(big: Big) -> None:
    whose = big.bill.organisation_id
    assert await big.store.write(gathering_steps.begin, whose, big.bill, NOW)
    assert await big.store.write(gathering_steps.begin, whose, big.bill, NOW) is None
    assert not await big.gather()
    assert await gathering.gather(big.store, big.bill, NOW + timedelta(minutes=3))


async def test_sums_that_do_not_count_any_more_are_removed(big: Big) -> None:
    for _ in range(3):
        assert await big.gather()

    def rows(db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT count(*) FROM bill_line_sums").fetchone()[0])

    assert await big.store.read(rows) == 6


async def test_invoice_of_another_customer_is_not_gathered(big: Big) -> None:
    whose, invoice = big.bill.organisation_id, big.bill.invoice_id
    neighbour = await big.store.write(lambda db: factories.account(db, whose, "A200"))
    assert not await gathering.gather(big.store, Bill(whose, neighbour, invoice), NOW)


async def test_nothing_is_kept_when_the_invoice_went_meanwhile(
    big: Big, monkeypatch: pytest.MonkeyPatch
) -> None:
    positions = gathering_steps.positions

    def gone(db: sqlite3.Connection, organisation_id: int, bill: Bill) -> list[int | None]:
        found = positions(db, organisation_id, bill)
        with sqlite3.connect(big.store.path) as other:
            other.execute("PRAGMA foreign_keys = ON")
            other.execute("DELETE FROM invoices")
        other.close()
        return found

    monkeypatch.setattr(gathering_steps, "positions", gone)
    assert not await big.gather()
    count = await big.store.read(lambda db: db.execute("SELECT count(*) FROM bill_line_sums").fetchone()[0])
    assert count == 0
