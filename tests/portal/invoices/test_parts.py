"""Invoices and statements of many lines are shown a part at a time; what they come to stays whole."""

import sqlite3
from datetime import date, timedelta

from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House


def long_invoice(db: sqlite3.Connection, people: People) -> str:
    """120 lines that take turns in two kinds."""
    invoice = factories.invoice(db, people.meridian, people.harbour, "LONG")
    for number in range(120):
        kind = "Rental" if number % 2 else "Usage"
        factories.line(
            db, people.meridian, invoice, number + 1, category=kind, description=f"Line no {number}."
        )
    return f"/invoices/{factories.public(people.meridian, 'LONG')}"


async def test_lines_are_shown_in_parts_with_their_groups_whole(
    house: House, people: People, ada: Browser
) -> None:
    path = await house.store.write(long_invoice, people)
    first, second, third = [await ada.page(f"{path}?part={number}") for number in (1, 2, 3)]
    for number in range(120):
        assert [page.count(f"Line no {number}.") for page in (first, second, third)].count(1) == 1
    assert "£6,000.00" in first
    assert second.count("£6,000.00") == 2
    assert "51 to 100 of 120" in second
    assert f'href="{path}?part=3"' in second
    assert f'href="{path}"' in second


async def test_a_line_that_is_asked_for_is_on_the_page(house: House, people: People, ada: Browser) -> None:
    path = await house.store.write(long_invoice, people)
    assert 'id="line-120"' not in await ada.page(path)
    assert 'id="line-120"' in await ada.page(f"{path}?line=120")
    assert 'id="line-2"' in await ada.page(f"{path}?by=number&line=2")


def long_statement(db: sqlite3.Connection, people: People) -> None:
    one = factories.batch(db, people.meridian)
    for number in range(100):
        day = date(2026, 1, 1) + timedelta(days=number)
        factories.invoice(db, people.meridian, people.harbour, f"S-{number:03}", issued_on=day, batch_id=one)


async def test_a_statement_goes_on_with_what_was_owed_before(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(long_statement, people)
    first, second = [await ada.page(f"/statement?first=2026-01-01&part={part}") for part in (1, 2)]
    assert "S-079" in first
    assert "S-080" not in first
    assert "S-080" in second
    assert "£9,600.00" in second.partition("Brought forward</td>")[2].partition("</tr>")[0]
    assert "£12,000.00" in first
    assert "£12,000.00" in second
