"""Customers let themselves in, with proof."""

import sqlite3
from dataclasses import replace

import pytest

from store import audit, memberships, portals, registrations, staff, tokens, users
from store.outbox import Purpose
from store.staff import Role as StaffRole
from store.tokens import Claim
from store.tokens import Purpose as TokenPurpose
from store.users import Status
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import HOST, OTHER_HOST, Browser, House
from tests.portal.postbox import link, mails, name_portals

GOOD = "purple walnut ladder"
NEW = {"name": "Nia", "password": GOOD}
FACTS = {"reference": "A100", "number": "INV-1", "total": "£120.00", "email": "nia@harbour.example"}


def _allow(db: sqlite3.Connection, organisation_id: int, *, allow: bool, approve: bool = False) -> None:
    portal = portals.find(db, organisation_id)
    assert portal
    settings = replace(portal.settings, allow_registration=allow, approve_registrations=approve)
    portals.save(db, organisation_id, settings, factories.NOW)


@pytest.fixture(autouse=True)
async def ready(house: House, people: People) -> None:
    def prepare(db: sqlite3.Connection) -> None:
        name_portals(db, people.meridian, people.other)
        factories.invoice(db, people.meridian, people.harbour, "INV-1", net=10_000, tax=2_000)
        for organisation_id in (people.meridian, people.other):
            _allow(db, organisation_id, allow=True)
        staff.add(db, "boss@meridian.example", "hash", StaffRole.ADMIN, people.meridian, factories.NOW)

    await house.store.write(prepare)


async def proof(house: House, people: People, email: str = "accounts@harbour.example") -> str:
    """The path of a mailed invoice's link."""
    claim = Claim(purpose=TokenPurpose.REGISTRATION, host=HOST, account_id=people.harbour, email=email)
    token = await house.store.write(tokens.issue, people.meridian, claim, house.clock())
    return f"/register/{token}"


async def claim(browser: Browser, **changes: str) -> tuple[int, str]:
    fields = FACTS | changes
    response = await browser.submit("/register", "/register", fields)
    token = await browser.token("/register")
    return response.status, (await response.text()).replace(fields["email"], "X").replace(token, "")


async def user_status(house: House, email: str) -> Status | None:
    user = await house.store.read(users.by_email, 1, email)
    return user.status if user else None


async def is_member(house: House, people: People, email: str, account_id: int) -> bool:
    user = await house.store.read(users.by_email, people.meridian, email)
    assert user
    return await house.store.read(memberships.is_member, people.meridian, user.id, account_id)


async def test_everything_is_missing_while_it_is_not_allowed(
    house: House, browser: Browser, people: People
) -> None:
    path = await proof(house, people)
    await claim(browser)
    confirm = link((await mails(house))[0], "/register/confirm/")
    assert 'href="/register"' in await browser.source("/sign-in")
    await house.store.write(_allow, people.meridian, allow=False)
    assert 'href="/register"' not in await browser.source("/sign-in")
    token = await browser.token("/sign-in")
    for place in ("/register", path, f"{path}/address", confirm):
        assert (await browser.get(place)).status == 404
        assert (await browser.post(place, {"csrf": token, **FACTS, **NEW})).status == 404
    assert await user_status(house, "accounts@harbour.example") is None
    await house.store.write(_allow, people.meridian, allow=True)
    assert (await browser.get(path)).status == 200


# By the link of a mailed invoice


async def test_link_shows_the_customer_and_spends_nothing(
    house: House, browser: Browser, people: People
) -> None:
    path = await proof(house, people)
    for _ in range(3):
        page = await browser.page(path)
    assert "Harbour Coffee Ltd" in page and "A100" in page and "accounts@harbour.example" in page
    assert (await browser.get(path)).headers["Referrer-Policy"] == "no-referrer"
    assert await user_status(house, "accounts@harbour.example") is None


async def test_who_the_invoice_went_to_is_in_at_once(house: House, browser: Browser, people: People) -> None:
    path = await proof(house, people)
    response = await browser.submit(path, path, NEW)
    assert (response.status, response.headers["Location"]) == (303, "/")
    assert "Harbour Coffee" in await browser.page("/")
    [mail] = await mails(house)
    assert mail.message.purpose is Purpose.ACCOUNT_READY
    done = await house.store.read(audit.of_organisation, 1)
    [registered] = [entry for entry in done if entry.action == "user.registered"]
    assert registered.detail["proof"] == "mailed_invoice" and GOOD not in str(done)


async def test_link_works_once_and_so_do_those_of_the_customers_other_invoices(
    house: House, browser: Browser, people: People
) -> None:
    first, second = await proof(house, people), await proof(house, people, "other@harbour.example")
    await browser.submit(first, first, NEW)
    for path in (first, second):
        assert "used already" in await house.browser().page(path, 410)


async def test_link_is_over_after_sixty_days(house: House, browser: Browser, people: People) -> None:
    path = await proof(house, people)
    house.clock.advance(days=60)
    assert "next invoice" in await browser.page(path, 410)


async def test_link_is_missing_on_another_host(house: House, people: People) -> None:
    path = await proof(house, people)
    elsewhere = house.browser(OTHER_HOST)
    assert await elsewhere.source(path, 404) == await elsewhere.source("/register/nothing", 404)


async def test_another_address_must_be_confirmed_before_a_password_is_chosen(
    house: House, browser: Browser, people: People
) -> None:
    path = await proof(house, people)
    response = await browser.submit(f"{path}/address", f"{path}/address", {"email": "nia@harbour.example"})
    assert "nia@harbour.example" in await response.text()
    assert await user_status(house, "nia@harbour.example") is None
    [mail] = await mails(house)
    assert mail.message.recipient == "nia@harbour.example"
    confirm = link(mail, "/register/confirm/")
    elsewhere = house.browser()
    assert "nia@harbour.example" in await elsewhere.page(confirm)
    assert (await elsewhere.submit(confirm, confirm, NEW)).status == 303
    assert await user_status(house, "nia@harbour.example") is Status.ACTIVE
    assert (await browser.get(path)).status == 410


async def test_one_link_lets_one_person_in_whatever_addresses_were_asked_for(
    house: House, browser: Browser, people: People
) -> None:
    path = await proof(house, people)
    for email in ("nia@x.example", "leo@x.example"):
        await browser.submit(f"{path}/address", f"{path}/address", {"email": email})
    first, second = (link(mail, "/register/confirm/") for mail in await mails(house))
    assert (await house.browser().submit(first, first, NEW)).status == 303
    assert (await house.browser().submit(second, second, NEW)).status == 410
    assert await user_status(house, "leo@x.example") is None


async def test_address_that_the_invoice_went_to_needs_no_check(
    house: House, browser: Browser, people: People
) -> None:
    path = await proof(house, people)
    response = await browser.submit(
        f"{path}/address", f"{path}/address", {"email": "Accounts@Harbour.example"}
    )
    assert response.headers["Location"] == path
    assert await mails(house) == []


async def test_who_is_a_user_already_must_agree_signed_in_and_keeps_the_password(
    house: House, browser: Browser, people: People
) -> None:
    path = await proof(house, people, "ben@mill.example")
    response = await browser.submit(path, path, NEW)
    assert response.status == 200 and "You have a sign-in already" in await response.text()
    assert not await is_member(house, people, "ben@mill.example", people.harbour)
    assert (await browser.sign_in("ben@mill.example", GOOD)).status == 401
    ben = house.browser()
    await ben.sign_in("ben@mill.example")
    await ben.submit("/invitations", "/invitations", {"account": "A100", "answer": "yes"})
    assert await is_member(house, people, "ben@mill.example", people.harbour)


async def test_link_that_others_mailed_asks_for_an_address_first(
    house: House, browser: Browser, people: People
) -> None:
    path = await proof(house, people, "")
    response = await browser.get(path)
    assert (response.status, response.headers["Location"]) == (303, f"{path}/address")
    refused = await browser.submit(f"{path}/address", path, NEW)
    assert refused.headers["Location"] == f"{path}/address"
    await browser.submit(f"{path}/address", f"{path}/address", {"email": "nia@harbour.example"})
    [mail] = await mails(house)
    confirm = link(mail, "/register/confirm/")
    assert (await browser.submit(confirm, confirm, NEW)).status == 303
    assert await is_member(house, people, "nia@harbour.example", people.harbour)


@pytest.mark.parametrize(
    "email", ["a..b@x.example", ".a@x.example", "a@-x.example", "a@x..example", "<a@x.example>"]
)
async def test_what_no_mail_can_be_sent_to_is_never_said_to_be_sent(
    house: House, browser: Browser, email: str
) -> None:
    status, page = await claim(browser, email=email)
    assert (status == 400) == ("There is a problem" in page)
    if status == 200:
        assert len(await mails(house)) == 1


# By what an invoice says


async def test_right_facts_lead_to_a_mail_and_then_in(house: House, browser: Browser, people: People) -> None:
    status, page = await claim(browser)
    assert status == 200 and "If these details match, we have sent a mail" in page
    [mail] = await mails(house)
    confirm = link(mail, "/register/confirm/")
    assert "Harbour Coffee Ltd" in await browser.page(confirm)
    assert (await browser.submit(confirm, confirm, NEW)).status == 303
    assert await is_member(house, people, "nia@harbour.example", people.harbour)


@pytest.mark.parametrize(
    "wrong",
    [
        {"total": "120.01"},
        {"total": "twelve"},
        {"number": "INV-2"},
        {"reference": "A200"},
        {"reference": "none"},
    ],
)
async def test_wrong_facts_get_the_same_answer_and_no_mail(
    house: House, browser: Browser, wrong: dict[str, str]
) -> None:
    assert await claim(browser, **wrong) == await claim(browser, email="leo@harbour.example")
    assert [mail.message.recipient for mail in await mails(house)] == ["leo@harbour.example"]


async def test_what_is_left_out_is_asked_for_and_the_rest_is_kept(browser: Browser) -> None:
    status, page = await claim(browser, total="", email="nia")
    assert status == 400
    assert "Enter the total of that invoice" in page and 'value="INV-1"' in page


async def test_guesses_about_one_customer_are_throttled_right_ones_too(
    house: House, browser: Browser
) -> None:
    guesses = [
        await claim(browser, total=f"{number}.00", email=f"g{number}@x.example") for number in range(6)
    ]
    assert [status for status, _ in guesses] == [200] * 5 + [429]
    status, page = await claim(browser)
    assert status == 429 and "not looked at this time" in page
    assert await mails(house) == []
    house.clock.advance(minutes=1)
    assert (await claim(browser))[0] == 200


async def test_mail_check_is_over_after_a_day_and_missing_elsewhere(house: House, browser: Browser) -> None:
    await claim(browser)
    confirm = link((await mails(house))[0], "/register/confirm/")
    elsewhere = house.browser(OTHER_HOST)
    assert (await elsewhere.get(confirm)).status == 404
    house.clock.advance(hours=24)
    assert "24 hours" in await browser.page(confirm, 410)


async def test_bad_password_is_refused_and_spends_nothing(house: House, browser: Browser) -> None:
    await claim(browser)
    confirm = link((await mails(house))[0], "/register/confirm/")
    response = await browser.submit(confirm, confirm, {"name": "Nia", "password": "Harbour Coffee"})
    assert response.status == 400 and "names that others know" in await response.text()
    assert (await browser.submit(confirm, confirm, NEW)).status == 303


# With approval


async def test_registration_waits_for_an_admin_who_is_told(
    house: House, browser: Browser, people: People
) -> None:
    await house.store.write(_allow, people.meridian, allow=True, approve=True)
    path = await proof(house, people)
    response = await browser.submit(path, path, NEW)
    page = await response.text()
    assert response.status == 200 and "looks at each registration" in page
    assert await user_status(house, "accounts@harbour.example") is None
    assert (await browser.get("/")).status == 303
    [waiting] = await house.store.read(registrations.waiting, people.meridian, 0, 10)
    assert waiting.applicant.email == "accounts@harbour.example"
    [mail] = await mails(house)
    assert (mail.message.purpose, mail.message.recipient) == (
        Purpose.REGISTRATION_WAITING,
        "boss@meridian.example",
    )
    assert "https://admin.provider.example/organisations/meridian/customers/approvals" in mail.message.text


async def test_sign_in_tells_nothing_of_a_registration_that_waits(
    house: House, browser: Browser, people: People
) -> None:
    await house.store.write(_allow, people.meridian, allow=True, approve=True)
    path = await proof(house, people)
    await browser.submit(path, path, NEW)

    async def refused(email: str) -> str:
        response = await browser.sign_in(email, GOOD)
        token = await browser.token("/sign-in")
        return (await response.text()).replace(email, "X").replace(token, "")

    assert await refused("accounts@harbour.example") == await refused("nobody@x.example")
