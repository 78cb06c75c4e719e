"""Signing in by a mailed code or link: in the browser that asked, once, for ten minutes."""

import asyncio
import re
import sqlite3

import pytest
from aiohttp.test_utils import TestServer

from store import audit, users
from store.hostname import Hostname
from store.outbox import Purpose
from tests.portal.conftest import People
from tests.portal.house import HOST, OTHER_HOST, Browser, House, destination, new_client, portal_app
from tests.portal.postbox import link, mails, name_portals

ADA = "ada@harbour.example"
ASK, CODE = "/sign-in/mail", "/sign-in/mail/code"


@pytest.fixture(autouse=True)
async def named(house: House, people: People) -> None:
    await house.store.write(name_portals, people.meridian, people.other)


async def ask(browser: Browser, email: str = ADA) -> tuple[int, str]:
    response = await browser.submit(ASK, ASK, {"email": email})
    return response.status, (await response.text()).replace(email, "X")


async def mailed(house: House) -> tuple[str, str]:
    """The newest code and the path of its link."""
    mail = (await mails(house))[-1]
    assert mail.message.purpose is Purpose.SIGN_IN_CODE
    found = re.search(r"^\s*(\d{6})\s*$", mail.message.text, re.M)
    assert found
    return found[1], link(mail, "/sign-in/mail/")


async def enter(browser: Browser, code: str) -> int:
    return (await browser.submit(CODE, CODE, {"code": code})).status


async def is_in(browser: Browser) -> bool:
    return (await browser.get("/invoices")).status == 200


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def test_sign_in_page_leads_here(browser: Browser) -> None:
    assert f'href="{ASK}"' in await browser.source("/sign-in")


async def test_code_signs_in_once(house: House, browser: Browser, people: People) -> None:
    assert (await ask(browser))[0] == 200
    code, _ = await mailed(house)
    response = await browser.submit(CODE, CODE, {"code": f"{code[:3]} {code[3:]}"})
    assert (response.status, response.headers["Location"]) == (303, "/")
    assert await is_in(browser)
    came = (await house.store.read(audit.of_organisation, people.meridian))[0]
    assert (came.action, came.detail["by"]) == ("user.signed_in", "mailed code")
    second = house.browser()
    assert await enter(second, code) == 401


async def test_link_shows_a_button_and_its_post_signs_in_once(house: House, browser: Browser) -> None:
    await ask(browser)
    _, path = await mailed(house)
    for _ in range(2):
        response = await browser.get(path)
        assert response.status == 200 and ADA in await response.text()
        assert response.headers["Referrer-Policy"] == "no-referrer"
    assert (await browser.submit(path, path, {})).status == 303
    assert await is_in(browser)
    assert (await browser.get(path)).status == 410


async def test_neither_works_in_another_browser(house: House, browser: Browser) -> None:
    await ask(browser)
    code, path = await mailed(house)
    other = house.browser()
    assert await enter(other, code) == 401
    assert (await other.get(path)).status == 410
    await ask(other, "nobody@x.example")
    assert await enter(other, code) == 401
    assert not await is_in(other)


async def test_neither_works_at_another_organisation(house: House, browser: Browser) -> None:
    await ask(browser)
    code, path = await mailed(house)
    browser.host = OTHER_HOST
    assert await enter(browser, code) == 401
    assert (await browser.get(path)).status == 410


async def test_code_works_at_another_name_of_the_organisation_and_the_mail_has_no_link_there(
    house: House, people: People
) -> None:
    alias = Hostname("meridian.provider.example")
    hosts = {name: destination(name, people.meridian) for name in (HOST, alias)}
    server = TestServer(portal_app(house.store, house.clock, hosts))
    await server.start_server()
    client = new_client(server)
    browser = Browser(client, alias)
    await ask(browser)
    async with asyncio.timeout(10):
        while not (text := await house.store.read(last_mail)):
            await asyncio.sleep(0.01)
    code = re.search(r"^\s*(\d{6})\s*$", text, re.M)
    assert code and "https://" not in text
    assert await enter(browser, code[1]) == 303
    assert await is_in(browser)
    await client.close()
    await server.close()


def last_mail(db: sqlite3.Connection) -> str:
    row = db.execute("SELECT body_text FROM outbox ORDER BY id DESC").fetchone()
    return row["body_text"] if row else ""


async def test_answer_is_the_same_for_known_unknown_and_suspended(
    house: House, browser: Browser, people: People
) -> None:
    ben = await house.store.read(users.by_email, people.meridian, "ben@mill.example")
    assert ben
    await house.store.write(users.suspend, people.meridian, ben.id, house.clock())
    token = await browser.token(ASK)
    answers = {
        (status, page.replace(token, ""))
        for status, page in [await ask(browser, email) for email in (ADA, "no@x.example", ben.email)]
    }
    assert len(answers) == 1
    assert [mail.message.recipient for mail in await mails(house)] == [ADA]


async def test_it_is_over_after_ten_minutes(house: House, browser: Browser) -> None:
    await ask(browser)
    code, path = await mailed(house)
    house.clock.advance(minutes=10)
    assert await enter(browser, code) == 401
    assert (await browser.get(path)).status == 410


async def test_newer_code_makes_the_older_void(house: House, browser: Browser) -> None:
    await ask(browser)
    first, _ = await mailed(house)
    second = house.browser()
    await ask(second)
    await mailed(house)
    assert await enter(browser, first) == 401


async def test_five_wrong_codes_end_it(house: House, browser: Browser) -> None:
    await ask(browser)
    code, path = await mailed(house)
    for _ in range(5):
        assert await enter(browser, other_than(code)) == 401
    house.clock.advance(minutes=2)
    assert await enter(browser, code) == 401
    assert (await browser.get(path)).status == 410


async def test_guesses_of_one_network_are_slowed_whatever_browser_they_come_from(house: House) -> None:
    statuses = [await enter(house.browser(), "123456") for _ in range(40)]
    assert statuses[0] == 401 and statuses[-1] == 429


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
async def test_what_is_no_code_is_said(browser: Browser, typed: str) -> None:
    response = await browser.submit(CODE, CODE, {"code": typed})
    assert response.status == 400 and "Enter the 6 digits" in await response.text()


async def test_what_is_no_address_is_said(browser: Browser) -> None:
    assert (await ask(browser, "nonsense"))[0] == 400


async def test_mails_to_one_address_are_slowed(house: House, browser: Browser) -> None:
    statuses = [(await ask(browser))[0] for _ in range(6)]
    assert statuses[0] == 200 and statuses[-1] == 429


async def test_second_factor_is_asked_for_all_the_same(
    house: House, browser: Browser, people: People
) -> None:
    ada = await house.store.read(users.by_email, people.meridian, ADA)
    assert ada

    def confirm(db: sqlite3.Connection) -> None:
        db.execute(
            "INSERT INTO second_factors (organisation_id, user_id, sealed_secret, confirmed_at, created_at)"
            " VALUES (?, ?, x'00', 1, 1)",
            (people.meridian, ada.id),
        )

    await house.store.write(confirm)
    await ask(browser)
    code, _ = await mailed(house)
    response = await browser.submit(CODE, CODE, {"code": code})
    assert response.headers["Location"] == "/sign-in/code"
    assert not await is_in(browser)


async def test_user_who_was_suspended_meanwhile_does_not_get_in(
    house: House, browser: Browser, people: People
) -> None:
    await ask(browser)
    code, _ = await mailed(house)
    ada = await house.store.read(users.by_email, people.meridian, ADA)
    assert ada
    await house.store.write(users.suspend, people.meridian, ada.id, house.clock())
    assert await enter(browser, code) == 401


async def test_store_keeps_neither_code_nor_link_in_the_tokens(house: House, browser: Browser) -> None:
    await ask(browser)
    code, path = await mailed(house)

    def kept(db: sqlite3.Connection) -> str:
        return " ".join(str(tuple(row)) for row in db.execute("SELECT * FROM tokens").fetchall())

    text = await house.store.read(kept)
    assert code not in text.replace("'tries': '0'", "") and path.rpartition("/")[2] not in text
    assert "sign_in" in text


async def test_way_on_is_kept_from_the_sign_in_page(house: House, browser: Browser) -> None:
    assert 'href="/sign-in/mail?next=/invoices"' in await browser.source("/sign-in?next=/invoices")
    response = await browser.submit(f"{ASK}?next=/invoices", ASK, {"email": ADA, "next": "/invoices"})
    assert 'name="next" type="hidden" value="/invoices"' in await response.text()
    code, _ = await mailed(house)
    entered = await browser.submit(CODE, CODE, {"code": code, "next": "/invoices"})
    assert entered.headers["Location"] == "/invoices"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
async def test_way_on_never_leads_elsewhere(house: House, browser: Browser, elsewhere: str) -> None:
    await ask(browser)
    code, _ = await mailed(house)
    entered = await browser.submit(CODE, CODE, {"code": code, "next": elsewhere})
    assert entered.headers["Location"] == "/"


async def test_right_code_starts_the_count_of_wrong_passwords_anew(house: House, browser: Browser) -> None:
    for _ in range(3):
        assert (await browser.sign_in(password="wrong wrong wrong")).status == 401
    await ask(browser)
    code, _ = await mailed(house)
    assert await enter(browser, code) == 303

    def counted(db: sqlite3.Connection) -> list[int]:
        rows = db.execute("SELECT failures FROM signin_failures WHERE failures = 3")
        return [row["failures"] for row in rows]

    assert await house.store.read(counted) == [3, 3], (
        "network's and organisation's count stand, the account's does not"
    )


async def test_wait_is_said_with_its_seconds(house: House) -> None:
    for _ in range(40):
        response = await house.browser().submit(CODE, CODE, {"code": "123456"})
    assert response.status == 429 and int(response.headers["Retry-After"]) > 0


async def test_right_codes_slow_nobody_down_however_many_there_are(house: House, browser: Browser) -> None:
    def counted(db: sqlite3.Connection) -> list[int]:
        rows = db.execute("SELECT failures FROM signin_failures WHERE failures > 0")
        return [row["failures"] for row in rows]

    for _ in range(3):
        await ask(browser)
        code, _ = await mailed(house)
        assert await enter(browser, code) == 303
        await browser.submit("/", "/sign-out", {})
    assert await house.store.read(counted) == [3, 3], (
        "the mails that were asked for: of the address, the network"
    )
