"""What is answered before a page is looked for: names that lead on, closed portals, sections switched off."""

import sqlite3
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from portal import pages
from portal.door import CLOSED_SECONDS
from store import organisations, portals, sessions, setting_changes
from store.hostname import Hostname
from store.portals import Settings
from store.setting_changes import Hand
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import Browser, House, destination, portal_app

OLD = Hostname("old.portals.provider.example")
NEW = Hostname("new.portals.provider.example")
HAND = Hand("admin@meridian.example", "", factories.NOW)


async def choose(house: House, people: People, settings: Settings) -> None:
    await house.store.write(portals.save, people.meridian, settings, factories.NOW)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "target", ["/", "/invoices?show=due&q=a%2Fb", "/static/x/app.css", "//evil.example/a", "/nowhere"]
)
async def test_name_that_leads_on_sends_every_request_there(
    house: House, people: People, method: str, target: str
) -> None:
    hosts = {OLD: replace(destination(OLD, people.meridian), redirect_to=NEW)}
    app = portal_app(house.store, house.clock, hosts)
    async with TestClient(TestServer(app)) as client:
        url = URL(f"{str(client.make_url('')).rstrip('/')}{target}", encoded=True)
        headers = {"Host": OLD}
        async with client.session.request(method, url, headers=headers, allow_redirects=False) as response:
            assert response.status == 308
            assert response.headers["Location"] == f"https://{NEW}{target}"
            assert response.headers["Cache-Control"] == "no-store"
            assert "Set-Cookie" not in response.headers


async def test_name_of_a_suspended_organisation_leads_nowhere(house: House, people: People) -> None:
    hosts = {OLD: replace(destination(OLD, people.meridian, suspended=True), redirect_to=NEW)}
    await house.store.write(organisations.set_suspended, people.meridian, True)
    async with TestClient(TestServer(portal_app(house.store, house.clock, hosts))) as client:
        response = await client.get("/", headers={"Host": OLD}, allow_redirects=False)
        assert response.status == 503 and "Location" not in response.headers


async def test_closed_portal_says_so_with_its_brand_and_when_to_come_back(
    house: House, people: People
) -> None:
    await house.store.write(portals.set_enabled, people.meridian, False, factories.NOW)
    for path in ("/", "/sign-in", "/invoices", "/nowhere"):
        response = await house.browser().get(path)
        assert response.status == 503
        assert response.headers["Retry-After"] == str(CLOSED_SECONDS)
        assert response.headers["Cache-Control"] == "no-store"
        text = await response.text()
        assert "Meridian Telecom" in text and "closed just now" in text
    assert (await house.browser().get("/theme.css")).status == 200


async def test_closing_ends_what_customers_had_open_and_opening_again_asks_them_anew(
    house: House, people: People, ada: Browser
) -> None:
    assert (await ada.get("/")).status == 200
    for enabled in (False, True):
        await house.store.write(setting_changes.save, people.meridian, {"enabled": enabled}, HAND, seen=1_000)
    assert (await ada.get("/")).status == 303
    assert (await ada.sign_in()).status == 303
    assert (await ada.get("/")).status == 200


async def test_closing_leaves_the_sessions_of_another_organisation(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(portals.set_enabled, people.other, False, factories.NOW)
    assert (await ada.get("/")).status == 200


SECTIONS = ("invoices", "payments", "calls", "profile")


def paths_of(app: web.Application, name: str) -> list[str]:
    """Every route of a section, its variables filled with something."""
    canonicals = {route.resource.canonical for route in app.router.routes() if route.resource}
    own = {path for path in canonicals if name in (path.split("/")[1], path.split("/")[-1])}
    return [path.replace("{", "").replace("}", "") for path in sorted(own)]


@pytest.mark.parametrize("name", SECTIONS)
async def test_every_page_of_a_section_that_is_off_is_404_and_nothing_leads_there(
    house: House, people: People, ada: Browser, name: str
) -> None:
    await house.store.write(_with_everything, people)
    await choose(house, people, _without(name))
    paths = paths_of(house.app, name)
    assert paths
    for path in paths:
        assert (await ada.get(path)).status == 404
        assert (await house.browser().get(path)).status == 404
    for path in ("/", *(f"/{other}" for other in SECTIONS if other != name)):
        source = await ada.source(path)
        assert f'href="/{name}' not in source


async def test_invoice_does_not_lead_to_sections_that_are_off(
    house: House, people: People, ada: Browser
) -> None:
    await house.store.write(_with_everything, people)
    path = f"/invoices/{factories.public(people.meridian, 'INV-1001')}"
    source = await ada.source(path)
    assert "/lines/1/calls" in source and 'href="/payments/' in source
    await choose(house, people, Settings(show_calls=False, show_payments=False))
    source = await ada.source(path)
    assert "/lines/1/calls" not in source and 'href="/payments' not in source


async def test_home_with_everything_off_still_says_something(
    house: House, people: People, ada: Browser
) -> None:
    await choose(
        house,
        people,
        Settings(show_invoices=False, show_payments=False, show_calls=False, show_profile=False),
    )
    assert "There is nothing to show here just now" in await ada.page("/")


async def test_menu_uses_the_portals_own_labels(house: House, people: People, ada: Browser) -> None:
    await choose(house, people, Settings(label_invoices="Bills & <credits>", label_profile="About you"))
    source = await ada.source("/")
    menu = source[source.index("<nav") : source.index("</nav>")]
    assert "Bills &amp; &lt;credits&gt;" in menu and ">Invoices<" not in menu
    assert "About you" in menu and ">Payments<" in menu


async def test_links_are_on_the_sign_in_page_and_in_every_footer(
    house: House, people: People, ada: Browser
) -> None:
    await choose(
        house,
        people,
        Settings(
            terms_url="https://a.example/terms",
            privacy_url="https://a.example/p?a=1&b=2",
            privacy_label="Data",
        ),
    )
    for source in (
        await house.browser().source("/sign-in"),
        await ada.source("/"),
        await ada.source("/x", 404),
    ):
        assert '<a href="https://a.example/terms" rel="noopener">Terms</a>' in source
        assert '<a href="https://a.example/p?a=1&amp;b=2" rel="noopener">Data</a>' in source


@pytest.mark.parametrize("minutes", [15, 30, 480])
async def test_session_lasts_unused_as_long_as_the_portal_says(
    house: House, people: People, ada: Browser, minutes: int
) -> None:
    await choose(house, people, Settings(session_minutes=minutes))
    for _ in range(2):
        house.clock.advance(minutes=minutes, seconds=-1)
        if house.clock.now - factories.NOW < sessions.LONGEST:
            assert (await ada.get("/")).status == 200
    house.clock.advance(minutes=minutes)
    assert (await ada.get("/")).status == 303


async def test_signing_out_ends_a_session_that_was_long_unused(
    house: House, people: People, ada: Browser
) -> None:
    await choose(house, people, Settings(session_minutes=480))
    token = await ada.token("/")
    house.clock.advance(minutes=400)
    assert (await ada.post("/sign-out", {"csrf": token})).status == 303
    left = await house.store.read(lambda db: db.execute("SELECT count(*) FROM sessions").fetchone()[0])
    assert left == 0


def test_sections_that_can_be_switched_are_those_of_the_menu() -> None:
    assert {f"/{name}" for name in pages.SWITCHED} == {url for _, url in pages.SECTIONS} - {"/"}
    assert {f"show_{name}" for name in pages.SWITCHED} <= set(portals.SETTINGS)


def _without(name: str) -> Settings:
    off: dict[str, Any] = {f"show_{name}": False}
    return Settings(**off)


def _with_everything(db: sqlite3.Connection, people: People) -> None:
    invoice_id = factories.invoice(db, people.meridian, people.harbour, paid=12_000)
    factories.line(db, people.meridian, invoice_id)
    payment_id = factories.payment(db, people.meridian, people.harbour)
    factories.allocation(db, people.meridian, payment_id, invoice_id)
    factories.call(db, people.meridian, people.harbour, invoice_id=invoice_id, line_position=1)
