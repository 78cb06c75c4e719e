"""Who of the customers has seen which invoice: people alone."""

import sqlite3

import pytest

from store import sightings
from store.sightings import Sighting
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House


@pytest.fixture
async def invoice(house: House, people: People) -> int:
    def made(db: sqlite3.Connection) -> int:
        invoice_id = factories.invoice(db, people.meridian, people.harbour)
        factories.document(db, people.meridian, invoice_id)
        return invoice_id

    return await house.store.write(made)


async def seen(house: House, people: People, invoice: int) -> list[Sighting]:
    return await house.store.read(sightings.of_invoice, people.meridian, invoice)


async def test_opening_an_invoice_and_downloading_it_are_written(
    house: House, people: People, ada: Browser, invoice: int
) -> None:
    page = f"/invoices/{factories.public(people.meridian, 'INV-1001')}"
    await ada.page(page)
    (found,) = await seen(house, people, invoice)
    assert (found.email, found.downloaded_at) == ("ada@harbour.example", None)
    house.clock.advance(minutes=3)
    assert (await ada.get(f"{page}/document")).status == 200
    (found,) = await seen(house, people, invoice)
    assert found.first_at == factories.NOW
    assert found.last_at == found.downloaded_at == house.clock.now


async def test_made_pdf_counts_as_a_download_too(house: House, people: People, ada: Browser) -> None:
    made = await house.store.write(factories.invoice, people.meridian, people.harbour, "INV-2")
    assert (await ada.get(f"/invoices/{factories.public(people.meridian, 'INV-2')}/document")).status == 200
    (found,) = await seen(house, people, made)
    assert found.downloaded_at == factories.NOW


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}]
)
async def test_what_a_browser_fetches_ahead_is_no_sight(
    house: House, people: People, ada: Browser, invoice: int, headers: dict[str, str]
) -> None:
    page = f"/invoices/{factories.public(people.meridian, 'INV-1001')}"
    assert (await ada.get(page, **headers)).status == 200
    assert (await ada.get(f"{page}/document", **headers)).status == 200
    assert await seen(house, people, invoice) == []


async def test_look_at_the_head_is_no_sight(house: House, people: People, ada: Browser, invoice: int) -> None:
    page = f"/invoices/{factories.public(people.meridian, 'INV-1001')}"
    for path in (page, f"{page}/document"):
        sent = {"Host": ada.host}
        assert (await ada.client.head(path, headers=sent, allow_redirects=False)).status == 200
    assert await seen(house, people, invoice) == []


async def test_stranger_and_missing_invoice_leave_nothing(
    house: House, people: People, browser: Browser, ada: Browser, invoice: int
) -> None:
    await browser.get(f"/invoices/{factories.public(people.meridian, 'INV-1001')}")
    await ada.page("/invoices/no-such-id", 404)
    assert await seen(house, people, invoice) == []
