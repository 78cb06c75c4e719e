"""A customer's own details."""

import json
import sqlite3

import pytest

from store.users import Role
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House

ADDRESS = {
    "address1": "2 Dock Road",
    "address2": "",
    "town": "Bristol",
    "county": "",
    "postcode": "BS2 0AA",
    "country": "",
}


async def test_details_are_shown_as_imported(ada: Browser) -> None:
    page = await ada.page("/profile")
    for text in ("Harbour Coffee Ltd", "A100", "accounts@harbour.example", "020 7946 0000", "1 Quay Street"):
        assert text in page
    assert "Changed by you" not in page


async def test_change_is_shown_above_what_was_imported(ada: Browser) -> None:
    response = await ada.submit(
        "/profile/contact", "/profile/contact", {"email": "new@harbour.example", "phone": "020 7946 0000"}
    )
    assert (response.status, response.headers["Location"]) == (303, "/profile?saved=contact#contact")
    page = (await ada.page("/profile?saved=contact")).replace("\N{NO-BREAK SPACE}", " ")
    assert "new@harbour.example" in page and "Saved." in page
    assert "Changed by you on 22 November 2026; Meridian Telecom had accounts@harbour.example" in page


async def test_change_is_written_down(house: House, ada: Browser) -> None:
    await ada.submit("/profile/address", "/profile/address", ADDRESS)

    def written(db: sqlite3.Connection) -> sqlite3.Row:
        row: sqlite3.Row = db.execute(
            "SELECT actor, action, object, detail FROM audit ORDER BY id DESC"
        ).fetchone()
        return row

    row = await house.store.read(written)
    assert (row["action"], row["object"]) == ("account.edit", "account:A100")
    assert row["actor"].startswith("user:")
    assert "address1" in json.loads(row["detail"])["fields"]
    assert "Dock Road" not in row["detail"]


async def test_change_back_to_the_import_takes_the_edit_away(house: House, ada: Browser) -> None:
    for phone in ("0117 496 0000", "020 7946 0000"):
        fields = {"email": "accounts@harbour.example", "phone": phone}
        await ada.submit("/profile/contact", "/profile/contact", fields)

    def edits(db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT count(*) FROM account_edits").fetchone()[0])

    assert await house.store.read(edits) == 0


@pytest.mark.parametrize(
    ("section", "field", "value", "words"),
    [
        ("contact", "email", "", "Enter an e-mail address."),
        ("contact", "email", "not an address", "Enter an e-mail address such as"),
        ("contact", "email", "a@b.example\r\nBcc: c@d.example", "Enter an e-mail address such as"),
        ("contact", "phone", "<script>", "Enter a telephone number such as"),
        ("contact", "phone", "0" * 41, "at most 40 characters"),
        ("address", "address1", " ", "Enter the first line of the address."),
        ("address", "town", "x" * 101, "Town or city has at most 100 characters."),
        ("address", "postcode", "A\tB", "must be one line of plain text"),
    ],
)
async def test_mistake_is_said_beside_its_field_and_kept_for_mending(
    ada: Browser, section: str, field: str, value: str, words: str
) -> None:
    fields = {"email": "a@b.example", "phone": ""} if section == "contact" else ADDRESS
    response = await ada.submit(f"/profile/{section}", f"/profile/{section}", {**fields, field: value})
    text = await response.text()
    assert response.status == 400
    assert words in text and "There is a problem" in text and f'href="#{field}"' in text
    assert "<script>" not in text


async def test_name_cannot_be_changed_by_its_customer(ada: Browser) -> None:
    await ada.submit("/profile/address", "/profile/address", {**ADDRESS, "name": "Mine Now Ltd"})
    assert "Mine Now Ltd" not in await ada.page("/profile")


async def test_one_who_may_only_look_cannot_change(house: House, people: People) -> None:
    def reader(db: sqlite3.Connection) -> None:
        factories.user(db, people.meridian, "rita@harbour.example", "A100", role=Role.READ)

    await house.store.write(reader)
    browser = house.browser()
    await browser.sign_in("rita@harbour.example")
    page = await browser.page("/profile")
    assert "/profile/contact" not in page and "may look, not change" in page
    assert "You cannot do that here" in await browser.page("/profile/contact", 403)
    response = await browser.post("/profile/contact", {"csrf": await browser.token("/profile")})
    assert response.status == 403


async def test_section_that_is_not_there_is_not_found(ada: Browser) -> None:
    await ada.page("/profile/password", 404)
