"""The first page."""

import sqlite3
from datetime import UTC, date, datetime

from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House


async def test_newcomer_is_told_what_will_come(ada: Browser) -> None:
    page = await ada.page("/")
    assert "Harbour Coffee Ltd" in page and "Account A100" in page
    assert "Nothing" in page and "None yet" in page
    assert "<svg role" not in page


async def test_due_amount_stands_with_its_date_and_the_way_to_pay(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(factories.invoice, people.meridian, people.harbour)
    page = await ada.page("/")
    assert (
        "£120.00" in page and "Due by" in page and "1\N{NO-BREAK SPACE}December\N{NO-BREAK SPACE}2026" in page
    )
    assert f'href="/invoices/{factories.public(people.meridian, "INV-1001")}"' in page


async def test_overdue_amount_is_said_beside_what_is_due(house: House, people: People, ada: Browser) -> None:
    def owing(db: sqlite3.Connection) -> None:
        factories.invoice(
            db, people.meridian, people.harbour, "INV-1", due_on=date(2026, 11, 21), net=5000, tax=0
        )
        factories.invoice(db, people.meridian, people.harbour, "INV-2")

    await house.store.write(owing)
    page = await ada.page("/")
    assert "£170.00" in page and "£50.00" in page and "Overdue" in page
    assert 'href="/invoices?show=due"' in page


async def test_open_credit_is_said_and_not_taken_off(house: House, people: People, ada: Browser) -> None:
    await house.store.write(
        factories.invoice, people.meridian, people.harbour, "CN-1", kind="credit_note", net=-1000, tax=-200
    )
    assert "You have £12.00 in credit notes that are not used yet." in await ada.page("/")


async def test_twelve_months_are_drawn_with_a_table_behind(
    house: House, people: People, ada: Browser
) -> None:
    def history(db: sqlite3.Connection) -> None:
        for number, day in enumerate((date(2025, 11, 30), date(2025, 12, 1), date(2026, 11, 22))):
            factories.invoice(db, people.meridian, people.harbour, f"INV-{number}", issued_on=day)
        factories.invoice(
            db,
            people.meridian,
            people.harbour,
            "CN",
            kind="credit_note",
            issued_on=date(2026, 11, 2),
            net=2000,
            tax=0,
        )
        factories.invoice(db, people.meridian, people.harbour, "VOID", status="void", net=99_900, tax=0)

    await house.store.write(history)
    page = (await ada.page("/")).replace("\N{NO-BREAK SPACE}", " ")
    assert page.count('class="bar"') == 2
    assert '<th scope="row">November 2026</th><td class="number">£100.00</td>' in page
    assert '<th scope="row">December 2025</th><td class="number">£120.00</td>' in page
    assert "November 2025" not in page


async def test_calls_of_the_last_month_are_summed(house: House, people: People, ada: Browser) -> None:
    def calls(db: sqlite3.Connection) -> None:
        factories.call(db, people.meridian, people.harbour, external_id="1", price=1_234_000)
        factories.call(db, people.meridian, people.harbour, external_id="2", price=1_000)
        factories.call(
            db, people.meridian, people.harbour, datetime(2026, 10, 31, 23, 59, tzinfo=UTC), external_id="3"
        )

    await house.store.write(calls)
    page = (await ada.page("/")).replace("\N{NO-BREAK SPACE}", " ")
    assert "Calls in November 2026" in page
    assert "00:07:22" in page and "£1.24" in page
