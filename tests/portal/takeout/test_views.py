"""The customer's own data as one file: all of theirs, nobody else's, for who may, so many times a day."""

import csv
import io
import sqlite3
from dataclasses import replace
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest

from portal.takeout import calls as call_sheet
from portal.takeout import views
from store import audit, portals
from store.audit import Wanted
from store.profile_fields import Policy
from store.users import Role
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House

FILES = [
    "details.csv",
    "changes.csv",
    "invoices.csv",
    "invoice-lines.csv",
    "documents.csv",
    "payments.csv",
    "calls.csv",
    "number-names.csv",
]


def rows_of(db: sqlite3.Connection, organisation_id: int, account_id: int, mark: str) -> None:
    invoice = factories.invoice(db, organisation_id, account_id, f"INV-{mark}")
    factories.line(db, organisation_id, invoice, 1, description=f"=calls {mark}")
    factories.document(db, organisation_id, invoice, mark.encode())
    factories.payment(db, organisation_id, account_id, f"PAY-{mark}")
    factories.call(db, organisation_id, account_id, number=f"0117496{mark}")


@pytest.fixture
async def filled(house: House, people: People) -> None:
    """Rows of two customers of one organisation."""

    def fill(db: sqlite3.Connection) -> None:
        rows_of(db, people.meridian, people.harbour, "0001")
        rows_of(db, people.meridian, people.neighbour, "0002")

    await house.store.write(fill)


async def switch(house: House, **settings: object) -> None:
    changed: dict[str, Any] = settings

    def change(db: sqlite3.Connection) -> None:
        portal = portals.find(db, 1)
        assert portal
        portals.save(db, 1, replace(portal.settings, **changed), factories.NOW)

    await house.store.write(change)


async def taken(browser: Browser) -> dict[str, list[list[str]]]:
    response = await browser.submit("/takeout", "/takeout", {})
    assert (response.status, response.content_type) == (200, "application/zip")
    assert 'filename="your-data-2026-11-22.zip"' in response.headers["Content-Disposition"]
    with ZipFile(io.BytesIO(await response.read())) as found:
        assert found.testzip() is None
        return {
            name: list(csv.reader(io.StringIO(found.read(name).decode("utf-8-sig"))))
            for name in found.namelist()
        }


async def sent(browser: Browser, token: str) -> int:
    """Ask for the file and read it to its end."""
    response = await browser.post("/takeout", {"csrf": token})
    await response.read()
    return response.status


async def test_all_of_the_customer_is_in_the_file_and_nobody_elses(ada: Browser, filled: None) -> None:
    found = await taken(ada)
    assert list(found) == FILES
    assert ["E-mail address", "accounts@harbour.example"] in found["details.csv"]
    assert [row[0] for row in found["invoices.csv"]] == ["Number", "INV-0001"]
    assert [row[0] for row in found["documents.csv"]] == ["Invoice", "INV-0001"]
    assert [row[5] for row in found["payments.csv"]] == ["Reference", "PAY-0001"]
    assert [row[2] for row in found["calls.csv"]] == ["To", "01174960001"]
    assert "0002" not in str(found) and "Mill Lane" not in str(found)


async def test_names_for_numbers_are_in_it_when_calls_are_not_listed(ada: Browser, filled: None) -> None:
    await ada.submit("/calls/names", "/calls/names", {"number": "01174960001", "name": "The shop"})
    await ada.submit("/calls/names", "/calls/itemisation", {"itemised": "no"})
    found = await taken(ada)
    assert "calls.csv" not in found
    assert found["number-names.csv"] == [["Number", "Name"], ["01174960001", "The shop"]]


async def test_no_cell_is_a_formula(ada: Browser, filled: None) -> None:
    assert (await taken(ada))["invoice-lines.csv"][1][3] == "'=calls 0001"


async def test_changes_are_in_it_with_who_made_them(ada: Browser, filled: None) -> None:
    fields = {"email": "accounts@harbour.example", "phone": "0117 496 0000"}
    await ada.submit("/profile/contact", "/profile/contact", fields)
    [_header, row] = (await taken(ada))["changes.csv"]
    assert row[1:] == ["You", "Telephone", "020 7946 0000", "0117 496 0000"]


async def test_pages_go_on_where_the_last_one_ended(
    house: House, people: People, ada: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_sheet, "PAGE", 2)

    def fill(db: sqlite3.Connection) -> None:
        for number in range(5):
            factories.call(
                db, people.meridian, people.harbour, number=f"0117496000{number}", external_id=f"C{number}"
            )
            factories.invoice(
                db, people.meridian, people.harbour, f"INV-{number}", issued_on=date(2026, 1 + number, 1)
            )

    await house.store.write(fill)
    found = await taken(ada)
    assert sorted(row[2] for row in found["calls.csv"][1:]) == [f"0117496000{n}" for n in range(5)]
    assert len(found["invoices.csv"]) == 6


async def test_what_the_portal_does_not_show_is_not_in_it(house: House, ada: Browser, filled: None) -> None:
    await switch(house, show_calls=False, show_payments=False, field_phone=Policy.HIDDEN)
    page = await ada.page("/takeout")
    assert "calls.csv" not in page and "invoices.csv" in page
    found = await taken(ada)
    assert "calls.csv" not in found and "payments.csv" not in found
    assert "020 7946 0000" not in str(found)


async def test_it_is_written_down_and_ends_for_today(house: House, people: People, ada: Browser) -> None:
    token = await ada.token("/takeout")
    for _ in range(views.A_DAY):
        assert await sent(ada, token) == 200
    refused = await ada.post("/takeout", {"csrf": token})
    assert refused.status == 429 and "enough for today" in await refused.text()
    wanted = Wanted(action=views.ACTION)
    kept = await house.store.read(audit.page, people.meridian, wanted, None, 10)
    assert [(each.entry.object, each.entry.actor[:5]) for each in kept] == [("account:A100", "user:")] * 3


async def test_limit_is_over_a_day_later(house: House, ada: Browser) -> None:
    token = await ada.token("/takeout")
    for _ in range(views.A_DAY):
        await sent(ada, token)
    house.clock.advance(hours=24, seconds=1)
    await ada.sign_in()
    assert "3 more downloads today" in await ada.page("/takeout")


async def test_who_only_looks_has_no_download(house: House, people: People) -> None:
    def reader(db: sqlite3.Connection) -> None:
        factories.user(db, people.meridian, "rita@harbour.example", "A100", role=Role.READ)

    await house.store.write(reader)
    browser = house.browser()
    await browser.sign_in("rita@harbour.example")
    assert "/takeout" not in await browser.page("/profile")
    await browser.page("/takeout", 403)
    response = await browser.post("/takeout", {"csrf": await browser.token("/profile")})
    assert response.status == 403


async def test_who_signed_in_a_while_ago_says_who_they_are_first(house: House, ada: Browser) -> None:
    token = await ada.token("/takeout")
    house.clock.advance(minutes=11)
    for response in (await ada.get("/takeout"), await ada.post("/takeout", {"csrf": token})):
        assert response.status == 303
        assert response.headers["Location"] == "/security/proof?next=/takeout"


async def test_without_the_forms_token_nothing_leaves(ada: Browser) -> None:
    assert (await ada.post("/takeout", {"csrf": "x"})).status == 403
