"""Details by field: hidden, there to read, to change, or to change once an admin looked."""

import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from portal.profile import changing
from portal.profile.asking import Asks
from store import accounts, audit, change_requests, portals, staff
from store.outbox import Purpose
from store.profile_fields import SETTINGS, Policy
from store.staff import Role as StaffRole
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import PROVIDER, Browser, House
from tests.portal.postbox import mails

CONTACT = {"email": "new@harbour.example", "phone": "020 7946 0000"}


async def rule(house: House, policy: Policy, *fields: str) -> None:
    def change(db: sqlite3.Connection) -> None:
        portal = portals.find(db, 1)
        assert portal
        changed: dict[str, Any] = {SETTINGS[field]: policy for field in fields or SETTINGS}
        portals.save(db, 1, replace(portal.settings, **changed), factories.NOW)

    await house.store.write(change)


@pytest.fixture
async def approved(house: House, people: People) -> None:
    """An admin looks at each change."""
    await rule(house, Policy.APPROVE)
    await house.store.write(
        staff.add, "boss@meridian.example", "hash", StaffRole.ADMIN, people.meridian, factories.NOW
    )


async def email(house: House, people: People) -> str:
    account = await house.store.read(accounts.find, people.meridian, people.harbour)
    assert account
    return account.value("email")


async def test_nothing_is_changed_while_all_is_there_to_read_only(
    house: House, people: People, ada: Browser
) -> None:
    await rule(house, Policy.READ)
    page = await ada.page("/profile")
    assert "/profile/contact" not in page and "To change any of these details" in page
    assert (await ada.get("/profile/contact")).status == 403
    fields = {"csrf": await ada.token("/profile"), **CONTACT}
    assert (await ada.post("/profile/contact", fields)).status == 403
    assert await email(house, people) == "accounts@harbour.example"


async def test_change_waits_and_is_shown_with_the_value_asked_for(
    house: House, people: People, ada: Browser, approved: None
) -> None:
    response = await ada.submit("/profile/contact", "/profile/contact", CONTACT)
    assert response.headers["Location"] == "/profile?asked=contact#contact"
    page = await ada.page("/profile?asked=contact")
    assert "Waiting for approval" in page and "new@harbour.example" in page
    assert "accounts@harbour.example" in page and "Sent." in page
    assert await email(house, people) == "accounts@harbour.example"
    assert 'value="new@harbour.example"' in await ada.page("/profile/contact")


async def test_admins_are_told_once_a_request(house: House, ada: Browser, approved: None) -> None:
    for _ in range(2):
        await ada.submit("/profile/contact", "/profile/contact", CONTACT)
    [mail] = await mails(house)
    assert (mail.message.purpose, mail.message.recipient) == (
        Purpose.DETAILS_WAITING,
        "boss@meridian.example",
    )
    assert "new@harbour.example" in mail.message.text
    newest = (await house.store.read(audit.of_organisation, 1))[0]
    assert newest.action == "account.change_asked"
    assert newest.detail == {"fields": "email"}


async def test_request_is_taken_back(house: House, people: People, ada: Browser, approved: None) -> None:
    await ada.submit("/profile/contact", "/profile/contact", CONTACT)
    response = await ada.submit("/profile", "/profile/take-back", {})
    assert response.headers["Location"] == "/profile?taken-back=1"
    assert "Taken back" in await ada.page("/profile?taken-back=1")
    assert await house.store.read(change_requests.of_account, people.meridian, people.harbour) is None
    again = await ada.submit("/profile", "/profile/take-back", {})
    assert again.headers["Location"] == "/profile"


async def test_asking_for_what_stands_asks_nothing(house: House, ada: Browser, approved: None) -> None:
    fields = CONTACT | {"email": "accounts@harbour.example"}
    response = await ada.submit("/profile/contact", "/profile/contact", fields)
    assert response.headers["Location"] == "/profile?saved=contact#contact"
    assert await mails(house) == []


async def test_bad_values_are_refused_before_they_wait(house: House, ada: Browser, approved: None) -> None:
    response = await ada.submit("/profile/contact", "/profile/contact", CONTACT | {"email": "none"})
    assert response.status == 400
    assert await mails(house) == []


async def test_admin_who_has_no_mail_address_keeps_nobody_from_asking(
    house: House, people: People, ada: Browser, approved: None
) -> None:
    await house.store.write(
        staff.add, "root@localhost", "hash", StaffRole.ADMIN, people.meridian, factories.NOW
    )
    response = await ada.submit("/profile/contact", "/profile/contact", CONTACT)
    assert response.headers["Location"] == "/profile?asked=contact#contact"
    assert [mail.message.recipient for mail in await mails(house)] == ["boss@meridian.example"]


async def test_hidden_field_is_nowhere_on_the_page(house: House, ada: Browser) -> None:
    await ada.submit(
        "/profile/contact",
        "/profile/contact",
        {"email": "accounts@harbour.example", "phone": "0117 496 0000"},
    )
    await rule(house, Policy.HIDDEN, "phone")
    page = await ada.page("/profile")
    assert "Telephone" not in page and "0117 496 0000" not in page and "020 7946 0000" not in page
    assert "accounts@harbour.example" in page
    assert "phone" not in await ada.page("/profile/contact")
    assert "0117 496 0000" not in await ada.page("/profile/changes")


async def test_section_without_a_field_to_see_is_left_out(house: House, ada: Browser) -> None:
    await rule(house, Policy.HIDDEN, "address1", "address2", "town", "county", "postcode", "country")
    page = await ada.page("/profile")
    assert 'id="address"' not in page and 'id="contact"' in page
    await ada.page("/profile/address", 403)


async def test_field_to_read_stands_above_the_form_of_the_others(house: House, ada: Browser) -> None:
    await rule(house, Policy.READ, "email")
    page = await ada.page("/profile/contact")
    assert 'name="email"' not in page and "accounts@harbour.example" in page and 'name="phone"' in page


@pytest.mark.parametrize("policy", [Policy.HIDDEN, Policy.READ])
async def test_field_that_is_not_theirs_refuses_all_that_was_posted(
    house: House, people: People, ada: Browser, policy: Policy
) -> None:
    await rule(house, policy, "email")
    sent = {"email": "new@harbour.example", "phone": "0117 496 0000"}
    response = await ada.submit("/profile/contact", "/profile/contact", sent)
    text = await response.text()
    assert response.status == 400
    assert "E-mail address cannot be changed here. Nothing was saved." in text
    assert 'value="0117 496 0000"' in text
    account = await house.store.read(accounts.find, people.meridian, people.harbour)
    assert account
    assert (account.value("email"), account.value("phone")) == ("accounts@harbour.example", "020 7946 0000")


async def test_rule_counts_that_stands_when_the_change_is_written(
    house: House, people: People, ada: Browser
) -> None:
    def late(db: sqlite3.Connection) -> object:
        portal = portals.find(db, 1)
        assert portal
        portals.save(db, 1, replace(portal.settings, field_phone=Policy.READ), factories.NOW)
        asks = Asks(people.harbour, 1, {"phone": "0117 496 0000"}, "")
        return changing.change(db, 1, asks, PROVIDER, factories.NOW)

    assert await house.store.write(late) == changing.NotTheirs(("phone",))


async def test_field_that_is_not_posted_stays_as_it_is(house: House, people: People, ada: Browser) -> None:
    response = await ada.submit("/profile/contact", "/profile/contact", {"email": "new@harbour.example"})
    assert response.status == 303
    account = await house.store.read(accounts.find, people.meridian, people.harbour)
    assert account
    assert (account.value("email"), account.value("phone")) == ("new@harbour.example", "020 7946 0000")


async def test_mixed_form_says_what_waits_and_does_both(
    house: House, people: People, ada: Browser, approved: None
) -> None:
    await rule(house, Policy.EDIT, "phone")
    page = await ada.page("/profile/contact")
    assert page.index("Meridian Telecom looks at a change of this before it stands.") < page.index(
        "Save, and send for approval"
    )
    sent = {"email": "new@harbour.example", "phone": "0117 496 0000"}
    response = await ada.submit("/profile/contact", "/profile/contact", sent)
    assert response.headers["Location"] == "/profile?saved=contact&asked=contact#contact"
    assert "The rest was sent" in await ada.page("/profile?saved=contact&asked=contact")
    account = await house.store.read(accounts.find, people.meridian, people.harbour)
    assert account
    assert (account.value("email"), account.value("phone")) == ("accounts@harbour.example", "0117 496 0000")
    waits = await house.store.read(change_requests.of_account, people.meridian, people.harbour)
    assert waits and list(waits.changes) == ["email"]


async def test_change_at_once_overtakes_one_that_waited(
    house: House, people: People, ada: Browser, approved: None
) -> None:
    await ada.submit("/profile/contact", "/profile/contact", CONTACT)
    await rule(house, Policy.EDIT)
    await ada.submit("/profile/contact", "/profile/contact", CONTACT | {"email": "third@harbour.example"})
    assert await email(house, people) == "third@harbour.example"
    assert await house.store.read(change_requests.of_account, people.meridian, people.harbour) is None
