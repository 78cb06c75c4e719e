"""Home: what is collected by Direct Debit, what failed, and how to pay the rest."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from store import portals
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House

DETAILS = "Account name: Meridian Ltd\nSort code: 20-00-00\nAccount number: 12345678"
LINK = "https://pay.meridian.example/?ref={reference}&sum={amount}"


class Desk:
    """Harbour Coffee's data, and what its first page says."""

    def __init__(self, house: House, people: People, browser: Browser):
        self.house, self.people, self.browser = house, people, browser

    async def put(self, make: Callable[..., object], *values: object, **fields: Any) -> None:
        await self.house.store.write(make, self.people.meridian, self.people.harbour, *values, **fields)

    async def tell(self, details: str = DETAILS, pay_url: str = "") -> None:
        def change(db: sqlite3.Connection) -> None:
            organisation = self.people.meridian
            db.execute("UPDATE organisations SET payment_details = ? WHERE id = ?", (details, organisation))
            portal = portals.find(db, organisation)
            assert portal
            portals.save(db, organisation, replace(portal.settings, pay_url=pay_url), factories.NOW)

        await self.house.store.write(change)

    async def home(self) -> str:
        return (await self.browser.page("/")).replace("\N{NO-BREAK SPACE}", " ")


async def test_direct_debit_is_said_instead_of_a_way_to_pay(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.tell(pay_url=LINK)
    await desk.put(factories.mandate)
    await desk.put(factories.invoice, net=4017, tax=803)
    page = await desk.home()
    assert "£48.20 will be collected by Direct Debit on or after 1 December 2026." in page
    assert "Barclays, account ending 4021" in page and "You have nothing to do." in page
    assert "Pay now" not in page and "20-00-00" not in page and "Reference to quote" not in page


async def test_several_invoices_are_said_with_their_total_and_first_date(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.put(factories.mandate)
    for number, day in enumerate((5, 1, 9)):
        await desk.put(factories.invoice, f"INV-{number}", due_on=date(2026, 12, day))
    page = await desk.home()
    assert (
        "£360.00 for 3 invoices will be collected by Direct Debit, the first of them on or after 1 December 2026."
        in page
    )


async def test_the_sources_own_date_of_a_collection_is_said(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.put(factories.mandate)
    await desk.put(factories.invoice)
    await desk.put(
        factories.payment,
        status="pending_submission",
        invoice_number="INV-1001",
        collected_on=date(2026, 12, 4),
    )
    assert "£120.00 will be collected by Direct Debit on or after 4 December 2026." in await desk.home()


async def test_collection_under_way_is_said_with_its_day(house: House, people: People, ada: Browser) -> None:
    desk = Desk(house, people, ada)
    await desk.put(factories.mandate, scheme="card", bank="Visa")
    await desk.put(factories.invoice, due_on=date(2026, 11, 20))
    page = await desk.home()
    assert "£120.00 is being charged to your card since 20 November 2026." in page
    assert "Visa card ending 4021" in page and "Overdue" not in page.split("Last invoice")[0]


async def test_day_of_a_collection_is_over_at_the_organisations_midnight(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.put(factories.mandate)
    await desk.put(factories.invoice, due_on=date(2026, 11, 22))
    assert "will be collected by Direct Debit on or after 22 November 2026" in await desk.home()
    await house.store.write(lambda db: db.execute("UPDATE organisations SET time_zone = 'Pacific/Auckland'"))
    assert "is being collected by Direct Debit since 22 November 2026" in await desk.home()


async def test_failed_collection_says_why_and_how_to_pay(house: House, people: People, ada: Browser) -> None:
    desk = Desk(house, people, ada)
    await desk.tell()
    await desk.put(factories.mandate)
    await desk.put(factories.invoice, due_on=date(2026, 11, 2), issued_on=date(2026, 10, 1))
    await desk.put(
        factories.payment,
        status="failed",
        invoice_number="INV-1001",
        collected_on=date(2026, 11, 3),
        failure="Insufficient funds",
    )
    page = await desk.home()
    assert "The collection of £120.00 on 3 November 2026 failed." in page
    assert "Reason given: Insufficient funds" in page
    assert "No other collection of it is announced. Please pay it as shown here." in page
    assert "Overdue" in page and "£120.00 since 2 November 2026" in page
    assert 'data-copy="20-00-00"' in page and 'data-copy="INV-1001"' in page
    assert f'href="/payments/{factories.public(people.meridian, "PAY-1")}"' in page


async def test_failed_collection_that_names_no_invoice_is_said_too(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.put(factories.mandate)
    await desk.put(factories.invoice, due_on=date(2026, 11, 18))
    await desk.put(factories.payment, status="failed", amount=12_000, paid_on=date(2026, 11, 19))
    page = await desk.home()
    assert "The collection of £120.00 on 19 November 2026 failed." in page
    assert "Please ask Meridian Telecom how to pay it." in page and "being collected" not in page


async def test_failed_collection_that_is_tried_again_says_when(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.tell()
    await desk.put(factories.mandate)
    await desk.put(factories.invoice, due_on=date(2026, 11, 2), issued_on=date(2026, 10, 1))
    await desk.put(
        factories.payment, status="failed", invoice_number="INV-1001", collected_on=date(2026, 11, 3)
    )
    await desk.put(
        factories.payment,
        "PAY-2",
        status="pending_submission",
        invoice_number="INV-1001",
        collected_on=date(2026, 11, 27),
    )
    page = await desk.home()
    assert "It will be collected again on or after 27 November 2026." in page
    assert "Please pay it as shown here" not in page and "20-00-00" not in page


async def test_cancelled_mandate_says_so_beside_how_to_pay(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.tell()
    await desk.put(factories.mandate, status="cancelled")
    await desk.put(factories.invoice)
    page = await desk.home()
    assert "Your Direct Debit is cancelled." in page and "account ending 4021" in page
    assert "20-00-00" in page and "will be collected" not in page


async def test_mandate_that_is_being_set_up_says_so_beside_how_to_pay(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.tell()
    await desk.put(factories.mandate, status="pending")
    await desk.put(factories.invoice)
    page = await desk.home()
    assert "Your Direct Debit is being set up. Until it is active, please pay as shown here." in page


async def test_bank_details_and_pay_link_stand_with_amount_and_reference(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.tell(pay_url=LINK)
    await desk.put(factories.invoice)
    page = await desk.home()
    assert 'href="https://pay.meridian.example/?ref=A100&sum=120.00" rel="noopener"' in page
    assert "Pay now at pay.meridian.example" in page
    for text in ("£120.00", "INV-1001", "20-00-00", "12345678"):
        assert f'data-copy="{text}"' in page


async def test_several_invoices_are_paid_with_the_account_as_reference(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.tell(pay_url="https://pay.meridian.example/{invoice}")
    for number in ("INV-1", "INV-2"):
        await desk.put(factories.invoice, number)
    page = await desk.home()
    assert 'data-copy="£240.00"' in page and 'data-copy="A100"' in page
    assert "Pay now" not in page


async def test_link_with_an_amount_is_for_the_organisations_currency_alone(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.tell(pay_url=LINK)
    await desk.put(factories.invoice, currency="EUR")
    page = await desk.home()
    assert "€120.00" in page and "Pay now" not in page


async def test_each_currency_is_paid_in_its_own_way(house: House, people: People, ada: Browser) -> None:
    desk = Desk(house, people, ada)
    await desk.tell()
    await desk.put(factories.mandate)
    await desk.put(factories.invoice, "INV-GBP")
    await desk.put(factories.invoice, "INV-EUR", currency="EUR")
    page = await desk.home()
    assert "£120.00 will be collected by Direct Debit" in page and 'data-copy="€120.00"' in page


async def test_who_is_told_no_way_to_pay_is_told_to_ask(house: House, people: People, ada: Browser) -> None:
    desk = Desk(house, people, ada)
    await desk.put(factories.invoice)
    assert "Please ask Meridian Telecom how to pay" in await desk.home()


async def test_nothing_due_names_the_mandate_that_will_collect(
    house: House, people: People, ada: Browser
) -> None:
    desk = Desk(house, people, ada)
    await desk.put(factories.mandate)
    page = await desk.home()
    assert "Nothing" in page
    assert "What is due will be collected by Direct Debit. Barclays, account ending 4021." in page


async def test_payments_that_are_not_used_are_credit(house: House, people: People, ada: Browser) -> None:
    desk = Desk(house, people, ada)

    def pay(db: sqlite3.Connection) -> None:
        key = people.meridian, people.harbour
        payment = factories.payment(db, *key, amount=20_000)
        factories.allocation(db, key[0], payment, factories.invoice(db, *key, status="settled"))

    await house.store.write(pay)
    assert "You have £80.00 in credit that is not used yet." in await desk.home()


async def test_mandate_of_a_neighbour_is_not_shown(house: House, people: People, ada: Browser) -> None:
    await house.store.write(factories.mandate, people.meridian, people.neighbour, bank="Monzo")
    await house.store.write(factories.mandate, people.other, people.stranger, bank="Starling")
    await house.store.write(factories.invoice, people.meridian, people.harbour)
    for path in ("/", "/payments"):
        page = await ada.page(path)
        assert "Monzo" not in page and "Starling" not in page and "will be collected" not in page


async def test_invoice_says_how_it_is_paid_too(house: House, people: People, ada: Browser) -> None:
    desk = Desk(house, people, ada)
    await desk.tell(pay_url="https://pay.meridian.example/{invoice}?sum={amount}")
    await desk.put(factories.invoice)
    path = f"/invoices/{factories.public(people.meridian, 'INV-1001')}"
    assert 'href="https://pay.meridian.example/INV-1001?sum=120.00" rel="noopener"' in await ada.page(path)
    await desk.put(factories.mandate)
    page = (await ada.page(path)).replace("\N{NO-BREAK SPACE}", " ")
    assert "£120.00 will be collected by Direct Debit on or after 1 December 2026." in page
    assert "Pay now" not in page and "20-00-00" not in page
