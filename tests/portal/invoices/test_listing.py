"""The list's folded filters, its CSV, and the address of another customer's invoice of the same user."""

import csv
import io
import sqlite3
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest

from portal.invoices import lines_file
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House
from tests.portal.invoices.test_views import numbers


def priced(db: sqlite3.Connection, people: People) -> None:
    key = people.meridian, people.harbour
    cheap = factories.invoice(db, *key, "INV-A", issued_on=date(2026, 9, 30), net=1000, tax=200)
    dear = factories.invoice(db, *key, "INV-B", issued_on=date(2026, 10, 1), net=100_000, tax=20_000)
    factories.invoice(db, *key, "INV-YEN", issued_on=date(2026, 10, 2), net=1000, tax=200, currency="JPY")
    factories.invoice(
        db, *key, "CN-1", issued_on=date(2026, 10, 3), kind="credit_note", net=-500, tax=-100, po_number="=PO"
    )
    factories.line(db, people.meridian, cheap, description="Handset, blue", cost_centre="Warehouse")
    factories.line(db, people.meridian, dear, description="100% fibre", cost_centre="Office")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("first=2026-10-01", ["CN-1", "INV-YEN", "INV-B"]),
        ("last=2026-09-30", ["INV-A"]),
        ("first=2026-10-01&last=2026-10-01", ["INV-B"]),
        ("first=2026-10-01&year=2025", ["CN-1", "INV-YEN", "INV-B"]),
        ("least=12&most=12", ["INV-A"]),
        ("least=£1,200.00", ["INV-YEN", "INV-B"]),
        ("most=6", ["CN-1"]),
        ("least=nonsense&most=-3", ["CN-1", "INV-YEN", "INV-B", "INV-A"]),
        ("cost_centre=Office", ["INV-B"]),
        ("cost_centre=Nobody", []),
        ("search=handset", ["INV-A"]),
        ("search=100%25+fibre", ["INV-B"]),
        ("search=1_0", []),
    ],
)
async def test_list_is_narrowed_by_days_amounts_cost_centre_and_words_of_lines(
    house: House, people: People, ada: Browser, query: str, found: list[str]
) -> None:
    await house.store.write(priced, people)
    assert await numbers(ada, f"/invoices?{query}") == found


async def test_folded_filters_are_open_when_one_of_them_is_set(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(priced, people)
    assert 'class="fold more">' in await ada.page("/invoices?year=2026")
    page = await ada.page("/invoices?least=£12")
    assert 'class="fold more" open>' in page and 'value="£12"' in page
    assert '<option value="Warehouse">' in page


async def test_csv_has_the_rows_of_the_same_filters_and_no_formula(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(priced, people)
    response = await ada.get("/invoices.csv?first=2026-10-02")
    assert response.headers["Content-Disposition"] == 'attachment; filename="invoices.csv"'
    rows = list(csv.DictReader(io.StringIO((await response.read()).decode("utf-8-sig"))))
    assert [row["Number"] for row in rows] == ["CN-1", "INV-YEN"]
    assert (rows[0]["Total"], rows[0]["Your order"], rows[0]["Kind"]) == ("-6.00", "'=PO", "Credit note")
    assert (rows[1]["Total"], rows[1]["Currency"]) == ("1200", "JPY")


async def test_csv_of_a_long_list_is_whole(house: House, people: People, ada: Browser) -> None:
    def many(db: sqlite3.Connection) -> None:
        batch = factories.batch(db, people.meridian)
        for number in range(1203):
            day = date(2026, 11, 1 + number % 3)
            factories.invoice(
                db, people.meridian, people.harbour, f"N-{number}", issued_on=day, batch_id=batch
            )

    await house.store.write(many)
    text = (await (await ada.get("/invoices.csv")).read()).decode("utf-8-sig")
    assert len({row["Number"] for row in csv.DictReader(io.StringIO(text))}) == 1203


async def test_lines_are_a_file_of_their_own(house: House, people: People, ada: Browser) -> None:
    await house.store.write(priced, people)
    response = await ada.get(f"/invoices/{factories.public(people.meridian, 'INV-B')}/lines.csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="INV-B-lines.csv"'
    [row] = csv.DictReader(io.StringIO((await response.read()).decode("utf-8-sig")))
    assert (row["Description"], row["Cost centre"], row["Net"]) == ("100% fibre", "Office", "100.00")
    assert (row["VAT code"], row["VAT rate"], row["VAT"]) == ("standard", "20", "20.00")


@pytest.mark.parametrize("sign", [1, -1])
async def test_a_credit_note_takes_off_in_every_column_whatever_sign_it_was_sent_with(
    house: House, people: People, ada: Browser, sign: int
) -> None:
    key = people.meridian, people.harbour
    sent: dict[str, Any] = {"net": 500 * sign, "tax": 100 * sign, "paid": 200 * sign}
    await house.store.write(lambda db: factories.invoice(db, *key, "CN-9", kind="credit_note", **sent))
    text = (await (await ada.get("/invoices.csv")).read()).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(text))
    found = [row[name] for name in ("Net", "VAT", "Total", "Settled", "To pay")]
    assert found == ["-5.00", "-1.00", "-6.00", "-2.00", "-4.00"]


async def test_the_longest_cost_centre_can_be_chosen(house: House, people: People, ada: Browser) -> None:
    longest = "Möbel & " * 25

    def lines(db: sqlite3.Connection) -> None:
        invoice = factories.invoice(db, people.meridian, people.harbour, "INV-LONG")
        factories.line(db, people.meridian, invoice, cost_centre=longest.strip())

    await house.store.write(lines)
    assert "INV-LONG" in await ada.page(f"/invoices?{urlencode({'cost_centre': longest})}")


async def test_a_file_of_many_lines_is_written_in_parts(
    house: House, people: People, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines_file, "ROWS", 2)

    def five(db: sqlite3.Connection) -> None:
        invoice = factories.invoice(db, people.meridian, people.harbour, "INV-5")
        for position in range(1, 6):
            factories.line(db, people.meridian, invoice, position)

    await house.store.write(five)
    response = await ada.get(f"/invoices/{factories.public(people.meridian, 'INV-5')}/lines.csv")
    rows = csv.DictReader(io.StringIO((await response.read()).decode("utf-8-sig")))
    assert [row["Line"] for row in rows] == ["1", "2", "3", "4", "5"]


async def test_invoice_of_another_account_of_the_same_user_is_offered_there(
    house: House, people: People, ada: Browser
) -> None:
    def second(db: sqlite3.Connection) -> None:
        factories.account(db, people.meridian, "A300", name="Harbour Boats")
        db.execute(
            "INSERT INTO memberships (organisation_id, user_id, account_id, role) SELECT u.organisation_id, u.id, a.id,"
            " 'full' FROM users u JOIN accounts a ON a.organisation_id = u.organisation_id AND a.reference = 'A300'"
            " WHERE u.email = 'ada@harbour.example' AND u.organisation_id = ?",
            (people.meridian,),
        )
        [boats] = db.execute("SELECT id FROM accounts WHERE reference = 'A300'").fetchone()
        factories.invoice(db, people.meridian, boats, "INV-BOATS")
        factories.invoice(db, people.meridian, people.neighbour, "INV-MILL")

    await house.store.write(second)
    path = f"/invoices/{factories.public(people.meridian, 'INV-BOATS')}"
    page = await ada.page(path)
    assert "Change to Harbour Boats and open it" in page and "INV-BOATS" not in page
    assert (await ada.submit(path, "/accounts", {"account": "A300", "next": path})).headers[
        "Location"
    ] == path
    assert "Invoice INV-BOATS" in await ada.page(path)
    for place in ("//evil.example", "https://evil.example/", "/\\evil.example"):
        sent = await ada.submit("/accounts", "/accounts", {"account": "A100", "next": place})
        assert sent.headers["Location"] == "/"
    theirs = await ada.source(f"/invoices/{factories.public(people.meridian, 'INV-MILL')}", 404)
    assert theirs == await ada.source("/invoices/never-was", 404)
