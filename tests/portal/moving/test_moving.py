"""From a portal's former name to the new one: the same page, signed in as before, in that one browser."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestServer

from portal import sessions as wire
from store import changeover, domains, handoffs, sessions
from store.database import Store
from store.destination import Destination
from store.hostname import Hostname
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import (
    HOST,
    OTHER_HOST,
    Browser,
    HandClock,
    House,
    destination,
    new_client,
    portal_app,
)

NEW = Hostname("pay.meridian.example")


@pytest.fixture
async def moved(store: Store, people: People) -> AsyncIterator[House]:
    """Meridian's portal, at its old name until `move`."""
    clock = HandClock()
    hosts = {
        HOST: destination(HOST, people.meridian),
        NEW: destination(NEW, people.meridian),
        OTHER_HOST: destination(OTHER_HOST, people.other),
    }

    def both(db: sqlite3.Connection) -> None:
        for name in (HOST, NEW):
            domains.add(db, destination(name, people.meridian), clock())
            clock.advance(minutes=1)
        domains.set_live(db, HOST, clock())

    await store.write(both)
    async with AsyncExitStack() as stack:
        server = TestServer(portal_app(store, clock, hosts))
        await server.start_server()
        stack.push_async_callback(server.close)
        house = House(store, clock, server.app, server, lambda: new_client(server))
        house.hosts = hosts  # type: ignore[attr-defined]
        yield house


async def move(house: House) -> None:
    """The new name was proved."""

    def arrive(db: sqlite3.Connection) -> Destination:
        domains.set_live(db, NEW, house.clock())
        assert changeover.arrive(db, NEW, "", house.clock()) == HOST
        found = domains.by_hostname(db, HOST)
        assert found
        return found.destination

    house.hosts[HOST] = await house.store.write(arrive)  # type: ignore[attr-defined]


@pytest.fixture
async def ada(moved: House) -> AsyncIterator[Browser]:
    """Ada, signed in at the old name when the portal moves."""
    browser = Browser(moved.new_client())
    assert (await browser.sign_in()).status == 303
    await move(moved)
    yield browser
    await browser.client.session.close()


async def follow(browser: Browser, location: str) -> ClientResponse:
    """As a browser goes where it is sent."""
    parts = urlsplit(location)
    assert parts.scheme == "https" and parts.hostname in (HOST, NEW)
    browser.host = parts.hostname or ""
    return await browser.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)


async def steps(browser: Browser, path: str, count: int) -> ClientResponse:
    """The answer after so many redirects between hosts."""
    browser.host = HOST
    response = await browser.get(path)
    for _ in range(count):
        location = response.headers["Location"]
        response = await (follow(browser, location) if "//" in location else browser.get(location))
    return response


async def test_who_is_signed_in_arrives_signed_in_at_the_same_page(moved: House, ada: Browser) -> None:
    token = await steps(ada, "/invoices?status=open", 3)
    assert token.status == 303 and token.headers["Location"] == "/invoices?status=open"
    assert ada.host == NEW
    assert (await ada.get("/invoices?status=open")).status == 200
    kept = await moved.store.read(lambda db: db.execute("SELECT host FROM sessions").fetchall())
    assert [row["host"] for row in kept] == [NEW]


async def test_session_ends_when_it_would_have_ended(moved: House, ada: Browser) -> None:
    ends = await moved.store.read(lambda db: db.execute("SELECT expires_at FROM sessions").fetchone()[0])
    moved.clock.advance(minutes=10)
    await steps(ada, "/", 3)
    now = await moved.store.read(lambda db: db.execute("SELECT expires_at FROM sessions").fetchone()[0])
    assert now == ends


async def test_whoever_is_not_signed_in_is_led_on_at_once(moved: House, ada: Browser) -> None:
    stranger = Browser(moved.new_client())
    response = await stranger.get("/invoices?a=1&b=%20")
    assert (response.status, response.headers["Location"]) == (308, f"https://{NEW}/invoices?a=1&b=%20")
    assert "no-store" in response.headers["Cache-Control"]
    await stranger.client.session.close()


async def test_forms_are_sent_on_whole(ada: Browser) -> None:
    response = await ada.post("/profile/contact", {"name": "x"})
    assert (response.status, response.headers["Location"]) == (308, f"https://{NEW}/profile/contact")


async def test_replayed_token_signs_nobody_in(moved: House, ada: Browser) -> None:
    sent = await steps(ada, "/", 2)
    link = sent.headers["Location"]
    assert (await follow(ada, link)).status == 303
    thief = Browser(moved.new_client(), NEW)
    assert "__Host-session" not in (await follow(thief, link)).cookies
    again = await follow(ada, link)
    assert again.headers["Location"] == "/" and "__Host-session" not in again.cookies
    await thief.client.session.close()


async def test_token_in_another_browser_signs_nobody_in(moved: House, ada: Browser) -> None:
    link = (await steps(ada, "/", 2)).headers["Location"]
    victim = Browser(moved.new_client(), NEW)
    begun = await victim.get(f"/arrive?from={HOST}&to=/")
    assert "__Host-arriving" in begun.cookies
    assert "__Host-session" not in (await follow(victim, link)).cookies
    await victim.client.session.close()


async def test_token_is_over_after_a_minute(moved: House, ada: Browser) -> None:
    link = (await steps(ada, "/", 2)).headers["Location"]
    moved.clock.advance(seconds=60)
    assert "__Host-session" not in (await follow(ada, link)).cookies


async def test_session_that_was_ended_meanwhile_goes_nowhere(moved: House, ada: Browser) -> None:
    link = (await steps(ada, "/", 2)).headers["Location"]
    await moved.store.write(lambda db: db.execute("DELETE FROM sessions").rowcount)
    assert "__Host-session" not in (await follow(ada, link)).cookies


async def test_session_of_another_organisation_is_not_handed_off(moved: House, ada: Browser) -> None:
    found = await moved.store.read(lambda db: db.execute("SELECT token_hash FROM sessions").fetchone()[0])
    session = await moved.store.read(sessions.kept, found)
    assert session
    theirs = await moved.store.write(handoffs.issue, 2, OTHER_HOST, b"b" * 32, session, moved.clock())
    new = replace(session, token_hash=wire.token_hash("t", OTHER_HOST), host=OTHER_HOST)
    key = handoffs.Key(theirs, b"b" * 32)
    idle = sessions.IDLE
    assert await moved.store.write(handoffs.spend, 2, OTHER_HOST, key, new, idle) is None


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
async def test_nobody_is_led_off_the_portal(ada: Browser, place: str) -> None:
    for path in (f"/leave?browser={'a' * 64}&to={place}", f"/leave?to={place}"):
        ada.host = HOST
        target = urlsplit((await ada.get(path)).headers["Location"])
        assert target.hostname == NEW
        assert target.path == "/" or parse_qs(target.query)["to"] == ["/"]
    ada.host = NEW
    assert (await ada.get(f"/arrive?to={place}")).headers["Location"] == "/"
    assert (await ada.get(f"/arrive/x?to={place}")).headers["Location"] == "/"


@pytest.mark.parametrize("said", ["", OTHER_HOST, "evil.example", NEW])
async def test_sign_in_is_fetched_from_this_portals_former_names_alone(ada: Browser, said: str) -> None:
    ada.host = NEW
    response = await ada.get(f"/arrive?from={said}&to=/calls")
    assert response.headers["Location"] == "/calls" and "__Host-arriving" not in response.cookies


async def test_who_is_signed_in_there_already_goes_straight_on(moved: House, ada: Browser) -> None:
    ada.host = NEW
    await ada.sign_in()
    response = await ada.get(f"/arrive?from={HOST}&to=/calls")
    assert response.headers["Location"] == "/calls"
    assert factories.NOW < moved.clock()
