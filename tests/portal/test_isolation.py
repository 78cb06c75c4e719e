"""Made from the route table: what is another customer's is exactly as missing as what never was."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from aiohttp import web

from portal.assets import routes as open_assets
from portal.invitation import open_routes as open_invitation
from portal.mailed_code import routes as open_mailed_code
from portal.registration import routes as open_registration
from portal.reset import routes as open_reset
from portal.signin import routes as open_signin
from portal.viewing import routes as open_viewing
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import OTHER_HOST, Browser, House

MISSING = "no-such-id"
OPEN = {
    (route.method, route.path)
    for routes in (
        open_assets,
        open_signin,
        open_viewing,
        open_invitation,
        open_registration,
        open_reset,
        open_mailed_code,
    )
    for route in routes()
}
FILLED = {"position": "1", "section": "contact", "name": "none", "dimension": "cli"}
"""Parts of a path that name no customer's row."""


@dataclass
class Rows:
    """The public ids of one customer's rows."""

    invoice: str
    payment: str


def rows(db: sqlite3.Connection, organisation_id: int, account_id: int, suffix: str) -> Rows:
    invoice = factories.invoice(db, organisation_id, account_id, f"INV-{suffix}")
    factories.line(db, organisation_id, invoice, 1)
    factories.document(db, organisation_id, invoice)
    factories.call(db, organisation_id, account_id, invoice_id=invoice, line_position=1)
    payment = factories.payment(db, organisation_id, account_id, f"PAY-{suffix}")
    factories.allocation(db, organisation_id, payment, invoice)
    return Rows(
        factories.public(organisation_id, f"INV-{suffix}"), factories.public(organisation_id, f"PAY-{suffix}")
    )


def private_routes(app: web.Application, method: str) -> Iterator[tuple[str, set[str]]]:
    """Path templates, without the patterns of their parts, and the names of the parts."""
    for route in app.router.routes():
        resource = route.resource
        assert resource
        path = resource.canonical
        if route.method == method and (method, path) not in OPEN:
            names = {part.partition("}")[0] for part in path.split("{")[1:]}
            yield path, names


def filled(path: str, public_id: str) -> str:
    return path.format(public_id=public_id, **FILLED)


def test_open_routes_are_these_alone() -> None:
    assert {path for _, path in OPEN} == {
        "/static/{fingerprint}/{name}",
        "/theme.css",
        "/icon.svg",
        "/brand/{sha256}/{rendition}.png",
        "/sign-in",
        "/sign-in/code",
        "/sign-in/mail",
        "/sign-in/mail/code",
        "/sign-in/mail/{link}",
        "/sign-out",
        "/invitation/{token}",
        "/invitation/{token}/again",
        "/register",
        "/register/{token}",
        "/register/{token}/address",
        "/register/confirm/{token}",
        "/reset",
        "/reset/{token}",
        "/viewing/{token}",
        "/viewing/end",
    }


async def test_own_rows_are_found(house: House, people: People, ada: Browser) -> None:
    own = await house.store.write(rows, people.meridian, people.harbour, "own")
    for path, names in private_routes(house.app, "GET"):
        if "public_id" in names:
            found = own.payment if path.startswith("/payments") else own.invoice
            assert (await ada.get(filled(path, found))).status == 200, path


@pytest.mark.parametrize("whose", ["neighbour", "stranger"])
async def test_rows_of_others_are_as_missing_as_what_never_was(
    house: House, people: People, ada: Browser, whose: str
) -> None:
    theirs = people.meridian if whose == "neighbour" else people.other
    others = await house.store.write(rows, theirs, getattr(people, whose), whose)
    checked = 0
    for path, names in private_routes(house.app, "GET"):
        if "public_id" not in names:
            continue
        missing = await ada.source(filled(path, MISSING), 404)
        for public_id in (others.invoice, others.payment):
            assert await ada.source(filled(path, public_id), 404) == missing, path
            checked += 1
    assert checked >= 8


async def test_lists_hold_nothing_of_others(house: House, people: People, ada: Browser) -> None:
    await house.store.write(rows, people.meridian, people.neighbour, "neighbour")
    await house.store.write(rows, people.other, people.stranger, "stranger")
    for path, names in private_routes(house.app, "GET"):
        if not names - {"section"}:
            page = await ada.page(filled(path, ""))
            for secret in ("neighbour", "stranger", "07700900123", "Mill Lane", "Stranger"):
                assert secret not in page, path


async def test_stranger_is_led_to_the_sign_in_page_from_everywhere(house: House, browser: Browser) -> None:
    for path, _ in private_routes(house.app, "GET"):
        response = await browser.get(filled(path, MISSING))
        assert response.status == 303, path
        assert response.headers["Location"].startswith("/sign-in"), path


async def test_stranger_cannot_post_anywhere(house: House, browser: Browser) -> None:
    for path, _ in private_routes(house.app, "POST"):
        response = await browser.post(filled(path, MISSING), {})
        assert (response.status, response.headers.get("Location")) == (303, "/sign-in"), path


async def test_no_post_is_taken_without_the_forms_token(house: House, ada: Browser) -> None:
    paths = [path for path, _ in private_routes(house.app, "POST")]
    assert len(paths) >= 2
    for path in (*paths, "/sign-out"):
        assert (await ada.post(filled(path, MISSING), {})).status == 403, path
        assert (await ada.post(filled(path, MISSING), {"csrf": "another"})).status == 403, path


async def test_session_is_worth_nothing_on_another_host(house: House, ada: Browser) -> None:
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in ada.client.session.cookie_jar)
    assert "__Host-session=" in cookies
    elsewhere = house.browser(OTHER_HOST)
    assert (await elsewhere.get("/invoices", Cookie=cookies)).status == 303


async def test_rights_are_gone_at_once_when_a_membership_is(house: House, ada: Browser) -> None:
    def remove(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM memberships WHERE organisation_id = 1")

    assert (await ada.get("/invoices")).status == 200
    await house.store.write(remove)
    assert "There is no account here for you yet" in await ada.page("/invoices", 403)


async def test_session_ends_when_the_user_is_suspended(house: House, ada: Browser) -> None:
    def suspend(db: sqlite3.Connection) -> None:
        db.execute("UPDATE users SET status = 'suspended'")

    await house.store.write(suspend)
    assert (await ada.get("/invoices")).status == 303


async def test_draft_is_not_seen_before_it_is_published(house: House, people: People, ada: Browser) -> None:
    def draft(db: sqlite3.Connection) -> None:
        batch = factories.batch(db, people.meridian, state="draft")
        factories.invoice(db, people.meridian, people.harbour, "INV-DRAFT", batch_id=batch)

    await house.store.write(draft)
    assert "INV-DRAFT" not in await ada.page("/invoices")
    await ada.page(f"/invoices/{factories.public(people.meridian, 'INV-DRAFT')}", 404)
