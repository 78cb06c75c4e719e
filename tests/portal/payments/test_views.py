"""Payments and where they went."""

import re
import sqlite3
from datetime import date

import pytest

from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House

_OLDER = re.compile(r'href="([^"]+)" rel="next"')


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("pending_approval", "Waiting for approval"),
        ("pending_submission", "To be collected"),
        ("submitted", "With the bank"),
        ("confirmed", "Confirmed"),
        ("paid_out", "Paid"),
        ("failed", "Failed"),
        ("cancelled", "Cancelled"),
        ("charged_back", "Taken back by the bank"),
        ("denied", "Declined"),
    ],
)
async def test_status_is_said_in_a_word(
    house: House, people: People, ada: Browser, status: str, word: str
) -> None:
    await house.store.write(factories.payment, people.meridian, people.harbour, status=status)
    assert word in await ada.page("/payments")


async def test_payment_shows_the_invoices_it_settled(house: House, people: People, ada: Browser) -> None:
    def add(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        payment = factories.payment(db, *key, amount=10_000, invoice_number="INV-1")
        for number, amount in (("INV-1", 6000), ("INV-2", 3000)):
            factories.allocation(db, people.meridian, payment, factories.invoice(db, *key, number), amount)

    await house.store.write(add)
    page = await ada.page(f"/payments/{factories.public(people.meridian, 'PAY-1')}")
    assert f'href="/invoices/{factories.public(people.meridian, "INV-1")}"' in page
    assert all(amount in page for amount in ("£100.00", "£60.00", "£30.00", "£10.00"))
    assert "Not yet put to an invoice" in page


async def test_payment_without_invoice_says_so(house: House, people: People, ada: Browser) -> None:
    await house.store.write(factories.payment, people.meridian, people.harbour, invoice_number="GONE-1")
    page = await ada.page(f"/payments/{factories.public(people.meridian, 'PAY-1')}")
    assert "Not put to an invoice yet" in page and "GONE-1" in page


async def test_empty_list_says_what_will_come(ada: Browser) -> None:
    assert "No payments yet" in await ada.page("/payments")


async def test_long_list_is_walked_page_by_page(house: House, people: People, ada: Browser) -> None:
    def many(db: sqlite3.Connection) -> None:
        batch = factories.batch(db, people.meridian)
        for number in range(120):
            factories.payment(
                db, people.meridian, people.harbour, f"P-{number}", paid_on=date(2026, 11, 1), batch_id=batch
            )

    await house.store.write(many)
    seen: list[str] = []
    path: str | None = "/payments"
    while path:
        page = await ada.page(path)
        seen += re.findall(r'class="row" href="([^"]+)"', page)
        older = _OLDER.search(page)
        path = older[1] if older else None
    assert len(seen) == len(set(seen)) == 120
