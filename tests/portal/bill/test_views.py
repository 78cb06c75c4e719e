"""A bill is held against the one before it: what changed, why, and the rows behind every number."""

import re
import sqlite3
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from store import portals
from store.bill import line_sums
from tests import factories
from tests.portal.bill.bills import MOBILE, RENTAL, SEATS, Line, bill
from tests.portal.conftest import People
from tests.portal.house import Browser, House

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
DEAR_SEATS = replace(SEATS, net=3300, quantity=3)
MORE_MOBILE = replace(
    MOBILE,
    net=300,
    description="UK mobile from 01174960001, 3 calls",
    calls=(1_000_000, 1_000_000, 1_000_000),
)
NEW_NUMBER = replace(RENTAL, cli="01174960002")
NO_BREAK = "\N{NO-BREAK SPACE}"


def url(people: People, number: str) -> str:
    return f"/invoices/{factories.public(people.meridian, number)}"


def text(source: str) -> str:
    """The words of a page on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", source)).replace(NO_BREAK, " ").split())


@pytest.fixture
async def two(house: House, people: People) -> str:
    def put(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        bill(db, key, SEPTEMBER, RENTAL, SEATS, MOBILE)
        bill(db, key, OCTOBER, RENTAL, DEAR_SEATS, MORE_MOBILE, NEW_NUMBER)

    await house.store.write(put)
    return url(people, "INV-2026-10")


async def test_difference_is_said_in_one_sentence(ada: Browser, two: str) -> None:
    page = text(await ada.source(f"{two}/explained"))
    assert (
        "£25.14 more than in September 2026: £12.00 for more usage, £6.95 for a new number,"
        " £4.19 more VAT and £2.00 for higher prices." in page
    )


async def test_every_number_leads_to_its_rows(ada: Browser, people: People, two: str) -> None:
    source = await ada.source(f"{two}/explained")
    old = url(people, "INV-2026-09")
    for place in (
        f"{old}?line=2#line-2",
        f"{two}?line=2#line-2",
        f"{two}?by=number&amp;line=1#line-1",
        f"{two}/lines/3/calls",
    ):
        assert f'href="{place}"' in source, place
        page = await ada.source(place.partition("#")[0])
        assert "#" not in place or f'id="{place.partition("#")[2]}"' in page


async def test_where_calls_went_is_not_said_to_who_wants_no_list_of_them(ada: Browser, two: str) -> None:
    assert "Calls by destination" in await ada.page(f"{two}/explained")
    await ada.submit("/calls/names", "/calls/itemisation", {"itemised": "no"})
    page = text(await ada.source(f"{two}/explained"))
    assert "Calls by destination" not in page and "£25.14 more than in September 2026" in page


async def test_causes_and_tables_come_to_the_change(ada: Browser, two: str) -> None:
    source = await ada.source(f"{two}/explained")
    tables = re.findall(r'<table class="changes".*?</table>', source, re.DOTALL)
    assert len(tables) == 4
    for number, whole in enumerate(tables):
        table = whole.partition("</thead>")[2]
        rows = re.findall(r"<tr( class=\"[a-z]+\")?>.*?>([+−]?)£([0-9.]+)</t[dh]></tr>", table, re.DOTALL)
        amounts = [
            (kind, round(float(f"-{size}" if sign == "−" else size) * 100)) for kind, sign, size in rows
        ]
        total = [amount for kind, amount in amounts if "total" in kind]
        # The table of causes has groups with their rows; the others have rows alone.
        parts = [amount for kind, amount in amounts if ("group" in kind if number == 0 else not kind)]
        assert total == [2514] == [sum(parts)], number


async def test_picture_has_a_bar_for_each_cause_and_words_for_who_cannot_see_it(
    ada: Browser, two: str
) -> None:
    source = await ada.source(f"{two}/explained")
    assert source.count('<rect class="bar') == 5
    assert 'role="img" aria-labelledby="picture" aria-describedby="changes"' in source
    assert 'id="picture"' in source and 'id="changes"' in source


async def test_less_is_said_the_other_way_round(house: House, people: People, ada: Browser, two: str) -> None:
    def put(db: sqlite3.Connection) -> None:
        bill(db, (people.meridian, people.harbour), NOVEMBER, RENTAL, DEAR_SEATS, MORE_MOBILE)

    await house.store.write(put)
    page = text(await ada.source(f"{url(people, 'INV-2026-11')}/explained"))
    assert "£8.34 less than in October 2026: £6.95 less for a number that ended and £1.39 less VAT." in page


async def test_other_bill_may_be_chosen(house: House, people: People, ada: Browser, two: str) -> None:
    def put(db: sqlite3.Connection) -> None:
        bill(db, (people.meridian, people.harbour), NOVEMBER, RENTAL, SEATS, MOBILE)

    await house.store.write(put)
    chosen = factories.public(people.meridian, "INV-2026-09")
    source = await ada.source(f"{url(people, 'INV-2026-11')}/explained?with={chosen}")
    assert f'<option value="{chosen}" selected>' in source
    assert "Nothing has changed since September 2026." in text(source)


async def test_first_bill_says_so(ada: Browser, people: People, two: str) -> None:
    page = await ada.page(f"{url(people, 'INV-2026-09')}/explained")
    assert "This is your first bill" in page
    assert "Compare with last month" not in await ada.page(url(people, "INV-2026-09"))
    assert "Compare with last month" in await ada.page(two)


async def test_void_bill_and_credit_note_are_not_compared(
    house: House, people: People, ada: Browser, two: str
) -> None:
    def put(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        bill(db, key, NOVEMBER, RENTAL, number="VOID", status="void")
        bill(db, key, NOVEMBER, RENTAL, number="CN", kind="credit_note", credits_number="INV-2026-10")

    await house.store.write(put)
    assert "This invoice is void" in await ada.page(f"{url(people, 'VOID')}/explained")
    note = await ada.source(f"{url(people, 'CN')}/explained")
    assert "A credit note is not compared" in note and f'href="{two}/explained"' in note
    for number in ("VOID", "CN"):
        assert "Compare with last month" not in await ada.page(url(people, number))


async def test_bill_before_is_of_the_same_currency_and_sort_and_not_void(
    house: House, people: People, ada: Browser, two: str
) -> None:
    def put(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        bill(db, key, OCTOBER, RENTAL, number="Z-EUR", currency="EUR")
        bill(db, key, OCTOBER, RENTAL, number="Z-VOID", status="void")
        bill(db, key, OCTOBER, RENTAL, number="Z-NOTE", kind="credit_note")
        visit = factories.invoice(db, *key, "Z-VISIT", issued_on=date(2026, 11, 1), net=5000, tax=1000)
        factories.line(db, people.meridian, visit, kind="one_off", net=5000)
        bill(db, key, NOVEMBER, RENTAL, DEAR_SEATS, MORE_MOBILE, NEW_NUMBER)

    await house.store.write(put)
    source = await ada.source(f"{url(people, 'INV-2026-11')}/explained")
    assert "Nothing has changed since October 2026." in text(source)
    assert "Z-VISIT" in source and not any(number in source for number in ("Z-EUR", "Z-VOID", "Z-NOTE"))


async def test_what_cannot_be_compared_is_not_found(
    house: House, people: People, ada: Browser, two: str
) -> None:
    def put(db: sqlite3.Connection) -> None:
        bill(db, (people.meridian, people.harbour), SEPTEMBER, RENTAL, number="EUR", currency="EUR")
        bill(db, (people.meridian, people.neighbour), SEPTEMBER, RENTAL, number="NEXT")
        bill(db, (people.other, people.stranger), SEPTEMBER, RENTAL, number="FAR")

    await house.store.write(put)
    missing = await ada.source("/invoices/nothing/explained", 404)
    foreign = factories.public(people.other, "FAR")
    for path in (
        f"{url(people, 'NEXT')}/explained",
        f"/invoices/{foreign}/explained",
        f"{two}/explained?with={foreign}",
        f"{two}/explained?with={factories.public(people.meridian, 'NEXT')}",
        f"{two}/explained?with={factories.public(people.meridian, 'EUR')}",
        f"{two}/explained?with=nothing",
        f"{two}/explained?with={factories.public(people.meridian, 'INV-2026-10')}",
    ):
        assert await ada.source(path, 404) == missing, path


async def test_calls_are_compared_by_destination(
    house: House, people: People, ada: Browser, two: str
) -> None:
    source = await ada.source(f"{two}/explained")
    page = text(source)
    assert "Mobile 2 calls before, 3 calls now £2.00 → then £3.00 +£1.00" in page
    assert "Other charges £26.95 → then £46.90 +£19.95" in page


async def test_calls_are_left_out_when_their_pages_are_off(
    house: House, people: People, ada: Browser, two: str
) -> None:
    def switch(db: sqlite3.Connection) -> None:
        portal = portals.find(db, people.meridian)
        assert portal
        portals.save(db, people.meridian, replace(portal.settings, show_calls=False), factories.NOW)

    await house.store.write(switch)
    source = await ada.source(f"{two}/explained")
    assert "Calls by destination" not in source and "/calls" not in source
    assert "Calls and usage" not in await ada.source(two)


async def test_big_bill_says_that_its_calls_are_being_added_up_and_then_shows_them(
    house: House, people: People, ada: Browser, two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_sums, "_MANY", line_sums._MANY.replace(str(line_sums.FEW), "2"))
    assert "They are being added up by destination" in await ada.page(f"{two}/explained")
    for _ in range(50):
        if "Calls by destination" in await ada.page(f"{two}/explained"):
            return
    pytest.fail("the calls were not added up")


async def test_long_bill_stays_short(house: House, people: People, ada: Browser) -> None:
    def put(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        lines = [replace(RENTAL, cli=f"0117 {number}", category=f"Kind {number}") for number in range(120)]
        bill(db, key, SEPTEMBER, *lines)
        bill(db, key, OCTOBER, *[replace(line, net=line.net + place) for place, line in enumerate(lines)])

    await house.store.write(put)
    source = await ada.source(f"{url(people, 'INV-2026-10')}/explained")
    assert len(source) < 25_000
    assert "113 more lines" in source and "110 others" in source


async def test_bill_without_lines_says_what_no_line_explains(
    house: House, people: People, ada: Browser
) -> None:
    def put(db: sqlite3.Connection) -> None:
        bill(db, (people.meridian, people.harbour), SEPTEMBER, RENTAL)
        factories.invoice(
            db, people.meridian, people.harbour, "BARE", issued_on=date(2026, 11, 2), net=1000, tax=200
        )

    await house.store.write(put)
    assert "£10.00 more in charges without lines" in await ada.page(f"{url(people, 'BARE')}/explained")


async def test_credits_and_one_off_charges_are_rows_of_their_own(
    house: House, people: People, ada: Browser
) -> None:
    def put(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        bill(db, key, SEPTEMBER, RENTAL)
        work = Line(5000, "one_off", "Work", "Engineer visit")
        bill(db, key, OCTOBER, RENTAL, work, Line(-1000, "credit", "Credit", "Goodwill"))

    await house.store.write(put)
    page = await ada.page(f"{url(people, 'INV-2026-10')}/explained")
    assert "£50.00 more in one-off charges" in page and "£10.00 less by credits" in page
