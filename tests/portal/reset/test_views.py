"""A new password for who forgot theirs: one answer for all, a mail for some."""

import pytest

from portal.invitation import inviting
from store import users
from store.invitations import Person
from store.outbox import Purpose
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import OTHER_HOST, PROVIDER, Browser, House
from tests.portal.postbox import link, mails, name_portals, settled

GOOD = "purple walnut ladder"
ADA = "ada@harbour.example"


@pytest.fixture(autouse=True)
async def named(house: House, people: People) -> None:
    await house.store.write(name_portals, people.meridian, people.other)


async def ask(browser: Browser, email: str) -> tuple[int, str]:
    response = await browser.submit("/reset", "/reset", {"email": email})
    token = await browser.token("/reset")
    return response.status, (await response.text()).replace(email, "X").replace(token, "")


@pytest.fixture
async def path(house: House, browser: Browser) -> str:
    """The link of Ada's reset."""
    assert (await ask(browser, " Ada@Harbour.example"))[0] == 200
    [mail] = await mails(house)
    assert mail.message.recipient == ADA
    return link(mail, "/reset/")


async def test_sign_in_page_leads_here(browser: Browser) -> None:
    assert 'href="/reset"' in await browser.source("/sign-in")


async def test_answer_is_the_same_for_known_unknown_invited_and_suspended(
    house: House, browser: Browser, people: People
) -> None:
    await house.store.write(
        inviting.invite, people.meridian, people.harbour, Person("mia@x.example"), PROVIDER, house.clock()
    )
    ben = await house.store.read(users.by_email, people.meridian, "ben@mill.example")
    assert ben
    await house.store.write(users.suspend, people.meridian, ben.id, house.clock())
    emails = (ADA, "nobody@x.example", "mia@x.example", "ben@mill.example")
    answers = {await ask(browser, email) for email in emails}
    assert len(answers) == 1 and next(iter(answers))[0] == 200
    sent = [(mail.message.recipient, mail.message.purpose) for mail in await mails(house)]
    assert sent == [
        ("mia@x.example", Purpose.INVITATION),
        (ADA, Purpose.RESET),
        ("mia@x.example", Purpose.INVITATION),
    ]


async def test_throttle_is_the_same_for_known_and_unknown(house: House, browser: Browser) -> None:
    for email in (ADA, "nobody@x.example"):
        answers = [await ask(browser, email) for _ in range(4)]
        assert [status for status, _ in answers] == [200, 200, 200, 429]
    assert len(await mails(house)) == 3
    house.clock.advance(minutes=2)
    assert (await ask(browser, ADA))[0] == 200


async def test_one_network_cannot_ask_for_many(house: House, browser: Browser) -> None:
    asked = [(await ask(browser, f"n{number}@x.example"))[0] for number in range(12)]
    assert asked == [200] * 10 + [429] * 2


async def test_mail_is_for_the_organisation_of_the_host_alone(house: House, people: People) -> None:
    elsewhere = house.browser(OTHER_HOST)
    await ask(elsewhere, "ben@mill.example")
    assert await mails(house, people.other) == await mails(house, people.meridian) == []
    await ask(elsewhere, ADA)
    [mail] = await mails(house, people.other)
    assert f"https://{OTHER_HOST}/reset/" in mail.message.text
    assert await mails(house, people.meridian) == []


async def test_link_leads_to_the_stored_name_and_not_to_the_requests(house: House, path: str) -> None:
    [mail] = await mails(house)
    assert f"https://billing.meridian.example{path}" in mail.message.text


async def test_opening_the_link_spends_nothing(browser: Browser, path: str) -> None:
    for _ in range(3):
        response = await browser.get(path)
        assert response.status == 200
        assert response.headers["Referrer-Policy"] == "no-referrer"
    assert (await browser.submit(path, path, {"password": GOOD})).status == 200


async def test_new_password_ends_every_session_and_is_told_by_mail(
    house: House, ada: Browser, path: str
) -> None:
    somebody = house.browser()
    response = await somebody.submit(path, path, {"password": GOOD})
    assert "Your password is changed" in await response.text()
    assert (await ada.get("/invoices")).status == 303
    notice = (await mails(house))[-1]
    assert (notice.message.purpose, notice.message.recipient) == (Purpose.SECURITY, ADA)
    assert (await somebody.sign_in(ADA, factories.PASSWORD)).status == 401
    assert (await somebody.sign_in(ADA, GOOD)).status == 303


async def test_same_person_elsewhere_keeps_the_password(house: House, path: str) -> None:
    await house.browser().submit(path, path, {"password": GOOD})
    assert (await house.browser(OTHER_HOST).sign_in(ADA, factories.PASSWORD)).status == 303


async def test_link_works_once_for_half_an_hour(house: House, browser: Browser, path: str) -> None:
    house.clock.advance(minutes=29)
    await browser.submit(path, path, {"password": GOOD})
    assert "used already" in await browser.page(path, 410)
    await ask(browser, ADA)
    second = link((await mails(house))[-1], "/reset/")
    house.clock.advance(minutes=30)
    assert "this one is older" in await browser.page(second, 410)


async def test_newer_link_makes_the_older_void(house: House, browser: Browser, path: str) -> None:
    await ask(browser, ADA)
    await settled(house)
    assert (await browser.get(path)).status == 410


async def test_link_is_missing_on_another_host(house: House, browser: Browser, path: str) -> None:
    elsewhere = house.browser(OTHER_HOST)
    assert await elsewhere.source(path, 404) == await elsewhere.source("/reset/nothing", 404)
    form = {"csrf": await elsewhere.token("/sign-in"), "password": GOOD}
    assert (await elsewhere.post(path, form)).status == 404
    assert (await browser.get(path)).status == 200


@pytest.mark.parametrize("password", ["", "short", "Meridian Telecom", "password12345", "x" * 200])
async def test_bad_password_is_refused_and_spends_nothing(browser: Browser, path: str, password: str) -> None:
    response = await browser.submit(path, path, {"password": password})
    assert response.status == 400 and "There is a problem" in await response.text()
    assert (await browser.submit(path, path, {"password": GOOD})).status == 200


async def test_user_suspended_meanwhile_cannot_choose(
    house: House, browser: Browser, people: People, path: str
) -> None:
    user = await house.store.read(users.by_email, people.meridian, ADA)
    assert user
    await house.store.write(users.suspend, people.meridian, user.id, house.clock())
    assert (await browser.submit("/reset", path, {"password": GOOD})).status == 410


@pytest.mark.parametrize("email", ["", "ada", "a@b", "a b@c.example"])
async def test_what_is_no_address_is_refused_in_words(house: House, browser: Browser, email: str) -> None:
    response = await browser.submit("/reset", "/reset", {"email": email})
    assert response.status == 400 and "There is a problem" in await response.text()
    assert await mails(house) == []


async def test_posts_from_elsewhere_are_refused(house: House, browser: Browser, path: str) -> None:
    assert (await browser.post("/reset", {"email": ADA})).status == 403
    assert (await browser.post(path, {"password": GOOD})).status == 403
    fields = {"csrf": await browser.token("/reset"), "email": ADA}
    assert (await browser.post("/reset", fields, **{"Sec-Fetch-Site": "cross-site"})).status == 403
    assert len(await mails(house)) == 1


async def test_link_is_over_once_the_password_was_changed_another_way(
    house: House, browser: Browser, people: People, path: str
) -> None:
    ada = await house.store.read(users.by_email, people.meridian, ADA)
    assert ada
    await house.store.write(users.set_password, people.meridian, ada.id, factories.PASSWORD_HASH)
    assert (await browser.get(path)).status in (404, 410)
