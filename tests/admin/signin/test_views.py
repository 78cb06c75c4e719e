import pytest

from admin.keys import PASSWORDS
from portal.passwords import Passwords, Verdict
from portal.sessions import token_hash
from store import organisations, sessions, signin, staff
from store.hostname import Hostname
from tests import factories
from tests.fakes.admin_console import ADMIN_HOST, ORIGIN, PASSWORD, Browser, Console


async def test_admin_signs_in_and_is_led_to_their_organisation(console: Console, browser: Browser) -> None:
    answer = await browser.sign_in("Admin@Acme.example")
    assert (answer.status, answer.location) == (303, "/")
    assert (await browser.get("/")).location == "/organisations/acme"
    member = await console.store.read(staff.by_email, "admin@acme.example")
    assert member and member.seen_at == console.now


async def test_session_cookie_is_host_bound_and_out_of_reach_of_scripts(browser: Browser) -> None:
    answer = await browser.sign_in("admin@acme.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize("email", ["admin@acme.example", "nobody@acme.example"])
async def test_wrong_password_and_unknown_address_read_the_same(browser: Browser, email: str) -> None:
    answer = await browser.sign_in(email, "not the password")
    assert answer.status == 401
    assert "do not belong together" in answer.text
    assert "__Host-session" not in browser.cookies


async def test_empty_form_is_refused_without_an_attempt(browser: Browser) -> None:
    answer = await browser.sign_in("", "")
    assert answer.status == 400
    assert "Enter your e-mail address." in answer.text


async def test_attempts_are_throttled_then_taken_again(console: Console, browser: Browser) -> None:
    for _ in range(5):
        await browser.sign_in("admin@acme.example", "guess")
    waiting = await browser.sign_in("admin@acme.example")
    assert (waiting.status, waiting.headers["Retry-After"]) == (429, "2")
    assert "Your password was not looked at" in waiting.text
    console.passes(seconds=2)
    assert (await browser.sign_in("admin@acme.example")).status == 303


async def test_staff_and_customers_are_throttled_apart(console: Console, browser: Browser) -> None:
    account = signin.account_subject("organisation:1", "admin@acme.example")
    for _ in range(9):
        await console.store.write(signin.begin, (account,), console.now)
    assert (await browser.sign_in("admin@acme.example")).status == 303


async def test_visitor_returns_to_the_page_they_asked_for(browser: Browser) -> None:
    asked = await browser.get("/organisations/acme/settings/customer-access")
    assert asked.location == "/sign-in?next=/organisations/acme/settings/customer-access"
    page = await browser.get(asked.location)
    assert 'name="next" type="hidden" value="/organisations/acme/settings/customer-access"' in page.text
    answer = await browser.post(
        "/sign-in",
        email="admin@acme.example",
        password=PASSWORD,
        next="/organisations/acme/settings/customer-access",
    )
    assert answer.location == "/organisations/acme/settings/customer-access"


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
async def test_visitor_is_never_sent_to_another_host(browser: Browser, away: str) -> None:
    await browser.get("/sign-in")
    answer = await browser.post("/sign-in", email="admin@acme.example", password=PASSWORD, next=away)
    assert answer.location == "/"


async def test_sign_out_ends_the_session_on_the_server(admin: Browser) -> None:
    await admin.get("/organisations/acme")
    kept = dict(admin.cookies)
    answer = await admin.post("/sign-out")
    assert answer.location == "/sign-in?signed-out=1"
    assert "__Host-session" not in admin.cookies
    admin.cookies = kept
    assert (await admin.get("/organisations/acme")).location.startswith("/sign-in")


async def test_session_is_new_at_each_sign_in_and_the_old_one_ends(console: Console, admin: Browser) -> None:
    before = admin.cookies["__Host-session"]
    await admin.sign_in("admin@acme.example")
    assert admin.cookies["__Host-session"] != before
    admin.cookies["__Host-session"] = before
    assert (await admin.get("/organisations/acme")).status == 303


async def test_session_ends_when_idle(console: Console, admin: Browser) -> None:
    console.passes(minutes=29)
    assert (await admin.get("/organisations/acme")).status == 200
    console.passes(minutes=29)
    assert (await admin.get("/organisations/acme")).status == 200
    console.passes(minutes=30)
    assert (await admin.get("/organisations/acme")).status == 303


async def test_token_of_another_host_is_worth_nothing(console: Console, admin: Browser) -> None:
    token = admin.cookies["__Host-session"]
    assert await console.store.read(sessions.find, token_hash(token, ADMIN_HOST), console.now)
    other = token_hash(token, Hostname("billing.mycompany.com"))
    assert await console.store.read(sessions.find, other, console.now) is None


async def test_reset_password_signs_out_at_once(console: Console, admin: Browser) -> None:
    member = await console.store.read(staff.by_email, "admin@acme.example")
    assert member
    await console.store.write(staff.set_password, member.id, "another hash")
    assert (await admin.get("/organisations/acme")).status == 303


async def test_admin_goes_with_their_organisation(console: Console, admin: Browser) -> None:
    acme = await console.store.read(organisations.by_slug, "acme")
    assert acme
    await console.store.write(factories.removed_organisation, acme.id)
    assert (await admin.get("/organisations/acme")).status == 303


async def test_sign_in_needs_the_form_s_own_token(browser: Browser) -> None:
    fields = {"email": "admin@acme.example", "password": PASSWORD}
    origin = {"Origin": ORIGIN}
    await browser.get("/sign-in")
    assert (await browser.send("POST", "/sign-in", fields, origin)).status == 403
    assert (await browser.send("POST", "/sign-in", {"csrf": browser.token, **fields})).status == 403
    assert (await browser.send("POST", "/sign-in", {"csrf": browser.token, **fields}, origin)).status == 303


async def test_password_changed_while_it_was_looked_at_opens_nothing(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slowly(stored: str | None, password: str) -> Verdict:
        member = await console.store.read(staff.by_email, "admin@acme.example")
        assert member
        await console.store.write(staff.set_password, member.id, "another hash")
        return Verdict(True)

    async with console.started() as browser:
        app = browser.client.server.app  # type: ignore[attr-defined]
        monkeypatch.setattr(app[PASSWORDS], "verify", slowly)
        assert (await browser.sign_in("admin@acme.example")).status == 401


async def test_password_is_hashed_anew_when_the_parameters_have_moved_on(
    console: Console, browser: Browser
) -> None:
    older = Passwords(time_cost=2, memory_kib=8)
    member = await console.store.read(staff.by_email, "admin@acme.example")
    assert member
    stored = older.hash_now(PASSWORD)
    older.close()
    await console.store.write(staff.set_password, member.id, stored)
    assert (await browser.sign_in("admin@acme.example")).status == 303
    member = await console.store.read(staff.by_email, "admin@acme.example")
    assert member and member.password_hash != stored
    assert (await browser.get("/")).status == 303
