"""The list of invoices, and one as a letter."""

import re
import sqlite3
from datetime import UTC, date, datetime

import pytest

from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House

_NUMBERS = re.compile(r'class="row" href="/invoices/[^"]+">([^<]+)<')
_OLDER = re.compile(r'href="([^"]+)" rel="next"')


async def numbers(browser: Browser, path: str) -> list[str]:
    return _NUMBERS.findall(await browser.page(path))


def several(db: sqlite3.Connection, people: People) -> None:
    add = factories.invoice
    key = people.meridian, people.harbour
    add(db, *key, "INV-DUE", issued_on=date(2026, 11, 1), due_on=date(2026, 11, 22))
    add(
        db,
        *key,
        "INV-LATE",
        issued_on=date(2026, 10, 1),
        due_on=date(2026, 11, 21),
        status="partly_settled",
        paid=2000,
    )
    add(db, *key, "INV-PAID", issued_on=date(2026, 9, 1), status="settled", paid=12_000, po_number="PO%7")
    add(
        db, *key, "CN-1", issued_on=date(2026, 8, 1), kind="credit_note", status="settled", net=-500, tax=-100
    )
    add(db, *key, "INV-VOID", issued_on=date(2025, 12, 31), status="void")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["INV-DUE", "INV-LATE", "INV-PAID", "CN-1", "INV-VOID"]),
        ("?show=due", ["INV-DUE", "INV-LATE"]),
        ("?show=overdue", ["INV-LATE"]),
        ("?show=settled", ["INV-PAID", "CN-1"]),
        ("?show=credits", ["CN-1"]),
        ("?show=void", ["INV-VOID"]),
        ("?year=2025", ["INV-VOID"]),
        ("?search=paid", ["INV-PAID"]),
        ("?search=O%257", ["INV-PAID"]),
        ("?search=%25", ["INV-PAID"]),
        ("?search=_", []),
        ("?show=nonsense&year=20x6&after=nonsense", ["INV-DUE", "INV-LATE", "INV-PAID", "CN-1", "INV-VOID"]),
        ("?after=2026-99-99~x", ["INV-DUE", "INV-LATE", "INV-PAID", "CN-1", "INV-VOID"]),
    ],
)
async def test_list_is_narrowed_by_its_address(
    house: House, people: People, ada: Browser, query: str, found: list[str]
) -> None:
    await house.store.write(several, people)
    assert await numbers(ada, f"/invoices{query}") == found


async def test_totals_say_what_is_due_and_overdue(house: House, people: People, ada: Browser) -> None:
    await house.store.write(several, people)
    page = await ada.page("/invoices")
    assert "£220.00" in page and "£100.00" in page
    assert "−£6.00" in page


async def test_invoice_is_overdue_from_the_organisations_midnight(
    house: House, people: People, browser: Browser
) -> None:
    await house.store.write(
        factories.invoice,
        people.meridian,
        people.harbour,
        issued_on=date(2026, 6, 1),
        due_on=date(2026, 7, 10),
    )
    house.clock.now = datetime(2026, 7, 10, 22, 59, 59, tzinfo=UTC)
    await browser.sign_in()
    assert "Overdue" not in (await browser.page("/invoices")).split("<table")[1]
    house.clock.now = datetime(2026, 7, 10, 23, 0, tzinfo=UTC)
    assert "Overdue" in (await browser.page("/invoices")).split("<table")[1]


async def test_long_list_is_walked_page_by_page_without_gap_or_double(
    house: House, people: People, ada: Browser
) -> None:
    def many(db: sqlite3.Connection) -> None:
        batch = factories.batch(db, people.meridian)
        for number in range(5000):
            day = date(2026, 11, 1 + number % 3)
            factories.invoice(
                db, people.meridian, people.harbour, f"N-{number}", issued_on=day, batch_id=batch
            )

    await house.store.write(many)
    seen: list[str] = []
    path: str | None = "/invoices?show=due"
    while path:
        page = await ada.page(path)
        seen += _NUMBERS.findall(page)
        older = _OLDER.search(page)
        path = older[1] if older else None
    assert len(seen) == len(set(seen)) == 5000


async def test_empty_list_says_why(house: House, people: People, ada: Browser) -> None:
    assert "No invoices yet" in await ada.page("/invoices")
    assert "No invoice fits" in await ada.page("/invoices?search=x")


def letter(db: sqlite3.Connection, people: People) -> None:
    key = people.meridian, people.harbour
    invoice = factories.invoice(
        db, *key, net=10_100, tax=2000, paid=5000, status="partly_settled", po_number="PO-9"
    )
    line = factories.line
    line(
        db,
        people.meridian,
        invoice,
        1,
        kind="recurring",
        category="Rental",
        description="Seat",
        net=6000,
        cost_centre="HQ",
    )
    line(
        db,
        people.meridian,
        invoice,
        2,
        category="Calls",
        description="UK mobiles",
        net=3000,
        cli="02079460000",
    )
    line(db, people.meridian, invoice, 3, kind="recurring", category="Rental", description="Trunk", net=1000)
    line(db, people.meridian, invoice, 4, kind="one_off", category="", description="Postage", net=100)
    factories.tax(db, people.meridian, invoice, net=10_000, amount=2000)
    factories.tax(db, people.meridian, invoice, code="exempt", rate=0, net=100, amount=0)
    payment = factories.payment(db, *key, amount=5000)
    factories.allocation(db, people.meridian, payment, invoice, 5000)
    factories.call(db, *key, invoice_id=invoice, line_position=2)
    factories.document(db, people.meridian, invoice)
    factories.invoice(db, *key, "CN-7", kind="credit_note", credits_number="INV-1001", net=-100, tax=-20)


@pytest.fixture
async def invoice_url(house: House, people: People) -> str:
    await house.store.write(letter, people)
    return f"/invoices/{factories.public(people.meridian, 'INV-1001')}"


async def test_lines_are_grouped_by_category_with_subtotals(ada: Browser, invoice_url: str) -> None:
    page = await ada.page(invoice_url)
    assert page.index("Rental") < page.index("Seat") < page.index("Trunk") < page.index("UK mobiles")
    assert page.index("UK mobiles") < page.index("Other charges") < page.index("Postage")
    assert "£70.00" in page
    assert "HQ" in page and "02079460000" in page and "PO-9" in page


async def test_vat_stands_per_rate_as_invoiced(ada: Browser, invoice_url: str) -> None:
    page = await ada.page(invoice_url)
    assert "VAT 20% on £100.00" in page
    assert "Exempt from VAT on £1.00" in page
    assert "£121.00" in page


async def test_payments_received_and_what_is_left_are_shown(
    people: People, ada: Browser, invoice_url: str
) -> None:
    page = await ada.page(invoice_url)
    assert "−£50.00" in page and "£71.00" in page
    assert f'href="/payments/{factories.public(people.meridian, "PAY-1")}"' in page


async def test_only_lines_with_calls_open_to_them(ada: Browser, invoice_url: str) -> None:
    page = await ada.page(invoice_url)
    assert f'href="{invoice_url}/lines/2/calls"' in page
    assert f"{invoice_url}/lines/1/calls" not in page
    assert 'id="line-2"' in page


async def test_credit_note_and_its_invoice_lead_to_each_other(
    people: People, ada: Browser, invoice_url: str
) -> None:
    note = f"/invoices/{factories.public(people.meridian, 'CN-7')}"
    assert f'href="{note}"' in await ada.page(invoice_url)
    page = await ada.page(note)
    assert f'href="{invoice_url}"' in page and "Credit note CN-7" in page and "How to pay" not in page


async def test_bank_details_can_be_selected_and_copied(house: House, ada: Browser, invoice_url: str) -> None:
    def details(db: sqlite3.Connection) -> None:
        db.execute(
            "UPDATE organisations SET payment_details = :text",
            {"text": "Sort code: 20-00-00\n\nQuote <b>the</b> number\nSee https://pay.example"},
        )

    await house.store.write(details)
    source = await ada.source(invoice_url)
    assert 'data-copy="20-00-00"' in source and ">Sort code<" in source
    assert "Quote &lt;b&gt;the&lt;/b&gt; number" in source
    assert "<p>See https://pay.example</p>" in source


async def test_void_invoice_says_so_and_asks_for_nothing(house: House, people: People, ada: Browser) -> None:
    await house.store.write(factories.invoice, people.meridian, people.harbour, "V-1", status="void")
    page = await ada.page(f"/invoices/{factories.public(people.meridian, 'V-1')}")
    assert "This invoice is void" in page and "To pay" not in page
