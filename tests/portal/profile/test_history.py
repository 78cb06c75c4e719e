"""Changes of details for the customer to read: who, when, from what to what."""

import re
import sqlite3
from datetime import timedelta

from store import account_edit_log
from store.account_edit_log import Change
from store.instants import to_ms
from store.users import Role
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House

CONTACT = {"email": "accounts@harbour.example", "phone": "0117 496 0000"}
_OLDER = re.compile(r'href="(/profile/changes\?before=[^"]+)"')


def plain(page: str) -> str:
    text = re.sub(r"<[^>]+>", " ", page).replace("\N{NO-BREAK SPACE}", " ")
    return " ".join(text.split())


def imported(
    db: sqlite3.Connection, people: People, hours: int, /, *, state: str = "published", **fields: str
) -> None:
    """The source says something else, so many hours later."""
    batch = factories.batch(db, people.meridian, kind="customers", state=state)
    at = to_ms(factories.NOW + timedelta(hours=hours))
    db.execute("UPDATE batches SET published_at = ? WHERE id = ? AND state = 'published'", (at, batch))
    revision = dict(
        db.execute(
            "SELECT * FROM account_revisions WHERE account_id = ? ORDER BY id DESC", (people.harbour,)
        ).fetchone()
    )
    revision |= {"batch_id": batch, **fields}
    old = revision.pop("id")
    names = ", ".join(revision)
    db.execute(f"INSERT INTO account_revisions ({names}) VALUES (:{', :'.join(revision)})", revision)
    db.execute("UPDATE account_revisions SET superseded_by = ? WHERE id = ?", (batch, old))


async def test_change_of_the_readers_own_is_theirs(ada: Browser) -> None:
    await ada.submit("/profile/contact", "/profile/contact", CONTACT)
    page = plain(await ada.page("/profile"))
    assert "22 Nov 2026, 12:00 You Telephone from 020 7946 0000 to 0117 496 0000" in page


async def test_change_of_a_colleague_has_their_name(house: House, people: People, ada: Browser) -> None:
    await ada.submit("/profile/contact", "/profile/contact", CONTACT)

    def reader(db: sqlite3.Connection) -> None:
        factories.user(db, people.meridian, "rita@harbour.example", "A100", role=Role.READ)

    await house.store.write(reader)
    browser = house.browser()
    await browser.sign_in("rita@harbour.example")
    assert "ada@harbour.example Telephone from" in plain(await browser.page("/profile"))


async def test_change_of_staff_is_the_providers(house: House, people: People, ada: Browser) -> None:
    change = Change(people.harbour, "town", "Bath", "Bristol", "staff:3")
    await house.store.write(account_edit_log.add, people.meridian, change, factories.NOW)
    assert "Meridian Telecom Town or city from Bristol to Bath" in plain(await ada.page("/profile"))


async def test_change_of_an_import_is_the_providers(house: House, people: People, ada: Browser) -> None:
    await house.store.write(imported, people, 1, town="Bath", county="Somerset")
    page = plain(await ada.page("/profile"))
    assert (
        "22 Nov 2026, 13:00 Meridian Telecom Town or city from Bristol to Bath County from nothing to Somerset"
        in page
    )


async def test_import_that_is_a_draft_or_changes_nothing_is_not_told(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(imported, people, 1)
    await house.store.write(imported, people, 2, state="draft", town="Bath")
    assert "Nothing was changed yet." in await ada.page("/profile")


async def test_import_below_a_value_of_their_own_is_not_told(
    house: House, people: People, ada: Browser
) -> None:
    await ada.submit("/profile/contact", "/profile/contact", CONTACT)
    await house.store.write(imported, people, 1, phone="0117 496 9999")
    page = plain(await ada.page("/profile"))
    assert "0117 496 0000" in page and "0117 496 9999" not in page.partition("Changes of your details")[2]


async def test_twenty_are_shown_and_the_rest_is_older(house: House, people: People, ada: Browser) -> None:
    def many(db: sqlite3.Connection) -> None:
        for number in range(45):
            change = Change(people.harbour, "town", f"Town {number + 1}.", f"Town {number}.", "user:1")
            account_edit_log.add(db, people.meridian, change, factories.NOW + timedelta(minutes=number // 2))

    await house.store.write(many)
    seen, path = [], "/profile"
    while path:
        page = await ada.page(path)
        seen += re.findall(r"to Town (\d+)\.", plain(page))
        older = _OLDER.search(page)
        path = older[1] if older else ""
    assert [int(number) for number in seen] == list(range(45, 0, -1))


async def test_changes_of_another_customer_are_not_among_them(
    house: House, people: People, ada: Browser
) -> None:
    for account_id, organisation_id in ((people.neighbour, people.meridian), (people.stranger, people.other)):
        change = Change(account_id, "town", "Elsewhere", "Bristol", "user:2")
        await house.store.write(account_edit_log.add, organisation_id, change, factories.NOW)
    assert "Elsewhere" not in await ada.page("/profile")


async def test_place_that_is_none_shows_the_newest(ada: Browser) -> None:
    await ada.submit("/profile/contact", "/profile/contact", CONTACT)
    for text in ("x", "1-2", "1-2-x", "9" * 30, "1-0-" + "9" * 20):
        assert "0117 496 0000" in await ada.page(f"/profile/changes?before={text}")
