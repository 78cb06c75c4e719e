"""The link of a mailed invoice's extra line opens the registration of its customer, there and nowhere else."""

import re
import sqlite3

from edge.jobs.mailings import Mailings
from store import domains, mailing_items, mailings, outbox
from store.destination import Confirmation, Destination, Room
from store.mailing_items import New, Purpose
from store.mailings import Asked, Kind
from tests import factories
from tests.fakes.inline_press import InlinePress
from tests.portal.conftest import People
from tests.portal.house import HOST, OTHER_HOST, PROVIDER, House

EMAIL = "tea@mill.example"


async def mailed(house: House, people: People) -> str:
    """The path of the link in a new customer's mailed invoice."""

    def prepare(db: sqlite3.Connection) -> None:
        for host, organisation_id in ((HOST, people.meridian), (OTHER_HOST, people.other)):
            own = Destination(host, Room.PORTAL, organisation_id, False, (), Confirmation.CNAME, host)
            domains.add(db, own, factories.NOW)
            domains.set_live(db, host, factories.NOW)
        db.execute("UPDATE portals SET allow_registration = 1")
        account = factories.account(db, people.meridian, "A300", name="Mill Lane Tea", email=EMAIL)
        invoice = factories.invoice(db, people.meridian, account, "INV-300")
        asked = Asked(kind=Kind.INVOICES, made_by="cli", starts_at=factories.NOW)
        mailing = mailings.create(db, people.meridian, asked, factories.NOW)
        assert mailing
        new = New(account, Purpose.NEW_INVOICE, invoice, EMAIL)
        mailing_items.add(db, people.meridian, mailing, [new], again=False)

    await house.store.write(prepare)
    await Mailings(house.store, house.clock, PROVIDER, InlinePress()).work()
    mail = await house.store.read(outbox.find, people.meridian, 1)
    assert mail
    found = re.search(rf"https://{HOST}(/register/\S+)", mail.message.text)
    assert found
    return found[1]


async def test_link_in_the_mail_opens_the_registration_of_its_customer(house: House, people: People) -> None:
    path = await mailed(house, people)
    page = await house.browser().page(path)
    assert "Mill Lane Tea" in page or "A300" in page


async def test_link_is_nothing_at_another_organisations_portal(house: House, people: People) -> None:
    path = await mailed(house, people)
    response = await house.browser(OTHER_HOST).get(path)
    assert "Mill Lane Tea" not in await response.text()
