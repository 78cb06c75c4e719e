"""Rules 9 to 12: cookies, requests from elsewhere, what pages may do, where redirects lead."""

import sqlite3

import pytest
from aiohttp import web

from portal.csrf import SAFE
from store import sessions, users
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import OTHER_HOST, Browser, House
from tests.portal.postbox import link, mails, settled

LOOKED_AT = {
    "sessions",
    "sightings",
    "audit",
    "bill_sums",
    "bill_line_sums",
    "made_documents",
    "document_pieces",
}


async def test_rule_9_every_cookie_is_of_this_host_alone_and_hidden(house: House) -> None:
    browser = house.browser()
    answers = [await browser.get("/sign-in"), await browser.sign_in()]
    cookies = [text for answer in answers for text in answer.headers.getall("Set-Cookie", [])]
    assert len(cookies) >= 3
    for cookie in cookies:
        assert cookie.startswith("__Host-"), cookie
        for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
            assert part in cookie, cookie
        assert "Domain" not in cookie


async def test_rule_9_a_session_is_new_at_sign_in_and_worth_nothing_elsewhere(house: House) -> None:
    browser = house.browser()
    first = (await browser.sign_in()).cookies["__Host-session"].value
    await browser.submit("/", "/sign-out", {})
    second = (await browser.sign_in()).cookies["__Host-session"].value
    assert first != second
    assert (await house.browser(OTHER_HOST).get("/invoices", Cookie=f"__Host-session={second}")).status == 303
    assert (await house.browser().get("/invoices", Cookie=f"__Host-session={first}")).status == 303


async def test_rule_9_a_reset_ends_every_session(house: House, people: People, ada: Browser) -> None:
    stranger = house.browser()
    await stranger.submit("/reset", "/reset", {"email": "ada@harbour.example"})
    path = link((await mails(house))[-1], "/reset/")
    new = {"password": "purple walnut ladder", "again": "purple walnut ladder"}
    sent = await stranger.submit(path, path, new)
    assert sent.status == 200
    assert (await ada.get("/invoices")).status == 303

    def of_ada(db: object) -> int:
        user = users.by_email(db, people.meridian, "ada@harbour.example")  # type: ignore[arg-type]
        assert user
        found = db.execute("SELECT * FROM sessions WHERE user_id = ?", (user.id,))  # type: ignore[attr-defined]
        return sum(sessions.is_alive(sessions._session(row), house.clock()) for row in found)

    assert await house.store.read(of_ada) <= 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "", "Origin": f"https://{OTHER_HOST}"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
    ],
)
async def test_rule_10_nothing_is_changed_from_another_site(ada: Browser, headers: dict[str, str]) -> None:
    form = {"csrf": await ada.token("/accounts"), "account": "A100"}
    assert (await ada.post("/accounts", form, **headers)).status == 403
    assert (await ada.post("/accounts", form)).status == 303


async def test_rule_10_no_route_changes_anything_by_a_get(house: House, ada: Browser) -> None:
    routes = [route for route in house.app.router.routes() if route.method not in SAFE]
    assert routes and {route.method for route in routes} <= {"POST"}
    for route in routes:
        assert isinstance(route.resource, web.PlainResource | web.DynamicResource)
    assert (await ada.get("/sign-out")).status == 405
    assert (await ada.get("/invoices")).status == 200


async def test_rule_10_looking_at_every_page_changes_nothing_but_what_was_looked_at(
    house: House, people: People, ada: Browser
) -> None:
    """Kept of a look: when a session was used, what was opened or left, sums and files made of what is there."""

    def contents(db: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
        names = [row["name"] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(map(tuple, db.execute(f"SELECT * FROM {name}")), key=repr)
            for name in names
            if not name.startswith("sqlite_")
        }

    def furnish(db: sqlite3.Connection) -> None:
        invoice = factories.invoice(db, people.meridian, people.harbour, "INV-1")
        factories.line(db, people.meridian, invoice, 1)
        payment = factories.payment(db, people.meridian, people.harbour, "PAY-1")
        factories.allocation(db, people.meridian, payment, invoice)

    await house.store.write(furnish)
    before = await house.store.read(contents)
    fill = {"position": "1", "section": "contact", "dimension": "cli", "person": "1", "name": "none"}
    for route in house.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if route.method == "GET" and "{token}" not in path and "{link}" not in path and "static" not in path:
            kind = "PAY-1" if path.startswith("/payments") else "INV-1"
            ids = {"public_id": factories.public(people.meridian, kind), "sha256": "0" * 64, "rendition": "x"}
            answer = await ada.get(path.format(**fill, **ids))
            await answer.read()
            assert answer.status in (200, 303, 404), (path, answer.status)
    await settled(house)
    after = await house.store.read(contents)
    assert {name for name in before if before[name] != after[name]} <= LOOKED_AT


async def test_rule_11_pages_may_run_send_and_be_framed_as_ours_only(house: House, ada: Browser) -> None:
    for path in ("/", "/invoices", "/sign-in/mail", "/nowhere"):
        policy = (await ada.get(path)).headers["Content-Security-Policy"]
        for part in (
            "default-src 'none'",
            "script-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ):
            assert part in policy
        assert "base-uri 'none'" in policy and "unsafe" not in policy and "http" not in policy
    answer = await ada.get("/invoices")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_rule_11_a_page_with_a_token_in_its_address_tells_nobody_of_it(house: House) -> None:
    stranger = house.browser()
    await stranger.submit("/reset", "/reset", {"email": "ada@harbour.example"})
    path = link((await mails(house))[-1], "/reset/")
    answer = await stranger.get(path)
    assert answer.status == 200 and answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "place",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "https:evil.example",
        "/\t/evil.example",
        "%2F%2Fevil.example",
        "/%2F/evil.example",
        "user@evil.example",
        "javascript:alert(1)",
        "/%5Cevil.example",
    ],
)
async def test_rule_12_a_redirect_leads_to_this_host(house: House, place: str) -> None:
    sent = await house.browser().sign_in(next_url=place)
    assert sent.status == 303
    assert sent.headers["Location"] == "/", sent.headers["Location"]


async def test_rule_12_a_path_of_ours_is_gone_to(house: House) -> None:
    sent = await house.browser().sign_in(next_url="/invoices?show=due&year=2026")
    assert sent.headers["Location"] == "/invoices?show=due&year=2026"
    assert factories.PASSWORD not in sent.headers["Location"]
