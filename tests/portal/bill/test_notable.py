"""Home speaks of a bill that is notably other than the one before."""

import sqlite3
from dataclasses import replace
from datetime import date

import pytest

from portal.bill.notable import is_notable
from tests import factories
from tests.portal.bill.bills import RENTAL, Line, bill
from tests.portal.conftest import People
from tests.portal.house import Browser, House


@pytest.mark.parametrize(
    ("before", "after", "notable"),
    [
        (5000, 5500, True),
        (5000, 4500, True),
        (5000, 5499, False),
        (100_000, 105_000, False),
        (1000, 1499, False),
        (0, 500, True),
        (5000, 5000, False),
    ],
)
def test_change_is_notable_from_ten_percent_and_five_pounds_on(
    before: int, after: int, notable: bool
) -> None:
    assert is_notable(before, after, "GBP") is notable


def test_five_units_are_of_the_currency() -> None:
    assert is_notable(40, 46, "JPY") and not is_notable(4000, 4460, "KWD")


@pytest.mark.parametrize(("net", "said"), [(RENTAL.net, False), (RENTAL.net + 1000, True)])
async def test_home_says_it_beside_the_last_invoice(
    house: House, people: People, ada: Browser, net: int, said: bool
) -> None:
    def put(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        bill(db, key, date(2026, 9, 1), RENTAL)
        bill(db, key, date(2026, 10, 1), replace(RENTAL, net=net))

    await house.store.write(put)
    page = (await ada.page("/")).replace("\N{NO-BREAK SPACE}", " ")
    assert ("£12.00 more than in September 2026." in page) is said
    assert (f"/invoices/{factories.public(people.meridian, 'INV-2026-10')}/explained" in page) is said


async def test_home_is_silent_on_credit_notes_and_first_bills(
    house: House, people: People, ada: Browser
) -> None:
    def put(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        bill(db, key, date(2026, 9, 1), RENTAL)
        bill(db, key, date(2026, 10, 1), Line(-9000), kind="credit_note")

    await house.store.write(put)
    assert "See why" not in await ada.page("/")
