"""History: sign-ins and failed ones of somebody's own, in words."""

from store import failed_signins
from store.failed_signins import LASTS, MOST, Failure
from store.owner import of_user
from tests.portal.conftest import People
from tests.portal.house import Browser, House
from tests.portal.postbox import mails, name_portals, settled

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
ADA = "ada@harbour.example"


async def guess(house: House, email: str = ADA) -> None:
    browser = house.browser()
    token = await browser.token("/sign-in")
    fields = {"csrf": token, "email": email, "password": "wrong wrong wrong", "next": "/"}
    assert (await browser.post("/sign-in", fields, **{"User-Agent": FIREFOX})).status == 401
    await settled(house)


async def test_page_says_when_how_and_from_where(house: House, people: People, ada: Browser) -> None:
    house.clock.advance(minutes=5)
    await guess(house)
    page = (await ada.page("/security/history")).replace("\N{NO-BREAK SPACE}", " ")
    wrong, right = page.index("Wrong password"), page.index("Signed in")
    assert wrong < right, "the newest first"
    assert "22 Nov 2026, 12:05" in page and "22 Nov 2026, 12:00" in page
    assert "Firefox on Windows" in page and "127.0.0.1" in page
    assert "Wrong password" in await ada.page("/security")


async def test_failures_of_others_are_theirs(house: House, people: People, ada: Browser) -> None:
    await guess(house, "ben@mill.example")
    await guess(house, "nobody@mill.example")
    assert "Wrong password" not in await ada.page("/security/history")


async def test_a_wrong_mailed_code_is_there(house: House, people: People, ada: Browser) -> None:
    await house.store.write(name_portals, people.meridian, people.other)
    other = house.browser()
    await other.submit("/sign-in/mail", "/sign-in/mail", {"email": ADA, "next": "/"})
    [mail] = await mails(house)
    wrong = "111111" if "111111" not in mail.message.text else "222222"
    sent = await other.submit("/sign-in/mail/code", "/sign-in/mail/code", {"code": wrong})
    assert sent.status == 401
    await settled(house)
    assert "Wrong mailed code" in await ada.page("/security/history")


async def test_page_stays_small_however_often_somebody_guesses(
    house: House, people: People, ada: Browser
) -> None:
    failure = Failure(house.clock(), "password", "Samsung Internet on Android", "2001:db8:ffff:ffff::1")
    for _ in range(MOST + 20):
        await house.store.write(failed_signins.keep, of_user(1, 1), failure)
    for _ in range(MOST):
        house.clock.advance(seconds=5)
        await house.browser().sign_in()
    page = await ada.source("/security/history")
    assert page.count("Wrong password") == MOST and page.count("Signed in") >= MOST
    assert len(page.encode()) < 31_000


async def test_nothing_older_than_it_says_is_shown(house: House, people: People, browser: Browser) -> None:
    await guess(house)
    house.clock.advance(days=LASTS.days)
    await browser.sign_in()
    assert "Wrong password" not in await browser.page("/security/history")
