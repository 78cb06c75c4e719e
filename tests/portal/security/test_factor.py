"""The second factor of customers, through the pages."""

import sqlite3
from dataclasses import replace

import pytest

from portal.security import factor as factors
from store import audit, portals, second_factors
from store.audit import Entry
from store.owner import Owner, of_user
from store.vault import SealBroken
from tests import factories
from tests.factories import NOW
from tests.portal.conftest import People
from tests.portal.house import VAULT, Browser, House
from tests.portal.security.app_in_hand import AppInHand, set_up


async def switched_on(house: House, browser: Browser) -> AppInHand:
    """A second factor of who is signed in; the next step of the clock has come, so that its code is good."""

    async def post(path: str, fields: dict[str, str]) -> str:
        return await (await browser.submit("/security", path, fields)).text()

    app = await set_up(post, browser.source, house.clock.now)
    house.clock.advance(seconds=30)
    return app


async def owner(house: House) -> Owner:
    def ada(db: sqlite3.Connection) -> int:
        query = "SELECT id FROM users WHERE organisation_id = 1 AND email = 'ada@harbour.example'"
        return int(db.execute(query).fetchone()[0])

    return of_user(1, await house.store.read(ada))


async def deeds(house: House) -> list[Entry]:
    return await house.store.read(audit.of_organisation, 1)


async def at_second_step(house: House) -> Browser:
    browser = house.browser()
    response = await browser.sign_in(next_url="/invoices")
    assert (response.status, response.headers["Location"]) == (303, "/sign-in/code?next=/invoices")
    return browser


async def given(browser: Browser, **fields: str) -> tuple[int, str]:
    response = await browser.submit("/sign-in/code", "/sign-in/code", {"next": "/invoices", **fields})
    return response.status, response.headers.get("Location") or await response.text()


async def test_sign_in_asks_for_the_app_s_code_once_it_is_set_up(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    browser = await at_second_step(house)
    assert await given(browser, code=app.code(house.clock.now)) == (303, "/invoices")
    assert (await browser.get("/invoices")).status == 200


async def test_nothing_is_open_between_password_and_code(house: House, ada: Browser) -> None:
    await switched_on(house, ada)
    browser = await at_second_step(house)
    for path in ("/", "/invoices", "/security", "/security/factor", "/profile"):
        response = await browser.get(path)
        assert response.status == 303
        assert response.headers["Location"].startswith("/sign-in/code"), path
    token = await browser.token("/sign-in/code")
    response = await browser.post("/security/factor/off", {"csrf": token})
    assert (response.status, response.headers["Location"]) == (303, "/sign-in/code")
    assert await house.store.read(second_factors.confirmed, await owner(house))


async def test_who_stands_at_the_second_step_can_leave(house: House, ada: Browser) -> None:
    await switched_on(house, ada)
    browser = await at_second_step(house)
    left = await browser.submit("/sign-in/code", "/sign-out", {})
    assert left.headers["Location"] == "/sign-in?signed-out=1"
    assert (await browser.get("/sign-in/code")).headers["Location"] == "/sign-in"


async def test_session_is_another_one_after_the_code(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    browser = await at_second_step(house)
    before = {cookie.value for cookie in browser.client.session.cookie_jar if cookie.key == "__Host-session"}
    await given(browser, code=app.code(house.clock.now))
    after = {cookie.value for cookie in browser.client.session.cookie_jar if cookie.key == "__Host-session"}
    assert len(before) == len(after) == 1 and before != after
    old = {"Cookie": f"__Host-session={before.pop()}"}
    assert (await house.browser().get("/invoices", **old)).headers["Location"].startswith("/sign-in?")


async def test_second_step_waits_ten_minutes(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    browser = await at_second_step(house)
    token = await browser.token("/sign-in/code")
    house.clock.advance(minutes=10)
    late = await browser.post("/sign-in/code", {"csrf": token, "code": app.code(house.clock.now)})
    assert late.headers["Location"] == "/sign-in"


async def test_code_is_never_taken_twice(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    code = app.code(house.clock.now)
    assert (await given(await at_second_step(house), code=code))[0] == 303
    status, page = await given(await at_second_step(house), code=code)
    assert status == 401 and "was used before" in page


async def test_code_that_set_it_up_does_not_sign_in(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    assert (await given(await at_second_step(house), code=app.code(NOW)))[0] == 401


async def test_spaces_in_a_code_do_not_matter(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    code = app.code(house.clock.now)
    assert (await given(await at_second_step(house), code=f" {code[:3]} {code[3:]} "))[0] == 303


async def test_recovery_code_lets_in_once_and_is_told_by_mail(
    house: House, people: People, ada: Browser
) -> None:
    await give_address(house, people)
    app = await switched_on(house, ada)
    spelt = app.recovery_codes[0].upper().replace("-", " ")
    assert (await given(await at_second_step(house), recovery=spelt))[0] == 303
    assert (await given(await at_second_step(house), recovery=spelt))[0] == 401
    assert "9 recovery codes are left." in await ada_again(house, app)
    assert await subjects(house) == [
        "Second step switched on: Meridian Telecom",
        "A recovery code was used: Meridian Telecom",
    ]


async def ada_again(house: House, app: AppInHand) -> str:
    browser = await at_second_step(house)
    assert (await given(browser, code=app.code(house.clock.now)))[0] == 303
    return await browser.page("/security")


async def give_address(house: House, people: People) -> None:
    """Mails need a name to lead to."""

    def add(db: sqlite3.Connection) -> None:
        db.execute(
            "INSERT INTO domains (hostname, organisation_id, room, confirmation, live_at, created_at)"
            " VALUES ('billing.meridian.example', ?, 'portal', 'cname', 1, 1)",
            (people.meridian,),
        )

    await house.store.write(add)


async def subjects(house: House) -> list[str]:
    def read(db: sqlite3.Connection) -> list[str]:
        return [row["subject"] for row in db.execute("SELECT subject FROM outbox ORDER BY id")]

    return await house.store.read(read)


async def test_wrong_codes_are_throttled_even_when_the_right_one_comes(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    browser = await at_second_step(house)
    for _ in range(5):
        assert (await given(browser, code="000000"))[0] == 401
    code = app.code(house.clock.now)
    status, page = await given(browser, code=code)
    assert status == 429 and "try again in 2 seconds" in page
    house.clock.advance(seconds=2)
    assert (await given(browser, code=code))[0] == 303


async def test_throttle_is_not_got_round_by_signing_in_anew(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    for _ in range(5):
        await given(await at_second_step(house), code="000000")
    assert (await given(await at_second_step(house), code=app.code(house.clock.now)))[0] == 429


async def test_empty_second_step_says_what_is_asked_for(house: House, ada: Browser) -> None:
    await switched_on(house, ada)
    status, page = await given(await at_second_step(house), code="")
    assert status == 400 and "Enter the code that your app shows now." in page


async def test_second_step_is_for_who_gave_a_password(house: House, browser: Browser, ada: Browser) -> None:
    assert (await browser.get("/sign-in/code")).headers["Location"] == "/sign-in"
    assert (await browser.post("/sign-in/code", {"code": "1"})).headers["Location"] == "/sign-in"
    assert (await ada.get("/sign-in/code?next=/calls")).headers["Location"] == "/calls"


async def test_second_step_takes_its_own_form_alone(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    browser = await at_second_step(house)
    assert (await browser.post("/sign-in/code", {"code": app.code(house.clock.now)})).status == 403


async def test_sign_in_counts_once_both_steps_are_done(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    before = len([deed for deed in await deeds(house) if deed.action == "user.signed_in"])
    browser = await at_second_step(house)
    assert len([deed for deed in await deeds(house) if deed.action == "user.signed_in"]) == before
    await given(browser, code=app.code(house.clock.now))
    last = (await deeds(house))[0]
    assert (last.action, last.detail["by"]) == ("user.signed_in", "code")


async def test_wrong_first_code_switches_nothing_on(house: House, ada: Browser) -> None:
    await ada.submit("/security", "/security/factor", {})
    response = await ada.submit("/security/factor", "/security/factor/confirm", {"code": "000000"})
    assert response.status == 422 and "not the code that your app shows now" in await response.text()
    assert await house.store.read(second_factors.confirmed, await owner(house)) is None
    assert (await house.browser().sign_in()).headers["Location"] == "/"


async def test_recovery_codes_are_shown_once(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    page = await ada.page("/security")
    assert not [code for code in app.recovery_codes if code in page]
    assert (await ada.get("/security/factor")).headers["Location"] == "/security"
    again = await ada.submit("/security", "/security/factor/confirm", {"code": app.code(house.clock.now)})
    assert again.status == 303


async def test_new_recovery_codes_void_the_old_ones(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    response = await ada.submit("/security", "/security/codes", {})
    assert response.status == 200 and "The ones you had before are void." in await response.text()
    assert (await given(await at_second_step(house), recovery=app.recovery_codes[0]))[0] == 401


async def test_switching_it_off_makes_the_password_enough(house: House, people: People, ada: Browser) -> None:
    await give_address(house, people)
    await switched_on(house, ada)
    response = await ada.submit("/security", "/security/factor/off", {})
    assert response.headers["Location"] == "/security?done=factor-off"
    assert (await house.browser().sign_in()).headers["Location"] == "/"
    assert (await subjects(house))[-1] == "Second step switched off: Meridian Telecom"
    assert [deed.action for deed in await deeds(house)][1:3] == ["user.factor_off", "user.factor_on"]


async def test_sessions_elsewhere_end_when_it_is_switched_on(house: House, ada: Browser) -> None:
    elsewhere = house.browser()
    await elsewhere.sign_in()
    await switched_on(house, ada)
    assert (await elsewhere.get("/")).status == 303
    assert (await ada.get("/")).status == 200


CHANGES = ("/security/factor", "/security/factor/off", "/security/codes", "/security/password")


@pytest.mark.parametrize("path", CHANGES)
async def test_who_was_not_asked_lately_says_again_who_they_are(
    house: House, ada: Browser, path: str
) -> None:
    token = await ada.token("/security")
    house.clock.advance(minutes=10)
    response = await ada.post(path, {"csrf": token, "password": "a quite different password"})
    assert response.status == 303
    assert response.headers["Location"].startswith("/security/proof?next=")


async def test_password_again_proves_who_it_is(house: House, ada: Browser) -> None:
    house.clock.advance(minutes=10)
    asked = (await ada.get("/security/password")).headers["Location"]
    wrong = await ada.submit(asked, "/security/proof", {"password": "wrong", "next": "/security/password"})
    assert wrong.status == 401 and "That is not right." in await wrong.text()
    right = await ada.submit(
        asked, "/security/proof", {"password": factories.PASSWORD, "next": "/security/password"}
    )
    assert right.headers["Location"] == "/security/password"
    assert (await ada.get("/security/password")).status == 200
    house.clock.advance(minutes=10)
    assert (await ada.get("/security/password")).status == 303


async def test_code_proves_who_it_is_too(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    house.clock.advance(minutes=10)
    code = app.code(house.clock.now)
    proved = await ada.submit("/security/proof", "/security/proof", {"code": code})
    assert proved.headers["Location"] == "/security"
    assert (await ada.get("/security/password")).status == 200
    house.clock.advance(minutes=10)
    empty = await ada.submit("/security/proof", "/security/proof", {})
    assert empty.status == 400 and "Enter your password." in await empty.text()


async def test_proof_is_throttled(house: House, ada: Browser) -> None:
    for _ in range(5):
        await ada.submit("/security/proof", "/security/proof", {"password": "wrong"})
    waiting = await ada.submit("/security/proof", "/security/proof", {"password": factories.PASSWORD})
    assert (waiting.status, waiting.headers["Retry-After"]) == (429, "2")


@pytest.mark.parametrize("away", ["//evil.example", "https://evil.example/"])
async def test_proof_never_leads_to_another_host(ada: Browser, away: str) -> None:
    proved = await ada.submit(
        "/security/proof", "/security/proof", {"password": factories.PASSWORD, "next": away}
    )
    assert proved.headers["Location"] == "/"


async def test_required_factor_comes_before_anything_else(house: House, people: People, ada: Browser) -> None:
    await require(house, people)
    assert "Meridian Telecom asks everybody who signs in" in await ada.page("/security/factor")
    for path in ("/", "/invoices", "/security", "/security/password", "/profile"):
        assert (await ada.get(path)).headers["Location"] == "/security/factor", path
    token = await ada.token("/security/factor")
    post = await ada.post("/profile/contact", {"csrf": token, "email": "x@y.example"})
    assert post.headers["Location"] == "/security/factor"

    async def send(path: str, fields: dict[str, str]) -> str:
        return await (await ada.post(path, {"csrf": token, **fields})).text()

    await set_up(send, ada.source, house.clock.now)
    assert (await ada.get("/invoices")).status == 200


async def test_who_must_have_a_factor_can_still_leave(house: House, people: People, ada: Browser) -> None:
    await require(house, people)
    assert (await ada.submit("/security/factor", "/sign-out", {})).status == 303


async def require(house: House, people: People) -> None:
    portal = await house.store.read(portals.find, people.meridian)
    assert portal
    settings = replace(portal.settings, require_second_factor=True)
    await house.store.write(portals.save, people.meridian, settings, NOW)


async def test_secret_is_sealed_in_the_store_for_its_owner(house: House, ada: Browser) -> None:
    app = await switched_on(house, ada)
    mine = await owner(house)
    found = await house.store.read(second_factors.confirmed, mine)
    assert found and app.secret.encode() not in found.sealed_secret
    assert factors.opened(VAULT, mine, found) == app.secret
    with pytest.raises(SealBroken):
        factors.opened(VAULT, of_user(2, mine.user_id or 0), found)
