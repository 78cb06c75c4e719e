"""The statement as a page and as CSV."""

import csv
import io
import sqlite3
from datetime import date

import pytest

from store import statement
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House


def year(db: sqlite3.Connection, people: People) -> None:
    key = people.meridian, people.harbour
    factories.invoice(db, *key, "INV-OLD", issued_on=date(2025, 1, 1), net=1000, tax=200)
    factories.invoice(db, *key, "INV-NEW", issued_on=date(2026, 11, 1), net=10_000, tax=2000)
    factories.payment(db, *key, "P-1", paid_on=date(2026, 11, 5), amount=1200, method="=Cheque")
    factories.invoice(db, people.meridian, people.neighbour, "INV-MILL", issued_on=date(2026, 11, 1))


async def test_twelve_months_with_what_was_brought_forward(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(year, people)
    page = await ada.page("/statement")
    assert "INV-NEW" in page and "INV-OLD" not in page and "INV-MILL" not in page
    assert page.index("£12.00") < page.index("£132.00") < page.index("=Cheque")
    assert "£120.00" in page
    assert 'href="/statement"' in await ada.page("/invoices")


async def test_days_that_are_asked_for(house: House, people: People, ada: Browser) -> None:
    await house.store.write(year, people)
    page = await ada.page("/statement?first=2026-12-31&last=2025-01-01")
    assert "INV-OLD" in page and "INV-NEW" in page
    assert "Nothing happened in these days" in await ada.page("/statement?first=2026-11-10")
    assert "INV-NEW" in await ada.page("/statement?first=nonsense&last=2026-13-01")


@pytest.mark.parametrize("query", ["last=0001-01-01", "first=9999-12-31", "first=0001-01-01&last=9999-12-31"])
async def test_the_first_and_the_last_day_that_there_are_can_be_asked_for(ada: Browser, query: str) -> None:
    assert "Statement of account" in await ada.page(f"/statement?{query}")
    await ada.source(f"/statement.csv?{query}")


async def test_csv_says_the_same(house: House, people: People, ada: Browser) -> None:
    await house.store.write(year, people)
    text = (await (await ada.get("/statement.csv")).read()).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Number or method"], row["Owed after"]) for row in rows] == [
        ("", "12.00"),
        ("INV-NEW", "132.00"),
        ("'=Cheque", "120.00"),
    ]
    assert rows[2]["Paid or credited"] == "12.00"


async def test_an_empty_account_has_nothing_to_show(house: House, people: People, ada: Browser) -> None:
    assert "Nothing to show" in await ada.page("/statement")


async def test_more_than_a_statement_holds_asks_for_fewer_days(
    house: House, people: People, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.store.write(year, people)
    monkeypatch.setattr(statement, "MOST", 1)
    assert "That is too much for one statement" in await ada.page("/statement")
    assert (await ada.get("/statement.csv")).status == 413


@pytest.mark.parametrize("section", ["show_invoices", "show_payments"])
async def test_there_is_none_where_half_of_it_is_switched_off(
    house: House, people: People, ada: Browser, section: str
) -> None:
    await house.store.write(
        lambda db: (
            db.execute(f"UPDATE portals SET {section} = 0 WHERE organisation_id = ?", (people.meridian,))
            and None
        )
    )
    assert (await ada.get("/statement")).status == (await ada.get("/statement.csv")).status == 404
