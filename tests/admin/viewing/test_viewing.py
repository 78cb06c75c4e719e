"""Viewing as a customer, and what they have seen, from the console's side."""

import re
import sqlite3

import pytest

from store import organisations, sightings, tokens, viewing
from store.hostname import Hostname
from store.sightings import Sight
from store.viewing import HandOff
from tests import factories
from tests.fakes.admin_console import Browser, Console

HOST = Hostname("billing.acme.example")
CUSTOMER = "/organisations/acme/customers/A%2F100"


def harbour(db: sqlite3.Connection, slug: str = "acme") -> int:
    """A customer whose reference needs quoting."""
    organisation = organisations.by_slug(db, slug)
    assert organisation
    return factories.account(db, organisation.id, "A/100")


def name(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO domains (hostname, organisation_id, room, confirmation, live_at, created_at)"
        " VALUES (?, 1, 'portal', 'cname', 1, 1)",
        (HOST,),
    )


async def view(browser: Browser, customer: str = CUSTOMER) -> tuple[int, str]:
    await browser.get("/organisations/acme")
    answer = await browser.post(f"{customer}/view")
    return answer.status, answer.text


async def test_hand_off_leads_to_the_portal_s_own_name(console: Console, admin: Browser) -> None:
    account_id = await console.store.write(harbour)
    await console.store.write(name)
    await admin.get("/organisations/acme")
    answer = await admin.post(f"{CUSTOMER}/view")
    assert answer.status == 200 and answer.headers["Referrer-Policy"] == "no-referrer"
    url = answer.headers["Refresh"].removeprefix("0; url=")
    assert url.startswith(f"https://{HOST}/viewing/") and f'href="{url}"' in answer.text
    token = url.rpartition("/")[2]
    handed = await console.store.read(viewing.look, 1, HOST, token, console.now)
    assert isinstance(handed, HandOff)
    assert (handed.account.account_id, handed.viewer.email) == (account_id, "admin@acme.example")
    console.passes(minutes=1)
    assert await console.store.read(viewing.look, 1, HOST, token, console.now) is None


async def test_operator_may_view_too(console: Console, browser: Browser) -> None:
    await console.store.write(harbour)
    await console.store.write(name)
    await console.add_operator()
    await browser.sign_in("op@provider.example")
    assert (await view(browser))[0] == 200


async def test_portal_without_a_name_cannot_be_viewed(console: Console, admin: Browser) -> None:
    await console.store.write(harbour)
    status, text = await view(admin)
    assert status == 409 and "has no address yet" in text


async def test_customers_of_others_are_as_missing_as_none(console: Console, admin: Browser) -> None:
    await console.add_organisation("beacon")
    await console.store.write(harbour, "beacon")
    await console.store.write(name)
    missing = await view(admin, "/organisations/acme/customers/none")
    assert missing[0] == 404
    assert await view(admin) == missing
    assert (await admin.get(f"{CUSTOMER}/seen")).text == missing[1]

    def count(db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT count(*) FROM tokens").fetchone()[0])

    assert await console.store.read(count) == 0


async def test_customer_of_a_draft_is_not_there_yet(console: Console, admin: Browser) -> None:
    def draft(db: sqlite3.Connection) -> None:
        factories.account(db, 1, "D1", batch_id=factories.batch(db, 1, state="draft"))

    await console.store.write(draft)
    assert (await view(admin, "/organisations/acme/customers/D1"))[0] == 404


def seen(db: sqlite3.Connection, invoices: int) -> None:
    account_id = harbour(db)
    user_id = factories.user(db, 1, "ada@harbour.example", "A/100")
    for number in range(invoices):
        invoice_id = factories.invoice(db, 1, account_id, f"INV-{number}")
        sightings.note(db, 1, Sight(invoice_id, user_id, number == 0, factories.NOW))
    factories.invoice(db, 1, account_id, "INV-UNSEEN")


async def test_who_has_seen_what_is_listed(console: Console, admin: Browser) -> None:
    await console.store.write(seen, 2)
    page = (await admin.get(f"{CUSTOMER}/seen")).text
    assert "ada@harbour.example" in page and "INV-0" in page and "INV-1" in page
    assert page.count("Not downloaded") == 1
    assert "One invoice was not opened yet." in page


async def test_long_list_goes_on_by_pages(console: Console, admin: Browser) -> None:
    await console.store.write(seen, 120)
    numbers: list[str] = []
    url = f"{CUSTOMER}/seen"
    while url:
        page = (await admin.get(url)).text
        numbers += re.findall(r">(INV-\d+)<", page)
        older = re.search(r'href="([^"]+after=[^"]+)" rel="next"', page)
        url = older[1] if older else ""
    assert len(numbers) == len(set(numbers)) == 120


@pytest.mark.parametrize("after", ["x", "1.2", "1.2.3.4", "9" * 30 + ".1.1", "-1.1.1"])
async def test_place_that_is_none_is_the_beginning(console: Console, admin: Browser, after: str) -> None:
    await console.store.write(seen, 1)
    assert "INV-0" in (await admin.get(f"{CUSTOMER}/seen?after={after}")).text


async def test_customer_who_saw_nothing_has_an_empty_list(console: Console, admin: Browser) -> None:
    await console.store.write(harbour)
    assert "Nothing yet" in (await admin.get(f"{CUSTOMER}/seen")).text


async def test_hand_off_is_kept_as_a_hash_alone(console: Console, admin: Browser) -> None:
    await console.store.write(harbour)
    await console.store.write(name)
    status, text = await view(admin)
    found = re.search(r"/viewing/([A-Za-z0-9_-]{43})", text)
    assert status == 200 and found

    def dump(db: sqlite3.Connection) -> str:
        return "\n".join(db.iterdump())

    assert found[1] not in await console.store.read(dump)
    assert tokens.LIFETIMES[tokens.Purpose.VIEW_AS].total_seconds() == 60
