"""Who may reach what, asked of every route there is."""

import re

import pytest
from aiohttp import web

from admin.app import build
from admin.rights import OPEN
from portal.tenancy import host_header
from store.database import Store
from tests.fakes.admin_console import CHEAP, HOST, OK, VAULT, Browser, Console

SAFE = {"GET", "HEAD"}


def routes() -> list[tuple[str, str]]:
    """Method and path of every closed route, from the application itself."""
    console = Console(None)  # type: ignore[arg-type]
    app = build(
        console.store,
        clock=console.clock,
        hostname_of=host_header,
        facts=console.facts,
        operations=console.edge.operations,
        vault=VAULT,
        passwords=CHEAP,
    )
    return sorted((route.method, path(route)) for route in app.router.routes() if route.name not in OPEN)


def path(route: web.AbstractRoute) -> str:
    assert route.resource
    return route.resource.canonical


OF_ORGANISATIONS = [(method, path) for method, path in routes() if "{slug}" in path]


def test_only_the_way_in_and_static_files_are_open() -> None:
    by_link = {"dns_status", "dns_status_now", "dns_status_events", "dns_status_check", "staff_link"}
    assert OPEN == {"sign_in", "second_step", "sign_out", "static"} | by_link
    assert len(OF_ORGANISATIONS) >= 15


@pytest.mark.parametrize(("method", "path"), routes())
async def test_stranger_is_sent_to_sign_in(browser: Browser, method: str, path: str) -> None:
    answer = await browser.send(
        method, path.replace("{slug}", "acme"), headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert (answer.status, answer.location.partition("?")[0]) == (303, "/sign-in")


@pytest.mark.parametrize(("method", "path"), OF_ORGANISATIONS)
async def test_other_organisation_is_as_unknown_as_none(
    console: Console, admin: Browser, method: str, path: str
) -> None:
    await console.add_organisation("beacon")
    await admin.get("/organisations/acme")
    headers = {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": admin.token}
    other = await admin.send(method, path.replace("{slug}", "beacon"), headers=headers)
    none = await admin.send(method, path.replace("{slug}", "nobody"), headers=headers)
    assert other.status == none.status == 404
    assert other.text == none.text
    assert "eacon" not in other.text


@pytest.mark.parametrize(("method", "path"), [each for each in routes() if each[0] not in SAFE])
@pytest.mark.parametrize("fault", ["no token", "wrong token", "cross-site", "same-site", "no origin"])
async def test_forged_form_is_refused(admin: Browser, method: str, path: str, fault: str) -> None:
    await admin.get("/organisations/acme")
    token = {"no token": "", "wrong token": "x" * len(admin.token)}.get(fault, admin.token)
    site = {"cross-site": "cross-site", "same-site": "same-site", "no origin": ""}.get(fault, "same-origin")
    headers = {"Sec-Fetch-Site": site} if site else {}
    answer = await admin.send(method, path.replace("{slug}", "acme"), {"csrf": token}, headers)
    assert answer.status == 403
    assert "That form was not accepted" in answer.text


async def test_nothing_changed_by_a_forged_form(console: Console, admin: Browser) -> None:
    page = "/organisations/acme/settings/customer-access"
    await admin.send("POST", f"{page}/portal", {"enabled": "1"}, {"Sec-Fetch-Site": "cross-site"})
    assert "Open a portal for your customers" in (await admin.get(page)).text


async def test_operator_sees_every_organisation(console: Console, browser: Browser) -> None:
    await console.add_organisation("beacon")
    await console.add_operator()
    await browser.sign_in("op@provider.example")
    start = await browser.get("/")
    assert re.findall(r'class="row" href="([^"]+)"', start.text) == [
        "/organisations/acme",
        "/organisations/beacon",
    ]
    assert (await browser.get("/organisations/beacon")).status == 200
    assert (await browser.get("/organisations/nobody")).status == 404


async def test_unknown_page_is_a_page_in_words(admin: Browser) -> None:
    answer = await admin.get("/nowhere")
    assert answer.status == 404
    assert "could not find that page" in answer.text


async def test_other_hosts_get_421_with_no_brand(browser: Browser) -> None:
    browser.host = HOST
    answer = await browser.get("/sign-in")
    assert answer.status == 421
    assert "Provider" not in answer.text


async def test_pages_carry_the_security_headers(admin: Browser) -> None:
    answer = await admin.get("/organisations/acme")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in answer.headers


async def test_pages_hold_no_inline_script_or_style(console: Console, admin: Browser) -> None:
    page = "/organisations/acme/settings/customer-access"
    await admin.get(page)
    await admin.post(f"{page}/portal", enabled="1")
    await admin.post(f"{page}/domain", hostname=HOST)
    texts = [(await admin.get(each)).text for each in ("/organisations/acme", page, f"{page}/theme")]
    await console.sees(OK)
    await console.proves()
    texts.append((await admin.get(page)).text)
    for text in texts:
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)
        assert len(text) < 50_000


async def test_failure_is_logged_and_answered_with_a_page(
    console: Console, admin: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    store: Store = console.store
    await store.write(lambda db: db.execute("ALTER TABLE portals RENAME TO gone"))
    answer = await admin.get("/organisations/acme")
    assert answer.status == 500
    assert "Something went wrong on our side" in answer.text
    assert [record.message for record in caplog.records if record.name == "portal.errors"] == [
        "request failed"
    ]
