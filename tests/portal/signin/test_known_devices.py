"""Who guesses from elsewhere, however often and from however many addresses, does not keep the owner out."""

import re
from dataclasses import replace

import pytest
from aiohttp import ClientSession, CookieJar, TCPConnector

from portal import sessions
from store import known_devices, owner, signin, users
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import HOST, OTHER_HOST, Browser, House

ADA = "ada@harbour.example"
_TOKEN = re.compile(r'name="csrf" value="([^"]*)"')


async def guess(house: House, address: str, email: str = ADA, password: str = "wrong-guess-of-others") -> int:
    """One attempt of somebody else, from an address of their own; the answer's status."""
    url = house.server.make_url("/sign-in")
    jar = CookieJar(unsafe=True, treat_as_secure_origin=house.server.make_url("/"))
    async with ClientSession(connector=TCPConnector(local_addr=(address, 0)), cookie_jar=jar) as session:
        async with session.get(url, headers={"Host": HOST}) as page:
            token = _TOKEN.search(await page.text())
        assert token
        form = {"csrf": token[1], "email": email, "password": password, "next": "/"}
        headers = {"Host": HOST, "Sec-Fetch-Site": "same-origin"}
        async with session.post(url, data=form, headers=headers, allow_redirects=False) as answer:
            return answer.status


async def test_a_hundred_guesses_from_many_addresses_do_not_stop_the_owner_in_their_own_browser(
    house: House, people: People
) -> None:
    known, new = house.browser(), house.browser()
    assert (await known.sign_in()).status == 303
    await known.submit("/", "/sign-out", {})
    answers = [await guess(house, f"127.0.1.{number}") for number in range(1, 101)]
    assert answers[:5] == [401] * 5 and set(answers[5:]) == {429}
    assert (await new.sign_in()).status == 429
    assert (await known.sign_in()).status == 303


async def test_a_sign_in_that_was_not_counted_takes_nothing_of_the_others_count_away(
    house: House, people: People
) -> None:
    known = house.browser()
    await known.sign_in()
    for _ in range(5):
        await guess(house, "127.0.0.1")
    for _ in range(3):
        await known.submit("/", "/sign-out", {})
        assert (await known.sign_in()).status == 303
    assert await guess(house, "127.0.0.1") == 429


async def test_unknown_addresses_wait_as_known_ones_do(house: House, people: People) -> None:
    for email in (ADA, "nobody@harbour.example"):
        answers = [await guess(house, f"127.0.2.{number}", email) for number in range(1, 8)]
        assert answers == [401] * 5 + [429] * 2


async def test_guesses_at_many_accounts_from_many_addresses_slow_the_organisation_by_seconds_alone(
    house: House, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signin, "WHOLE", replace(signin.WHOLE, free=10))
    known = house.browser()
    await known.sign_in()
    await known.submit("/", "/sign-out", {})
    answers = [await guess(house, f"127.0.5.{number}", f"{number}@x.example") for number in range(1, 13)]
    assert answers == [401] * 10 + [429] * 2
    assert (await house.browser().sign_in("ben@mill.example")).status == 429
    assert (await house.browser(OTHER_HOST).sign_in()).status == 303
    assert (await known.sign_in()).status == 303
    house.clock.advance(seconds=31)
    assert (await house.browser().sign_in("ben@mill.example")).status == 303


async def test_a_known_browser_may_not_guess_for_ever_either(house: House, people: People) -> None:
    known = house.browser()
    await known.sign_in()
    await known.submit("/", "/sign-out", {})
    answers = [(await known.sign_in(password="wrong-guess-of-ours")).status for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    house.clock.advance(seconds=61)
    assert (await known.sign_in()).status == 303


async def test_a_browser_is_known_to_its_own_person_alone(house: House, people: People) -> None:
    known = house.browser()
    await known.sign_in()
    await known.submit("/", "/sign-out", {})
    for number in range(1, 8):
        await guess(house, f"127.0.3.{number}", "ben@mill.example")
    assert (await known.sign_in("ben@mill.example")).status == 429


@pytest.mark.parametrize("forged", ["", "x", "0" * 64, "g" * 64, "é" * 64])
async def test_a_forged_cookie_is_no_known_browser(house: House, people: People, forged: str) -> None:
    known = house.browser()
    await known.sign_in()
    for number in range(1, 8):
        await guess(house, f"127.0.4.{number}")
    stranger = house.browser()
    stranger.client.session.cookie_jar.update_cookies({sessions.KNOWN: forged}, stranger.client.make_url("/"))
    assert (await stranger.sign_in()).status == 429


async def test_a_browser_is_known_no_more_once_everything_else_is_signed_out_or_time_has_passed(
    house: House, people: People
) -> None:
    def of_ada(db: object) -> owner.Owner:
        found = users.by_email(db, people.meridian, ADA)  # type: ignore[arg-type]
        assert found
        return owner.of_user(people.meridian, found.id)

    ada, now = await house.store.read(of_ada), house.clock()
    await house.store.write(known_devices.keep, ada, b"one", now)
    assert await house.store.read(known_devices.is_known, ada, b"one", now)
    assert not await house.store.read(known_devices.is_known, ada, b"one", now + known_devices.LASTS)
    elsewhere = house.browser()
    await elsewhere.sign_in()
    await elsewhere.submit("/security", "/security/sessions/end-others", {})
    assert not await house.store.read(known_devices.is_known, ada, b"one", now)
    for number in range(1, 8):
        await guess(house, f"127.0.9.{number}")
    assert (await house.browser().sign_in()).status == 429
    await elsewhere.submit("/", "/sign-out", {})
    assert (await elsewhere.sign_in()).status == 303, "the browser that was kept is known"


async def test_as_many_browsers_are_known_as_there_may_be(
    house: House, people: People, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_devices, "MOST", 2)
    for _ in range(4):
        await house.browser().sign_in()
    count = await house.store.read(lambda db: db.execute("SELECT count(*) FROM known_devices").fetchone()[0])
    assert count == 2


async def test_cookie_is_hidden_from_scripts_and_holds_no_session(house: House, people: People) -> None:
    browser = house.browser()
    sent = await browser.sign_in()
    cookie = sent.cookies[sessions.KNOWN]
    assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["domain"]
    assert cookie["path"] == "/" and cookie.value != sent.cookies[sessions.COOKIE].value
    assert factories.PASSWORD not in cookie.value
