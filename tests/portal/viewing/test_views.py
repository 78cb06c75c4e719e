"""Staff view as a customer: from the hand-off to the end, and nothing is ever changed."""

import sqlite3
from datetime import timedelta

import pytest

from portal.viewing.read_only import OWN
from store import audit, portals, sessions, sightings, staff, viewing, viewings
from store.audit import Entry
from store.staff import Role
from tests import factories
from tests.factories import NOW
from tests.portal.conftest import People
from tests.portal.house import HOST, OTHER_HOST, Browser, House
from tests.portal.test_isolation import FILLED


@pytest.fixture
async def kim(house: House, people: People) -> int:
    """An admin of Meridian."""
    added = await house.store.write(staff.add, "kim@meridian.example", "x", Role.ADMIN, people.meridian, NOW)
    return added.id


async def handed(house: House, people: People, staff_id: int) -> str:
    """The path of a hand-off for Harbour Coffee."""
    token = await house.store.write(
        viewing.hand_off, people.meridian, HOST, staff_id, people.harbour, house.clock.now
    )
    return f"/viewing/{token}"


@pytest.fixture
async def viewer(house: House, people: People, kim: int) -> Browser:
    """A browser in which Kim views as Harbour Coffee."""
    browser, path = house.browser(), await handed(house, people, kim)
    begun = await browser.submit(path, path, {})
    assert (begun.status, begun.headers["Location"]) == (303, "/")
    return browser


async def deeds(house: House, people: People) -> list[Entry]:
    every = await house.store.read(audit.of_organisation, people.meridian)
    return [entry for entry in every if entry.action.startswith("viewing.")]


async def test_staff_see_what_the_customer_sees_under_a_banner(viewer: Browser, people: People) -> None:
    for path in ("/", "/invoices", "/payments", "/calls", "/profile"):
        page = await viewer.page(path)
        assert "You are viewing as Harbour Coffee Ltd until 12:15." in page, path
        assert "Nothing can be changed." in page and "End viewing" in page
        assert "Sign out" not in page and 'href="/security"' not in page
    assert "kim@meridian.example" in await viewer.page("/profile")
    assert 'href="/profile/contact' not in await viewer.source("/profile")


async def test_begin_and_end_are_written_in_the_organisation_s_audit(
    house: House, people: People, viewer: Browser, kim: int
) -> None:
    house.clock.advance(minutes=3)
    ended = await viewer.submit("/", "/viewing/end", {})
    assert ended.status == 200 and "Viewing has ended" in await ended.text()
    end, begin = await deeds(house, people)
    assert (begin.actor, begin.action, begin.object) == (f"staff:{kim}", "viewing.begun", "account:A100")
    assert (end.action, end.detail, end.at) == ("viewing.ended", {"how": "asked"}, NOW + timedelta(minutes=3))
    assert begin.address == end.address == "127.0.0.1"
    assert (await viewer.get("/")).headers["Location"] == "/sign-in"


async def test_it_ends_after_a_quarter_of_an_hour_however_busy(
    house: House, people: People, viewer: Browser
) -> None:
    for _ in range(7):
        house.clock.advance(minutes=2)
        assert (await viewer.get("/")).status == 200
    house.clock.advance(minutes=1)
    assert (await viewer.get("/")).headers["Location"] == "/sign-in"
    assert await house.store.write(viewings.lapse, house.clock.now) == 1
    end, _ = await deeds(house, people)
    assert (end.detail, end.at) == ({"how": "over"}, NOW + viewing.LASTS)
    assert await house.store.write(viewings.lapse, house.clock.now) == 0


def contents(db: sqlite3.Connection) -> str:
    """All that the store holds but for when sessions were last used."""
    return "\n".join(line for line in db.iterdump() if "sessions" not in line)


async def test_every_change_is_refused_and_changes_nothing(
    house: House, people: People, viewer: Browser
) -> None:
    """From the route table: whatever is added later is tried too."""
    invoice = await house.store.write(factories.invoice, people.meridian, people.harbour)
    assert invoice
    public_id = factories.public(people.meridian, "INV-1001")
    token = await viewer.token("/invoices")
    before = await house.store.read(contents)
    tried = 0
    for route in house.app.router.routes():
        assert route.resource
        path = route.resource.canonical
        if route.method in ("GET", "HEAD") or path in OWN:
            continue
        filled = path.format_map(_Filled(public_id))
        response = await viewer.client.request(
            route.method,
            filled,
            data={"csrf": token, "account": "A100"},
            headers={"Host": viewer.host, "Sec-Fetch-Site": "same-origin"},
            allow_redirects=False,
        )
        page = await response.text()
        assert response.status == 403, (route.method, path)
        assert "Nothing can be changed while you view as a customer" in page, path
        assert "You are viewing as Harbour Coffee Ltd" in page
        tried += 1
    assert tried >= 10
    assert await house.store.read(contents) == before
    assert (await viewer.get("/")).status == 200


class _Filled(dict[str, str]):
    """Every part of a path that a route may ask for."""

    def __init__(self, public_id: str):
        super().__init__(FILLED | {"public_id": public_id})

    def __missing__(self, name: str) -> str:
        return "1"


def test_only_its_own_beginning_and_end_are_let_through() -> None:
    assert OWN == {"/viewing/{token}", "/viewing/end"}


async def test_session_that_is_over_is_refused_too(house: House, viewer: Browser) -> None:
    token = await viewer.token("/")
    house.clock.advance(minutes=16)
    assert (await viewer.post("/sign-in", {"csrf": token})).status == 403


async def test_customer_s_own_sign_in_stays_closed(viewer: Browser) -> None:
    page = await viewer.page("/security", 403)
    assert "Only the customer can open this page" in page and "You are viewing as" in page


async def test_it_is_no_sight_and_no_sign_in_of_the_customer(
    house: House, people: People, viewer: Browser
) -> None:
    invoice = await house.store.write(factories.invoice, people.meridian, people.harbour)
    public_id = factories.public(people.meridian, "INV-1001")
    assert (await viewer.get(f"/invoices/{public_id}")).status == 200
    assert (await viewer.get(f"/invoices/{public_id}/document")).status == 200
    assert await house.store.read(sightings.of_invoice, people.meridian, invoice) == []

    def last_seen(db: sqlite3.Connection) -> list[object]:
        return [row[0] for row in db.execute("SELECT seen_at FROM users")]

    assert set(await house.store.read(last_seen)) == {None}


async def test_hand_off_works_once(house: House, people: People, kim: int) -> None:
    path = await handed(house, people, kim)
    first, second = house.browser(), house.browser()
    await second.token(path)
    assert (await first.submit(path, path, {})).status == 303
    late = await second.post(path, {"csrf": "x"})
    assert late.status == 403
    assert "This link is over" in await second.page(path, 404)


async def test_looking_at_the_link_spends_nothing(house: House, people: People, kim: int) -> None:
    path, browser = await handed(house, people, kim), house.browser()
    for _ in range(3):
        response = await browser.get(path)
        assert response.status == 200 and response.headers["Referrer-Policy"] == "no-referrer"
    assert "View as Harbour Coffee Ltd" in await browser.page(path)
    assert (await browser.submit(path, path, {})).status == 303


async def test_hand_off_lasts_a_minute(house: House, people: People, kim: int) -> None:
    path, browser = await handed(house, people, kim), house.browser()
    token = await browser.token(path)
    house.clock.advance(seconds=60)
    assert (await browser.post(path, {"csrf": token})).status == 404
    assert await deeds(house, people) == []


async def test_hand_off_is_worth_nothing_on_another_host(house: House, people: People, kim: int) -> None:
    path = await handed(house, people, kim)
    assert (await house.browser(OTHER_HOST).get(path)).status == 404


async def test_session_is_worth_nothing_on_another_host(house: House, viewer: Browser) -> None:
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in viewer.client.session.cookie_jar)
    assert (await house.browser(OTHER_HOST).get("/", Cookie=cookies)).status == 303


async def test_admin_of_another_organisation_is_handed_nothing(house: House, people: People) -> None:
    stranger = await house.store.write(staff.add, "eve@other.example", "x", Role.ADMIN, people.other, NOW)
    path = await handed(house, people, stranger.id)
    assert (await house.browser().get(path)).status == 404


async def test_it_ends_at_once_with_the_right_to_look(house: House, kim: int, viewer: Browser) -> None:
    await house.store.write(staff.remove, kim)
    assert (await viewer.get("/")).headers["Location"] == "/sign-in"


async def test_another_customer_is_looked_at_in_its_place(
    house: House, people: People, kim: int, viewer: Browser
) -> None:
    token = await house.store.write(viewing.hand_off, people.meridian, HOST, kim, people.neighbour, NOW)
    assert (await viewer.submit(f"/viewing/{token}", f"/viewing/{token}", {})).status == 303
    assert "You are viewing as Mill Lane Dental" in await viewer.page("/")
    assert [(each.action, each.object, each.detail.get("how")) for each in await deeds(house, people)] == [
        ("viewing.begun", "account:A200", None),
        ("viewing.ended", "account:A100", "replaced"),
        ("viewing.begun", "account:A100", None),
    ]


async def test_sign_out_of_staff_everywhere_ends_it_and_says_so(
    house: House, people: People, kim: int, viewer: Browser
) -> None:
    await house.store.write(viewings.end_of_staff, kim, house.clock.now)
    assert (await viewer.get("/")).status == 303
    assert (await deeds(house, people))[0].detail == {"how": "signed_out"}


async def test_closed_portal_is_shown_to_staff_alone(house: House, people: People, kim: int) -> None:
    await house.store.write(portals.set_enabled, people.meridian, False, NOW)
    path, browser = await handed(house, people, kim), house.browser()
    assert (await house.browser().get("/sign-in")).status == 503
    assert (await house.browser().get("/viewing/none")).status == 503
    assert (await browser.submit(path, path, {})).status == 303
    assert "You are viewing as Harbour Coffee Ltd" in await browser.page("/invoices")
    house.clock.advance(minutes=15)
    assert (await browser.get("/invoices")).status == 503


async def test_end_is_of_who_views_alone(house: House, ada: Browser) -> None:
    token = await ada.token("/")
    assert (await ada.post("/viewing/end", {"csrf": token})).status == 303
    assert (await ada.get("/")).status == 200


async def test_sessions_that_lapse_are_not_swept_out_unwritten(house: House, viewer: Browser) -> None:
    house.clock.advance(hours=13)
    await house.store.write(sessions.remove_expired, house.clock.now)
    assert await house.store.write(viewings.lapse, house.clock.now) == 1
