"""Payments and where they went."""

import csv
import io
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


async def test_filters_of_the_address_narrow_the_list(house: House, people: People, ada: Browser) -> None:
    def some(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        factories.payment(db, *key, "P-1", paid_on=date(2025, 5, 1))
        factories.payment(db, *key, "P-2", status="failed", failure="Insufficient funds")
        factories.payment(db, *key, "P-3", status="submitted")

    await house.store.write(some)

    async def found(query: str) -> set[str]:
        ids = re.findall(r'class="row" href="/payments/([^"]+)"', await ada.page(f"/payments{query}"))
        names = {factories.public(people.meridian, name): name for name in ("P-1", "P-2", "P-3")}
        return {names[each] for each in ids}

    assert await found("?show=received") == {"P-1"}
    assert await found("?show=returned") == {"P-2"}
    assert await found("?show=under_way&year=2026") == {"P-3"}
    assert await found("?year=2025") == {"P-1"}
    assert await found("?show=nonsense&year=20x5&after=nonsense") == {"P-1", "P-2", "P-3"}
    page = await ada.page("/payments?show=cancelled")
    assert "No payment fits" in page and 'href="/payments"' in page
    assert "Insufficient funds" in await ada.page("/payments")


async def test_filters_last_from_page_to_page(house: House, people: People, ada: Browser) -> None:
    def many(db: sqlite3.Connection) -> None:
        batch = factories.batch(db, people.meridian)
        for number in range(60):
            status = "failed" if number % 10 else "paid_out"
            factories.payment(
                db, people.meridian, people.harbour, f"P-{number}", status=status, batch_id=batch
            )

    await house.store.write(many)
    older = _OLDER.search(await ada.page("/payments?show=returned"))
    assert older and "show=returned" in older[1]
    assert len(re.findall(r'class="row" href', await ada.page(older[1]))) == 4


async def test_credit_that_is_not_used_stands_above_the_list(
    house: House, people: People, ada: Browser
) -> None:
    def pay(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        payment = factories.payment(db, *key, amount=20_000)
        factories.allocation(db, key[0], payment, factories.invoice(db, *key))
        factories.payment(db, *key, "EUR", amount=501, currency="EUR")

    await house.store.write(pay)
    page = await ada.page("/payments")
    assert "You have £80.00 in credit that is not used yet." in page
    assert "You have €5.01 in credit that is not used yet." in page
    assert "INV-1001" in page


async def test_mandate_is_shown_masked_with_its_rule(house: House, people: People, ada: Browser) -> None:
    await house.store.write(
        factories.mandate, people.meridian, people.harbour, collection_day=15, signed_on="2026-03-02"
    )
    page = (await ada.page("/payments")).replace("\N{NO-BREAK SPACE}", " ")
    assert "Direct Debit" in page and "Active" in page and "Barclays, account ending 4021" in page
    assert "on or after day 15 of the month" in page and "2 March 2026" in page
    assert "To change or end it, please ask Meridian Telecom." in page


async def test_failed_payment_says_why_and_that_it_is_tried_again(
    house: House, people: People, ada: Browser
) -> None:
    def fail(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        factories.invoice(db, *key)
        factories.payment(
            db,
            *key,
            status="failed",
            invoice_number="INV-1001",
            failure="No account",
            paid_on=date(2026, 11, 3),
        )

    await house.store.write(fail)
    path = f"/payments/{factories.public(people.meridian, 'PAY-1')}"
    page = await ada.page(path)
    assert "Reason given: No account" in page and "No other collection of it is announced." in page
    assert f'href="/invoices/{factories.public(people.meridian, "INV-1001")}#pay"' in page
    await house.store.write(
        factories.payment,
        people.meridian,
        people.harbour,
        "PAY-2",
        status="pending_submission",
        invoice_number="INV-1001",
        collected_on=date(2026, 11, 30),
    )
    page = (await ada.page(path)).replace("\N{NO-BREAK SPACE}", " ")
    assert "collected again on or after 30 November 2026" in page
    assert f'href="/payments/{factories.public(people.meridian, "PAY-2")}"' in page


async def test_csv_holds_every_payment_of_the_filters(house: House, people: People, ada: Browser) -> None:
    def some(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        batch = factories.batch(db, people.meridian)
        for number in range(1100):
            factories.payment(db, *key, f"P-{number:04}", batch_id=batch)
        factories.payment(
            db, *key, "P-F", status="failed", amount=-501, failure="=1+1", collected_on=date(2026, 11, 9)
        )
        payment = factories.payment(db, *key, "P-A", paid_on=date(2026, 11, 20))
        factories.allocation(db, people.meridian, payment, factories.invoice(db, *key))
        factories.payment(db, people.meridian, people.neighbour, "P-THEIRS")

    await house.store.write(some)
    response = await ada.get("/payments/all.csv")
    assert response.content_type == "text/csv" and "payments.csv" in response.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO((await response.text()).removeprefix("\ufeff"))))
    assert len(rows) == 1102 == len({row["Reference"] for row in rows})
    assert rows[0] == {
        "Date": "2026-11-20",
        "Method": "Direct Debit",
        "Status": "Paid",
        "Amount": "120.00",
        "Currency": "GBP",
        "Reference": "P-A",
        "Paid for": "",
        "Went to": "INV-1001",
        "Collected on": "",
        "Reason given": "",
    }
    failed = (await (await ada.get("/payments/all.csv?show=returned")).text()).splitlines()
    assert len(failed) == 2 and failed[1].endswith(",-5.01,GBP,P-F,,,2026-11-09,'=1+1")


async def test_csv_is_gone_with_its_page(house: House, people: People, ada: Browser) -> None:
    await house.store.write(lambda db: db.execute("UPDATE portals SET show_payments = 0"))
    assert (await ada.get("/payments/all.csv")).status == 404
