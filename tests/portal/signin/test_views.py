"""Signing in and out."""

import sqlite3
from datetime import timedelta
from html import unescape

import pytest

from portal.passwords import Passwords, Verdict
from store import sessions
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import OTHER_HOST, Browser, House


async def test_brand_is_shown_on_the_sign_in_page(browser: Browser) -> None:
    page = await browser.page("/sign-in")
    assert "Meridian Telecom" in page
    assert "Other Networks" not in page


async def test_customer_is_let_in_with_their_password(browser: Browser) -> None:
    response = await browser.sign_in(" ADA@Harbour.example ")
    assert (response.status, response.headers["Location"]) == (303, "/")
    assert "Harbour Coffee Ltd" in await browser.page("/")


async def test_cookie_is_bound_to_the_host_and_hidden_from_scripts(browser: Browser) -> None:
    cookie = (await browser.sign_in()).headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie and "Max-Age" not in cookie


async def test_store_never_holds_the_token(house: House, browser: Browser) -> None:
    cookie = (await browser.sign_in()).cookies["__Host-session"].value

    def held(db: sqlite3.Connection) -> bytes:
        return bytes(db.execute("SELECT token_hash FROM sessions").fetchone()[0])

    assert len(cookie) >= 43
    assert cookie.encode() not in await house.store.read(held)


async def test_session_is_a_new_one_at_each_sign_in(browser: Browser, house: House) -> None:
    first = (await browser.sign_in()).cookies["__Host-session"].value
    await browser.submit("/", "/sign-out", {})
    second = (await browser.sign_in()).cookies["__Host-session"].value
    assert first != second


async def test_old_session_ends_when_its_bearer_signs_in_again(browser: Browser, house: House) -> None:
    token = await browser.token("/sign-in")
    fields = {"csrf": token, "email": "ada@harbour.example", "password": factories.PASSWORD}
    await browser.post("/sign-in", fields)
    await browser.post("/sign-in", fields)

    def count(db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT count(*) FROM sessions").fetchone()[0])

    assert await house.store.read(count) == 1


@pytest.mark.parametrize(
    ("email", "password"),
    [("ada@harbour.example", "wrong horse battery"), ("nobody@harbour.example", factories.PASSWORD)],
)
async def test_answer_is_the_same_when_address_or_password_is_wrong(
    browser: Browser, email: str, password: str
) -> None:
    response = await browser.sign_in(email, password)
    text = unescape(await response.text())
    assert response.status == 401
    assert "That e-mail address and password do not belong together." in text
    assert password not in text


async def test_suspended_user_is_refused_as_a_stranger(house: House, browser: Browser) -> None:
    def suspend(db: sqlite3.Connection) -> None:
        db.execute("UPDATE users SET status = 'suspended'")

    await house.store.write(suspend)
    assert (await browser.sign_in()).status == 401


async def test_user_suspended_while_the_password_is_looked_at_is_refused(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = Passwords.verify

    async def suspend_meanwhile(self: Passwords, stored: str | None, password: str) -> Verdict:
        verdict = await verify(self, stored, password)
        await house.store.write(lambda db: db.execute("UPDATE users SET status = 'suspended'").rowcount)
        return verdict

    monkeypatch.setattr(Passwords, "verify", suspend_meanwhile)
    assert (await browser.sign_in()).status == 401


async def test_customer_of_another_organisation_is_a_stranger_here(house: House) -> None:
    assert (await house.browser(OTHER_HOST).sign_in("ben@mill.example")).status == 401


async def test_missing_fields_are_named(browser: Browser) -> None:
    response = await browser.sign_in("", "")
    text = await response.text()
    assert response.status == 400
    assert "Enter your e-mail address." in text and "Enter your password." in text
    assert 'aria-invalid="true"' in text


async def test_attempts_must_wait_when_too_many_failed(house: House, browser: Browser) -> None:
    for _ in range(5):
        assert (await browser.sign_in(password="wrong horse battery")).status == 401
    response = await browser.sign_in()
    assert response.status == 429
    assert response.headers["Retry-After"] == "2"
    assert "try again in 2 seconds" in await response.text()
    house.clock.advance(seconds=2)
    assert (await browser.sign_in()).status == 303


async def test_wait_is_never_longer_than_a_minute_for_an_account(house: House, browser: Browser) -> None:
    for _ in range(12):
        await browser.sign_in(password="wrong horse battery")
        house.clock.advance(seconds=60)
    assert (await browser.sign_in()).status == 303


async def test_next_page_is_kept_through_the_sign_in(browser: Browser) -> None:
    led = (await browser.get("/invoices?show=due&year=2026")).headers["Location"]
    assert led.startswith("/sign-in?next=")
    assert 'value="/invoices?show=due&year=2026"' in await browser.page(led)
    response = await browser.sign_in(next_url="/invoices?show=due")
    assert response.headers["Location"] == "/invoices?show=due"


@pytest.mark.parametrize("text", ["//evil.example", "/\\evil.example", "https://evil.example"])
async def test_next_page_is_never_another_host(browser: Browser, text: str) -> None:
    assert (await browser.sign_in(next_url=text)).headers["Location"] == "/"


async def test_signed_in_customer_is_led_on_from_the_sign_in_page(ada: Browser) -> None:
    assert (await ada.get("/sign-in?next=/calls")).headers["Location"] == "/calls"
    assert (await ada.get("/sign-in?next=//evil.example")).headers["Location"] == "/"


async def test_session_is_gone_after_signing_out(ada: Browser, house: House) -> None:
    cookies = {cookie.key: cookie.value for cookie in ada.client.session.cookie_jar}
    response = await ada.submit("/", "/sign-out", {})
    assert response.status == 303
    assert (await ada.get("/")).headers["Location"] == "/sign-in"
    replayed = {"Cookie": f"__Host-session={cookies['__Host-session']}"}
    assert (await house.browser().get("/", **replayed)).status == 303
    assert "You are signed out." in await ada.page(response.headers["Location"])


async def test_signing_out_takes_a_post(ada: Browser) -> None:
    assert (await ada.get("/sign-out")).status == 405
    assert (await ada.get("/")).status == 200


async def test_session_ends_when_idle_for_half_an_hour(ada: Browser, house: House) -> None:
    house.clock.advance(minutes=29)
    assert (await ada.get("/")).status == 200
    house.clock.advance(minutes=29)
    assert (await ada.get("/")).status == 200
    house.clock.advance(minutes=30)
    assert (await ada.get("/")).status == 303


async def test_session_ends_after_twelve_hours_however_busy(ada: Browser, house: House) -> None:
    for _ in range(int(sessions.LONGEST / timedelta(minutes=20)) - 1):
        house.clock.advance(minutes=20)
        assert (await ada.get("/")).status == 200
    house.clock.advance(minutes=20)
    assert (await ada.get("/")).status == 303


async def test_sight_is_written_at_most_once_a_minute(ada: Browser, house: House) -> None:
    def seen(db: sqlite3.Connection) -> int:
        return int(db.execute("SELECT seen_at FROM sessions").fetchone()[0])

    before = await house.store.read(seen)
    house.clock.advance(seconds=59)
    await ada.get("/")
    assert await house.store.read(seen) == before
    house.clock.advance(seconds=1)
    await ada.get("/")
    assert await house.store.read(seen) == before + 60_000


async def test_account_is_chosen_by_those_who_have_several(
    house: House, people: People, ada: Browser
) -> None:
    assert "/accounts" not in await ada.source("/")
    await house.store.write(factories.user, people.meridian, "ada@harbour.example", "A200")
    assert "Mill Lane Dental" in await ada.page("/accounts")
    assert (await ada.submit("/accounts", "/accounts", {"account": "A200"})).status == 303
    assert "<h1>Mill Lane Dental</h1>" in await ada.source("/")


async def test_account_of_others_cannot_be_chosen(ada: Browser) -> None:
    assert (await ada.submit("/accounts", "/accounts", {"account": "A200"})).status == 404
