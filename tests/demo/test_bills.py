"""The made-up bills explain themselves: their calls add up, and the newest has something to explain."""

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from demo import data
from store import invoices, organisations
from store.bill import bills, difference, reconciliation
from store.bill.adding_up import Reconciliation
from store.bill.difference import Cause
from store.database import Store
from store.importing.run import Task, import_csv
from store.invoices import Filter

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def reconciled(db: sqlite3.Connection) -> list[Reconciliation]:
    """What is said of every invoice with usage."""
    rows = db.execute("SELECT organisation_id, account_id, invoice_id FROM visible_invoices").fetchall()
    found = (reconciliation.of_invoice(db, *row) for row in rows)
    return [each for each in found if isinstance(each, Reconciliation)]


def causes(db: sqlite3.Connection) -> dict[Cause, int]:
    """Why the newest monthly bill of the first customer differs from the one before."""
    (account_id,) = db.execute("SELECT id FROM accounts WHERE reference = 'HT1001'").fetchone()
    key = 1, account_id
    page = invoices.page(db, *key, Filter(), today=NOW.date(), after=None, limit=9)
    newest = next(each for each in page if bills.is_bill(each) and each.period_from != each.period_to)
    before = bills.one_before(newest, bills.earlier(db, *key, newest, NOW.date()))
    assert before
    return difference.between(bills.load(db, *key, before), bills.load(db, *key, newest)).causes


async def test_calls_add_up_and_the_newest_bill_has_a_new_number_and_a_price(tmp_path: Path) -> None:
    company = data.write(tmp_path / "data", NOW.date(), months=4, calls=900)[0]
    path = tmp_path / "brassplate.db"
    store = await Store.open(path)
    await store.write(organisations.add, company.slug, company.name, NOW)
    for kind in ("customers", "invoices", "invoice_lines", "calls"):
        report = await asyncio.to_thread(
            import_csv, path, Task(kind, company.files[kind], company.slug), lambda: NOW
        )
        assert report.added
    found, why = await store.read(reconciled), await store.read(causes)
    await store.close()
    assert len(found) > 20 and all(each.is_itemised and each.adds_up for each in found)
    assert why[Cause.NEW_NUMBER] > 0 and why[Cause.PRICE] > 0 and Cause.ROUNDING not in why
