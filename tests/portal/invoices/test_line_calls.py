"""The calls behind a line."""

import sqlite3
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from store import itemisation, number_names, retention
from store.number_names import Named
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House


@pytest.fixture
async def url(house: House, people: People) -> str:
    def add(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        invoice = factories.invoice(db, *key)
        factories.line(db, people.meridian, invoice, 1, net=370)
        factories.line(db, people.meridian, invoice, 2, net=370)
        for number in range(30):
            started = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=number)
            factories.call(
                db,
                *key,
                started,
                external_id=str(number),
                invoice_id=invoice,
                line_position=1,
                price=123_400,
                number=f"07700 {number:03}",
            )
        factories.call(db, *key, external_id="other", invoice_id=invoice, line_position=2, number="09 other")

    await house.store.write(add)
    return f"/invoices/{factories.public(people.meridian, 'INV-1001')}/lines"


async def test_calls_add_up_to_their_line(ada: Browser, url: str) -> None:
    page = await ada.page(f"{url}/1/calls")
    assert page.count("<tr role") == 31
    assert "£3.70" in page and "The calls add up to the line" in page
    assert "09 other" not in page


async def test_difference_is_said_when_calls_do_not_add_up(ada: Browser, url: str) -> None:
    assert "£3.58 less than the line" in await ada.page(f"{url}/2/calls")


@pytest.mark.parametrize("position", ["3", "0", "999999999"])
async def test_line_that_is_not_there_is_not_found(ada: Browser, url: str, position: str) -> None:
    await ada.page(f"{url}/{position}/calls", 404)


async def test_address_that_names_no_line_is_not_found(ada: Browser, url: str) -> None:
    await ada.page(f"{url}/-1/calls", 404)
    await ada.page(f"{url}/99999999999999999999/calls", 404)


async def test_line_without_calls_says_so(house: House, people: People, ada: Browser) -> None:
    def add(db: sqlite3.Connection) -> None:
        invoice = factories.invoice(db, people.meridian, people.harbour, "INV-2")
        factories.line(db, people.meridian, invoice, 1)

    await house.store.write(add)
    url = f"/invoices/{factories.public(people.meridian, 'INV-2')}/lines/1/calls"
    assert "No calls are listed for this line" in await ada.page(url)


async def test_line_still_adds_up_when_its_calls_are_past_their_retention(
    house: House, people: People, ada: Browser, url: str
) -> None:
    def fold(db: sqlite3.Connection) -> None:
        cutoff = datetime(2026, 10, 1, 12, tzinfo=UTC)
        retention.fold(db, people.meridian, people.harbour, cutoff, ZoneInfo("Europe/London"))

    await house.store.write(fold)
    page = await ada.page(f"{url}/1/calls")
    assert page.count("<tr role") == 31 - 12
    assert "12 older calls of this line (00:44:12, £1.48) are kept as totals only." in page
    assert "The calls add up to the line" in page


async def test_calls_are_not_listed_when_the_customer_asked_for_sums_alone(
    house: House, people: People, ada: Browser, url: str
) -> None:
    def choose(db: sqlite3.Connection) -> None:
        user_id = db.execute("SELECT id FROM users WHERE email = 'ada@harbour.example'").fetchone()[0]
        itemisation.choose(db, people.meridian, people.harbour, False, user_id, factories.NOW)

    await house.store.write(choose)
    page = await ada.page(f"{url}/1/calls")
    assert "07700" not in page and "<tr role" not in page
    assert "You asked for calls not to be listed one by one" in page
    assert "The calls add up to the line: £3.70." in page


@pytest.mark.parametrize("listed", [False, True])
async def test_free_call_to_a_helpline_is_listed_only_where_the_organisation_says_so(
    house: House, people: People, ada: Browser, url: str, listed: bool
) -> None:
    def add(db: sqlite3.Connection) -> None:
        invoice = db.execute("SELECT id FROM invoices WHERE number = 'INV-1001'").fetchone()[0]
        free = {
            "price": 0,
            "number": "116123",
            "destination": "Helpline",
            "invoice_id": invoice,
            "line_position": 1,
        }
        factories.call(db, people.meridian, people.harbour, external_id="free", **free)
        db.execute("UPDATE portals SET list_free_calls = ?", (int(listed),))

    await house.store.write(add)
    page = await ada.page(f"{url}/1/calls")
    assert ("116123" in page) is listed
    assert f'<p class="figure">{31 if listed else 30}</p>' in page


async def test_number_is_called_by_the_name_that_the_customer_gave_it(
    house: House, people: People, ada: Browser, url: str
) -> None:
    def name(db: sqlite3.Connection) -> None:
        user_id = db.execute("SELECT id FROM users WHERE email = 'ada@harbour.example'").fetchone()[0]
        named = Named("07700 029", "The bakery")
        assert number_names.put(db, people.meridian, people.harbour, named, user_id, factories.NOW)

    await house.store.write(name)
    assert "The bakery" in await ada.page(f"{url}/1/calls")
