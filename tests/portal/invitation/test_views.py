"""Invitations by link, and offers to who is a user."""

import sqlite3

import pytest

from portal.invitation import inviting
from portal.invitation.inviting import NoName
from store import audit, memberships, tokens, users
from store.invitations import AlreadyIn, Invited, IsSuspended, Offered, Person
from store.tokens import Claim, Purpose
from store.users import NoSuchAccount, Role, Status
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import HOST, OTHER_HOST, PROVIDER, Browser, House
from tests.portal.postbox import link, mails, name_portals

GOOD = "purple walnut ladder"
MIA = Person("mia@mill.example", "Mia Mill")


@pytest.fixture
async def named(house: House, people: People) -> None:
    await house.store.write(name_portals, people.meridian, people.other)


async def invite(house: House, people: People, person: Person = MIA) -> inviting.Outcome:
    return await house.store.write(
        inviting.invite, people.meridian, people.neighbour, person, PROVIDER, house.clock()
    )


@pytest.fixture
async def path(house: House, people: People, named: None) -> str:
    """The link of Mia's invitation."""
    assert isinstance(await invite(house, people), Invited)
    [mail] = await mails(house)
    return link(mail, "/invitation/")


async def status(house: House, email: str = "mia@mill.example") -> Status | None:
    user = await house.store.read(users.by_email, 1, email)
    return user.status if user else None


async def accept(browser: Browser, path: str, password: str = GOOD, name: str = "Mia") -> int:
    return (await browser.submit(path, path, {"name": name, "password": password})).status


async def test_mail_goes_to_who_is_invited_with_the_customers_name(house: House, path: str) -> None:
    [mail] = await mails(house)
    assert mail.message.recipient == "mia@mill.example"
    assert "Mill Lane Dental" in mail.message.html
    assert mail.message.secret == path.rpartition("/")[2]


async def test_page_says_who_and_which_company_and_spends_nothing(
    house: House, browser: Browser, path: str
) -> None:
    for _ in range(3):
        page = await browser.page(path)
    assert "mia@mill.example" in page and "Meridian Telecom" in page and "Mill Lane Dental" in page
    assert await status(house) is Status.INVITED


async def test_page_tells_its_address_to_nobody(browser: Browser, path: str) -> None:
    response = await browser.get(path)
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"


async def test_password_is_chosen_and_signs_in(house: House, browser: Browser, path: str) -> None:
    response = await browser.submit(path, path, {"name": "Mia Mill", "password": GOOD})
    assert (response.status, response.headers["Location"]) == (303, "/")
    assert "Mill Lane Dental" in await browser.page("/")
    elsewhere = house.browser()
    assert (await elsewhere.sign_in("mia@mill.example", GOOD)).status == 303
    acted = [entry.action for entry in await house.store.read(audit.of_organisation, 1)]
    assert "user.accepted_invitation" in acted


async def test_session_of_somebody_else_in_the_browser_gives_way(
    house: House, ada: Browser, path: str
) -> None:
    assert await accept(ada, path) == 303
    assert "Harbour Coffee" not in await ada.page("/")

    def sessions(db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT count(*) FROM sessions").fetchone()[0])

    assert await house.store.read(sessions) == 1


async def test_link_works_once_and_says_what_to_do_then(house: House, browser: Browser, path: str) -> None:
    await accept(browser, path)
    other = house.browser()
    page = await other.page(path, 410)
    assert "used already" in page and "Send me a new link" in page
    assert (await other.submit("/sign-in", path, {"name": "Eve", "password": GOOD})).status == 410


async def test_link_is_over_after_seven_days(house: House, browser: Browser, path: str) -> None:
    house.clock.advance(days=7)
    assert "this one is older" in await browser.page(path, 410)


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "Choose a password."),
        ("short", "at least 12 characters"),
        ("mill lane 2026", "names that others know"),
        ("password12345", "first that anybody would try"),
    ],
)
async def test_bad_password_is_refused_and_spends_nothing(
    house: House, browser: Browser, path: str, password: str, words: str
) -> None:
    response = await browser.submit(path, path, {"name": "Mia", "password": password})
    page = await response.text()
    assert response.status == 400 and words in page
    assert 'value="Mia"' in page
    assert await status(house) is Status.INVITED
    assert await accept(browser, path) == 303


async def test_token_is_missing_on_another_host_and_for_another_purpose(
    house: House, browser: Browser, path: str
) -> None:
    token = path.rpartition("/")[2]
    missing = await browser.source("/invitation/nothing", 404)
    assert await browser.source(f"/reset/{token}", 404) == missing
    elsewhere = house.browser(OTHER_HOST)
    there = await elsewhere.source("/invitation/nothing", 404)
    assert await elsewhere.source(path, 404) == there
    for method in ("", "/again"):
        form = {"csrf": await elsewhere.token("/sign-in"), "name": "Eve", "password": GOOD}
        assert (await elsewhere.post(path + method, form)).status == 404
    assert await status(house) is Status.INVITED


async def test_post_without_our_form_is_refused(house: House, browser: Browser, path: str) -> None:
    response = await browser.post(path, {"name": "Mia", "password": GOOD})
    assert response.status == 403
    assert await status(house) is Status.INVITED


async def test_new_link_is_sent_to_the_same_address_and_the_old_is_void(
    house: House, browser: Browser, path: str
) -> None:
    house.clock.advance(days=8)
    response = await browser.submit("/reset", f"{path}/again", {})
    assert response.status == 200 and "on its way" in await response.text()
    _, mail = await mails(house)
    assert mail.message.recipient == "mia@mill.example"
    assert await accept(browser, link(mail, "/invitation/")) == 303
    again = await browser.submit("/reset", f"{path}/again", {})
    assert "on its way" in await again.text()
    assert len(await mails(house)) == 2


async def test_new_links_are_throttled(house: House, browser: Browser, path: str) -> None:
    house.clock.advance(days=8)
    asked = [(await browser.submit("/reset", f"{path}/again", {})).status for _ in range(5)]
    assert asked == [200, 200, 200, 429, 429]
    assert len(await mails(house)) == 4


async def test_suspended_and_removed_people_cannot_accept(
    house: House, browser: Browser, people: People, path: str
) -> None:
    mia = await house.store.read(users.by_email, people.meridian, "mia@mill.example")
    assert mia
    await house.store.write(users.suspend, people.meridian, mia.id, house.clock())
    assert (await browser.get(path)).status == 410
    await house.store.write(memberships.remove, people.meridian, mia.id, people.neighbour)
    assert (await browser.get(path)).status == 404


async def test_resending_makes_the_old_link_void(
    house: House, browser: Browser, people: People, path: str
) -> None:
    mia = await house.store.read(users.by_email, people.meridian, "mia@mill.example")
    assert mia
    sent = await house.store.write(
        inviting.send_again, people.meridian, people.neighbour, mia.id, PROVIDER, house.clock()
    )
    assert sent == Invited(mia.id)
    assert (await browser.get(path)).status == 410
    _, mail = await mails(house)
    assert (await browser.get(link(mail, "/invitation/"))).status == 200


async def test_nobody_is_invited_while_the_portal_has_no_name(house: House, people: People) -> None:
    assert isinstance(await invite(house, people), NoName)
    assert await status(house) is None
    assert await mails(house) == []


async def test_user_is_asked_and_agrees_signed_in(
    house: House, people: People, ada: Browser, named: None
) -> None:
    assert isinstance(await invite(house, people, Person("ada@harbour.example")), Offered)
    [mail] = await mails(house)
    assert link(mail, "/invitations") == "/invitations"
    assert "Mill Lane Dental" in await ada.page("/invitations")
    assert "Mill Lane Dental" not in await ada.page("/accounts")
    response = await ada.submit("/invitations", "/invitations", {"account": "A200", "answer": "yes"})
    assert response.headers["Location"] == "/invitations?taken=1"
    assert "Mill Lane Dental" in await ada.page("/accounts")
    newest = (await house.store.read(audit.of_organisation, 1))[0]
    assert (newest.action, newest.object) == ("membership.taken", "account:A200")


async def test_offer_is_turned_down(house: House, people: People, ada: Browser, named: None) -> None:
    await invite(house, people, Person("ada@harbour.example"))
    await ada.submit("/invitations", "/invitations", {"account": "A200", "answer": "no"})
    assert "Nothing waits for you" in await ada.page("/invitations")
    assert "Mill Lane Dental" not in await ada.page("/accounts")


async def test_offers_of_others_and_made_up_ones_are_missing(
    house: House, people: People, ada: Browser, named: None
) -> None:
    await invite(house, people, Person("ada@harbour.example"))
    ben = house.browser()
    await ben.sign_in("ben@mill.example")
    token = await ben.token("/profile")
    for account in ("A200", "A100", "", "no-such"):
        fields = {"csrf": token, "account": account, "answer": "yes"}
        assert (await ben.post("/invitations", fields)).status == 404


async def test_offer_can_be_taken_by_who_has_no_account_left(
    house: House, people: People, ada: Browser, named: None
) -> None:
    await invite(house, people, Person("ada@harbour.example"))
    user = await house.store.read(users.by_email, people.meridian, "ada@harbour.example")
    assert user
    await house.store.write(memberships.remove, people.meridian, user.id, people.harbour)
    await ada.submit("/invitations", "/invitations", {"account": "A200", "answer": "yes"})
    assert "Mill Lane Dental" in await ada.page("/")


async def test_members_suspended_people_and_strange_accounts_are_not_invited(
    house: House, people: People, named: None
) -> None:
    assert isinstance(await invite(house, people, Person("ben@mill.example")), AlreadyIn)
    ada = await house.store.read(users.by_email, people.meridian, "ada@harbour.example")
    assert ada
    await house.store.write(users.suspend, people.meridian, ada.id, house.clock())
    assert isinstance(await invite(house, people, Person("ada@harbour.example")), IsSuspended)
    outcome = await house.store.write(
        inviting.invite, people.meridian, people.stranger, MIA, PROVIDER, house.clock()
    )
    assert isinstance(outcome, NoSuchAccount)
    assert await mails(house) == []


async def test_link_of_another_organisation_is_missing_here(
    house: House, browser: Browser, people: People, named: None
) -> None:
    def issue(db: sqlite3.Connection) -> str:
        user_id = users.invited(db, people.other, "eve@other.example", "", factories.NOW)
        users.put_membership(db, people.other, user_id, people.stranger, Role.FULL)
        claim = Claim(purpose=Purpose.INVITATION, host=HOST, user_id=user_id)
        return tokens.issue(db, people.other, claim, factories.NOW)

    token = await house.store.write(issue)
    assert (await browser.get(f"/invitation/{token}")).status == 404
