"""Another address to sign in with: confirmed at the new one, taken back from the old one."""

import pytest

from store import audit, second_factors, users
from store.owner import of_user
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import OTHER_HOST, Browser, House
from tests.portal.postbox import link, mails, name_portals
from tests.portal.security.app_in_hand import set_up

OLD, NEW = "ada@harbour.example", "ada.new@harbour.example"
GOOD = "purple walnut ladder"


@pytest.fixture(autouse=True)
async def named(house: House, people: People) -> None:
    await house.store.write(name_portals, people.meridian, people.other)


async def ask(browser: Browser, email: str = NEW) -> str:
    sent = await browser.submit("/security/address", "/security/address", {"email": email})
    assert sent.status == 200
    return (await sent.text()).replace(email, "")


async def asked(house: House, ada: Browser) -> str:
    """The path of the link at the new address."""
    await ask(ada)
    mail = (await mails(house))[-1]
    assert mail.message.recipient == NEW
    return link(mail, "/address/")


async def confirmed(house: House, ada: Browser) -> str:
    """The path of the link back, at the old address."""
    path = await asked(house, ada)
    assert (await house.browser().submit(path, path, {})).status == 200
    mail = (await mails(house))[-1]
    assert mail.message.recipient == OLD
    return link(mail, "/address/back/")


async def test_nothing_changes_before_the_link_is_used(house: House, people: People, ada: Browser) -> None:
    path = await asked(house, ada)
    for _ in range(2):
        page = await house.browser().page(path)
    assert NEW in page and OLD in page
    assert (await house.browser().sign_in(OLD)).status == 303
    assert (await house.browser().sign_in(NEW)).status == 401


async def test_new_address_signs_in_and_the_old_one_is_told(
    house: House, people: People, ada: Browser
) -> None:
    back = await confirmed(house, ada)
    assert (await house.browser().sign_in(NEW)).status == 303
    assert (await house.browser().sign_in(OLD)).status == 401
    assert NEW in await ada.page("/security")
    assert NEW not in (await mails(house))[-1].message.text
    assert back.startswith("/address/back/")
    actions = [entry.action for entry in await house.store.read(audit.of_organisation, 1)]
    assert {"user.address_asked", "user.address_changed"} <= set(actions)


async def test_link_works_once_and_for_an_hour(house: House, people: People, ada: Browser) -> None:
    path = await asked(house, ada)
    guest = house.browser()
    assert (await guest.submit(path, path, {})).status == 200
    assert "This link is over" in await guest.page(path, 410)
    assert (await guest.submit("/sign-in", path, {})).status == 410
    house.clock.advance(hours=1)
    await ada.sign_in(NEW)
    again = await ask(ada, "third@harbour.example")
    assert "on its way" in again
    third = link((await mails(house))[-1], "/address/")
    house.clock.advance(hours=1)
    assert (await guest.get(third)).status == 410


async def test_only_the_newest_link_works(house: House, people: People, ada: Browser) -> None:
    first = await asked(house, ada)
    await ask(ada, "third@harbour.example")
    second = link((await mails(house))[-1], "/address/")
    guest = house.browser()
    assert (await guest.get(first)).status == 410 and (await guest.get(second)).status == 200


async def test_answer_is_the_same_when_somebody_has_the_address(
    house: House, people: People, ada: Browser
) -> None:
    free, taken = await ask(ada, NEW), await ask(ada, "ben@mill.example")
    assert free == taken
    assert [mail.message.recipient for mail in await mails(house)] == [NEW]


async def test_somebody_who_took_the_address_meanwhile_keeps_it(
    house: House, people: People, ada: Browser
) -> None:
    path = await asked(house, ada)
    await house.store.write(factories.user, 1, NEW, "A200")
    assert (await house.browser().submit(path, path, {})).status == 410
    assert (await house.browser().sign_in(OLD)).status == 303


async def test_the_old_address_takes_it_back(house: House, people: People, ada: Browser) -> None:
    back = await confirmed(house, ada)
    owner = house.browser()
    assert OLD in await owner.page(back)
    sent = await owner.submit(back, back, {})
    assert sent.status == 303 and sent.headers["Location"].startswith("/reset/")
    assert (await ada.get("/invoices")).status == 303
    for email in (OLD, NEW):
        assert (await house.browser().sign_in(email)).status == 401
    reset = sent.headers["Location"]
    assert (await owner.submit(reset, reset, {"password": GOOD})).status == 200
    assert (await owner.sign_in(OLD, GOOD)).status == 303
    assert (await owner.get(back)).status == 410


async def test_a_second_change_does_not_keep_the_first_from_being_taken_back(
    house: House, people: People, ada: Browser
) -> None:
    back = await confirmed(house, ada)
    await ask(ada, "third@harbour.example")
    onward = link((await mails(house))[-1], "/address/")
    await house.browser().submit(onward, onward, {})
    theirs = link((await mails(house))[-1], "/address/back/")
    owner = house.browser()
    assert (await owner.submit(back, back, {})).status == 303
    found = await house.store.read(users.by_email, 1, OLD)
    assert found and found.password_hash == users.NO_PASSWORD
    assert (await owner.get(theirs)).status == 410


@pytest.mark.parametrize("before", [True, False])
async def test_a_second_step_set_up_since_goes_with_the_change(
    house: House, people: People, ada: Browser, before: bool
) -> None:
    async def post(path: str, fields: dict[str, str]) -> str:
        return await (await ada.submit("/security", path, fields)).text()

    if before:
        await set_up(post, ada.source, house.clock.now)
        house.clock.advance(seconds=30)
    back = await confirmed(house, ada)
    if not before:
        await set_up(post, ada.source, house.clock.now)
    await house.browser().submit(back, back, {})
    found = await house.store.read(second_factors.confirmed, of_user(1, 1))
    assert (found is not None) is before


async def test_after_a_week_it_stays(house: House, people: People, ada: Browser) -> None:
    back = await confirmed(house, ada)
    house.clock.advance(days=7)
    assert (await house.browser().get(back)).status == 410


async def test_codes_mailed_to_the_old_address_are_void(house: House, people: People, ada: Browser) -> None:
    owner = house.browser()
    await owner.submit("/reset", "/reset", {"email": OLD})
    reset = link((await mails(house))[-1], "/reset/")
    assert (await owner.get(reset)).status == 200
    await confirmed(house, ada)
    assert (await owner.get(reset)).status == 404


@pytest.mark.parametrize(
    ("email", "words"),
    [("", "Enter an e-mail address."), ("ada@", "such as name@company.co.uk"), (OLD.upper(), "already")],
)
async def test_what_is_no_new_address_is_refused(
    house: House, people: People, ada: Browser, email: str, words: str
) -> None:
    sent = await ada.submit("/security/address", "/security/address", {"email": email})
    assert sent.status == 400 and words in await sent.text()
    assert await mails(house) == []


async def test_asking_is_throttled(house: House, people: People, ada: Browser) -> None:
    for _ in range(3):
        await ask(ada)
    sent = await ada.submit("/security/address", "/security/address", {"email": NEW})
    assert sent.status == 429 and int(sent.headers["Retry-After"]) > 0


async def test_it_asks_who_one_is(house: House, people: People, ada: Browser) -> None:
    house.clock.advance(minutes=11)
    for sent in (
        await ada.get("/security/address"),
        await ada.submit("/security", "/security/address", {"email": NEW}),
    ):
        assert sent.headers["Location"] == "/security/proof?next=/security/address"
    assert await mails(house) == []


async def test_links_are_worth_nothing_elsewhere_or_without_our_form(
    house: House, people: People, ada: Browser
) -> None:
    back = await confirmed(house, ada)
    token = back.rpartition("/")[2]
    guest, elsewhere = house.browser(), house.browser(OTHER_HOST)
    missing = await guest.source("/address/nothing", 404)
    assert await guest.source(f"/address/{token}", 404) == missing
    assert await guest.source(f"/reset/{token}", 404) == missing
    assert (await elsewhere.get(back)).status == 404
    assert (await guest.post(back, {})).status == 403
    assert (await guest.get(back)).headers["Referrer-Policy"] == "no-referrer"
