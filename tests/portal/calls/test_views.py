"""Calls of a month."""

import re
import sqlite3
from datetime import UTC, datetime

import pytest

from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House

_OLDER = re.compile(r'href="([^"]+)" rel="next"')


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def several(db: sqlite3.Connection, people: People) -> None:
    key = people.meridian, people.harbour
    invoice = factories.invoice(db, *key)
    factories.line(db, people.meridian, invoice, 7)
    add = factories.call
    add(db, *key, datetime(2026, 10, 31, 23, 59, tzinfo=UTC), external_id="oct", number="0100 october")
    add(
        db,
        *key,
        datetime(2026, 11, 1, 0, 0, tzinfo=UTC),
        external_id="1",
        number="0100 first",
        invoice_id=invoice,
        line_position=7,
    )
    add(
        db,
        *key,
        datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        external_id="2",
        number="0100 text",
        type="sms",
        price=0,
        in_bundle=1,
    )
    add(
        db,
        *key,
        datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        external_id="3",
        number="",
        type="data",
        data_bytes=3_400_000,
        cli="07700900999",
        destination="Mobile data",
    )


async def test_newest_month_is_shown_first(house: House, people: People, ada: Browser) -> None:
    await house.store.write(several, people)
    page = plain(await ada.page("/calls"))
    assert "<h1>Calls in November 2026</h1>" in page
    assert "0100 october" not in page
    assert page.index("Mobile data") < page.index("0100 text") < page.index("0100 first")


async def test_each_call_shows_its_charge_and_line(house: House, people: People, ada: Browser) -> None:
    await house.store.write(several, people)
    page = plain(await ada.page("/calls"))
    public_id = factories.public(people.meridian, "INV-1001")
    assert f'href="/invoices/{public_id}#line-7">INV-1001, line 7</a>' in page
    assert "£0.1234" in page and "00:03:41" in page and "in bundle" in page
    assert "Not yet invoiced" in page and "3.4 MB" in page


@pytest.mark.parametrize(
    ("query", "present", "absent"),
    [
        ("?month=2026-10", "0100 october", "0100 first"),
        ("?month=1999-01", "0100 october", "0100 first"),
        ("?month=2099-01", "0100 first", "0100 october"),
        ("?month=nonsense&type=nonsense&after=x~y", "0100 first", "0100 october"),
        ("?type=sms", "0100 text", "0100 first"),
        ("?cli=07700900999", "Mobile data", "0100 first"),
        ("?cli=nobody", "No calls fit", "0100 first"),
        ("?after=99999999999~99999999999999999999", "0100 first", "0100 october"),
    ],
)
async def test_list_is_narrowed_by_its_address(
    house: House, people: People, ada: Browser, query: str, present: str, absent: str
) -> None:
    await house.store.write(several, people)
    page = plain(await ada.page(f"/calls{query}"))
    assert present in page and absent not in page


async def test_chart_has_a_bar_a_local_day(house: House, people: People, ada: Browser) -> None:
    def summer(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        factories.call(db, *key, datetime(2026, 7, 14, 23, 30, tzinfo=UTC), external_id="1", price=500_000)
        factories.call(db, *key, datetime(2026, 7, 15, 12, 0, tzinfo=UTC), external_id="2", price=250_000)

    await house.store.write(summer)
    page = plain(await ada.page("/calls"))
    assert page.count('class="bar"') == 1
    assert '<th scope="row">15 Jul 2026</th><td class="number">2 calls, £0.75</td>' in page


async def test_hour_that_comes_twice_is_marked(house: House, people: People, ada: Browser) -> None:
    def night(db: sqlite3.Connection) -> None:
        for hour in (0, 1):
            started = datetime(2026, 10, 25, hour, 15, tzinfo=UTC)
            factories.call(db, people.meridian, people.harbour, started, external_id=str(hour))

    await house.store.write(night)
    page = plain(await ada.page("/calls"))
    assert page.count("25 Oct 2026 01:15:00") == 2
    assert page.index(">GMT<") < page.index(">BST<")


async def test_sums_stand_by_line_and_destination(house: House, people: People, ada: Browser) -> None:
    await house.store.write(factories.busy_month, people.meridian, people.harbour)
    page = plain(await ada.page("/calls"))
    assert "By line" in page and "By destination" in page
    assert page.count('<th scope="row" class="digits">') == 20
    assert "£49.36" in page


async def test_long_list_is_walked_page_by_page_without_gap_or_double(
    house: House, people: People, ada: Browser
) -> None:
    def many(db: sqlite3.Connection) -> None:
        batch = factories.batch(db, people.meridian)
        for number in range(200):
            started = datetime(2026, 11, 1 + number % 2, 8, 0, tzinfo=UTC)
            factories.call(
                db,
                people.meridian,
                people.harbour,
                started,
                external_id=f"{number}",
                number=f"n{number}n",
                batch_id=batch,
            )

    await house.store.write(many)
    seen: list[str] = []
    path: str | None = "/calls?month=2026-11&type=voice"
    while path:
        page = await ada.page(path)
        seen += re.findall(r"n\d+n", page)
        older = _OLDER.search(page)
        path = older[1] if older else None
    assert len(seen) == len(set(seen)) == 200


async def test_empty_list_says_what_will_come(ada: Browser) -> None:
    assert "No calls yet" in await ada.page("/calls")
