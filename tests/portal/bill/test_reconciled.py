"""An invoice says whether its calls add up to its usage, and by how much not."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from store import portals, retention
from store.bill import line_sums
from store.bill.rounding import Rounding
from tests import factories
from tests.portal.bill.bills import MOBILE, RENTAL, Line, bill
from tests.portal.conftest import People
from tests.portal.house import Browser, House

OCTOBER = date(2026, 10, 1)
ABROAD = Line(103, "usage", "International", "Calls abroad", calls=(1_000_000,), destination="France")
ENQUIRIES = Line(95, "usage", "Other", "Directory enquiries", cli="")


async def put(house: House, people: People, *lines: Line, **fields: str) -> str:
    """A bill's address."""

    def write(db: sqlite3.Connection) -> None:
        bill(db, (people.meridian, people.harbour), OCTOBER, *lines, number="INV", **fields)

    await house.store.write(write)
    return f"/invoices/{factories.public(people.meridian, 'INV')}"


async def test_calls_that_add_up_are_said_to(house: House, people: People, ada: Browser) -> None:
    page = await ada.page(await put(house, people, RENTAL, MOBILE))
    assert "The calls listed add up to the usage on this invoice: £2.00." in page


async def test_difference_is_said_with_its_lines(house: House, people: People, ada: Browser) -> None:
    url = await put(house, people, RENTAL, MOBILE, ABROAD)
    page = await ada.page(url)
    assert "The calls listed come to £3.00, £0.03 less than the usage on this invoice: £3.03." in page
    assert f'<a href="{url}/lines/3/calls">Calls abroad</a>' in page
    assert "£0.03 less: the calls come to £1.00, the line to £1.03." in page
    assert f'{url}/lines/2/calls">UK mobile' not in page


async def test_differences_that_cancel_are_not_called_right(
    house: House, people: People, ada: Browser
) -> None:
    page = await ada.page(await put(house, people, replace(MOBILE, net=197), ABROAD))
    assert "come to the usage they are charged in, £3.00, but not line by line." in page
    assert "£0.03 more: the calls come to £2.00, the line to £1.97." in page


async def test_usage_without_a_list_is_called_so_and_not_wrong(
    house: House, people: People, ada: Browser
) -> None:
    page = await ada.page(await put(house, people, MOBILE, ENQUIRIES))
    assert "add up to the usage they are charged in: £2.00." in page
    assert "£0.95 of usage is charged without a list of calls." in page


async def test_invoice_that_lists_no_calls_says_that_alone(
    house: House, people: People, ada: Browser
) -> None:
    page = await ada.page(await put(house, people, ENQUIRIES))
    assert "£0.95 of usage is charged without a list of calls." in page
    assert "add up" not in page


async def test_invoice_without_usage_says_nothing_of_calls(
    house: House, people: People, ada: Browser
) -> None:
    assert "Calls and usage" not in await ada.page(await put(house, people, RENTAL))


async def test_rule_of_the_organisation_counts(house: House, people: People, ada: Browser) -> None:
    url = await put(house, people, replace(MOBILE, net=3, calls=(10_100, 10_100)))

    def rule(db: sqlite3.Connection) -> None:
        portal = portals.find(db, people.meridian)
        assert portal
        portals.save(db, people.meridian, replace(portal.settings, rounding=Rounding.UP), factories.NOW)

    assert "£0.01 less" in await ada.page(url)
    await house.store.write(rule)
    assert "add up to the usage on this invoice: £0.03." in await ada.page(url)


async def test_calls_that_are_no_longer_kept_make_no_difference(
    house: House, people: People, ada: Browser
) -> None:
    url = await put(house, people, MOBILE, ABROAD)

    def fold(db: sqlite3.Connection) -> None:
        cutoff = datetime(2026, 11, 1, tzinfo=UTC)
        retention.fold(db, people.meridian, people.harbour, cutoff, ZoneInfo("Europe/London"))

    await house.store.write(fold)
    page = await ada.page(url)
    assert "The calls of 1 line are not all kept any more, so they cannot be added up." in page
    assert "less" not in page and "Does not add up" not in page


async def test_credit_note_adds_up_too(house: House, people: People, ada: Browser) -> None:
    page = await ada.page(await put(house, people, replace(MOBILE, net=-200), kind="credit_note"))
    assert "add up to the usage on this invoice: £2.00." in page


async def test_line_says_it_on_the_page_of_its_calls(house: House, people: People, ada: Browser) -> None:
    url = await put(house, people, MOBILE, ABROAD)
    assert "The calls add up to the line: £2.00." in await ada.page(f"{url}/lines/1/calls")
    assert "The calls come to £1.00, £0.03 less than the line: £1.03." in await ada.page(
        f"{url}/lines/2/calls"
    )


async def test_big_invoice_is_added_up_after_the_answer(
    house: House, people: People, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = await put(house, people, MOBILE)
    monkeypatch.setattr(line_sums, "_MANY", line_sums._MANY.replace(str(line_sums.FEW), "1"))
    assert "There are many calls on this invoice." in await ada.page(url)
    for _ in range(50):
        if "add up to the usage on this invoice: £2.00." in await ada.page(url):
            break
    else:
        pytest.fail("the calls were not added up")
    assert "The calls add up to the line: £2.00." in await ada.page(f"{url}/lines/1/calls")
