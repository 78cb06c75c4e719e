"""The old address is told of a change, whichever way the change comes."""

import sqlite3

import pytest

from admin.customers import deciding
from portal.profile.telling import masked
from store import change_requests
from store.audit import Entry
from store.outbox import Purpose, Queued
from store.profile_fields import Policy
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import PROVIDER, Browser, House
from tests.portal.postbox import mails, name_portals
from tests.portal.profile.test_approval import rule

OLD = "accounts@harbour.example"
CONTACT = {"email": "new@harbour.example", "phone": "020 7946 0000"}


@pytest.fixture
async def named(house: House, people: People) -> None:
    """The portal has an address that links lead to."""
    await house.store.write(name_portals, people.meridian, people.other)


async def notices(house: House) -> list[Queued]:
    return [mail for mail in await mails(house) if mail.message.purpose is Purpose.SECURITY]


async def test_old_address_is_told_what_to_do_and_the_new_one_is_not_told_alone(
    house: House, ada: Browser, named: None
) -> None:
    before = len(await notices(house))
    await ada.submit("/profile/contact", "/profile/contact", CONTACT)
    [mail] = (await notices(house))[before:]
    text = " ".join(mail.message.text.split())
    assert mail.message.recipient == OLD
    assert "The e-mail address of your account was changed" in mail.message.subject
    assert "no longer writes about Harbour Coffee Ltd (A100) to this address" in text
    assert "n…@harbour.example" in text and "new@harbour.example" not in text
    assert "If nobody of yours wanted it, sign in, change the address back" in text


async def test_nobody_is_told_when_the_address_stays(house: House, ada: Browser, named: None) -> None:
    before = len(await notices(house))
    await ada.submit("/profile/contact", "/profile/contact", {"email": OLD, "phone": "0117 496 0000"})
    assert len(await notices(house)) == before


async def test_address_that_waits_is_told_once_it_stands(
    house: House, people: People, ada: Browser, named: None
) -> None:
    await rule(house, Policy.APPROVE)
    before = len(await notices(house))
    await ada.submit("/profile/contact", "/profile/contact", CONTACT)
    assert len(await notices(house)) == before

    def approve(db: sqlite3.Connection) -> bool:
        waits = change_requests.of_account(db, people.meridian, people.harbour)
        assert waits
        entry = Entry(people.meridian, "staff:1", "account.change_approved", "", {}, "", factories.NOW)
        return deciding.details(db, people.meridian, waits.id, True, PROVIDER, entry)

    assert await house.store.write(approve)
    assert [mail.message.recipient for mail in (await notices(house))[before:]] == [OLD]


async def test_address_is_not_changed_by_who_signed_in_a_while_ago(
    house: House, people: People, ada: Browser, named: None
) -> None:
    token = await ada.token("/profile/contact")
    house.clock.advance(minutes=11)
    led = await ada.get("/profile/contact")
    assert led.headers["Location"] == "/security/proof?next=/profile/contact"
    response = await ada.post("/profile/contact", {"csrf": token, **CONTACT})
    text = await response.text()
    assert response.status == 403 and "said who you are" in text
    assert 'value="new@harbour.example"' in text
    assert OLD in await ada.page("/profile")


async def test_telephone_is_changed_by_who_signed_in_a_while_ago(house: House, ada: Browser) -> None:
    token = await ada.token("/profile/contact")
    house.clock.advance(minutes=11)
    response = await ada.post("/profile/contact", {"csrf": token, "email": OLD, "phone": "0117 496 0000"})
    assert response.status == 303


@pytest.mark.parametrize(
    ("address", "shown"), [("new@a.example", "n…@a.example"), ("n@a.example", "n…@a.example")]
)
def test_new_address_is_masked(address: str, shown: str) -> None:
    assert masked(address) == shown
