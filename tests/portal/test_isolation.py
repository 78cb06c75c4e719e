"""Made from the route table: what is another customer's is exactly as missing as what never was."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

import portal
from portal.address_change import open_routes as open_address_change
from portal.assets import routes as open_assets
from portal.invitation import open_routes as open_invitation
from portal.mailed_code import routes as open_mailed_code
from portal.moving import routes as open_moving
from portal.registration import routes as open_registration
from portal.reset import routes as open_reset
from portal.signin import routes as open_signin
from portal.viewing import routes as open_viewing
from store import tokens
from store.tokens import Claim, Purpose
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import HOST, OTHER_HOST, Browser, House

MISSING = "no-such-id"
_IN_QUERY = re.compile(r"\bquery\.get(?:all|one)?\(\s*\"([^\"]+)\"")
_FORM_TOKEN = re.compile(r'name="csrf" value="[^"]*"')
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
        open_moving,
        open_address_change,
    )
    for route in routes()
}
BY_FIELD = {
    ("GET", "/invoices/archive"): "invoice",
    ("POST", "/accounts"): "account",
    ("POST", "/invitations"): "account",
    ("POST", "/security/sessions/{name}/end"): "name",
    ("GET", "/people/{person}"): "person",
    ("POST", "/people/{person}/role"): "person",
    ("POST", "/people/{person}/again"): "person",
    ("POST", "/people/{person}/remove"): "person",
}
"""Routes that are told of a row by a query, a form or a part that is no public id; each has a test below."""
IDS_IN_QUERIES = {"invoice", "with"}
"""Names in queries under which a row is told; each has a test below."""
PLACES_IN_QUERIES = {"after", "before"}
"""Where a list goes on: what stands there chooses no row, it is only what others come after."""
PLAIN_IN_QUERIES = {
    *("answer", "asked", "bundle", "by", "cli", "cost_centre", "direction", "done", "first", "invoiced"),
    *("line", "part"),
    *(
        "browser",
        "from",
        "last",
        "month",
        "next",
        "number",
        "refused",
        "saved",
        "search",
        "show",
        "taken",
        "to",
        "type",
        "v",
        "words",
    ),
    "year",
}
"""Days, words to search for, what was just done: none of them names a row."""
WITHOUT_IDS = {
    ("GET", path)
    for path in (
        "/",
        "/accounts",
        "/calls",
        "/calls.csv",
        "/calls/by/{dimension}",
        "/calls/names",
        "/invitations",
        "/invoices",
        "/invoices.csv",
        "/payments",
        "/payments/all.csv",
        "/people",
        "/people/invite",
        "/profile",
        "/profile/changes",
        "/profile/{section}",
        "/security",
        "/security/address",
        "/security/factor",
        "/security/history",
        "/security/password",
        "/security/proof",
        "/statement",
        "/statement.csv",
        "/takeout",
    )
} | {
    ("POST", path)
    for path in (
        "/calls/itemisation",
        "/calls/names",
        "/people/invite",
        "/profile/take-back",
        "/profile/{section}",
        "/security/address",
        "/security/codes",
        "/security/factor",
        "/security/factor/confirm",
        "/security/factor/off",
        "/security/password",
        "/security/proof",
        "/security/sessions/end-others",
        "/takeout",
    )
}
"""Private routes that are told of no row: what they show and change hangs on who is signed in alone."""
FILLED = {"position": "1", "section": "contact", "name": "none", "dimension": "cli", "person": "0"}
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
        "/arrive",
        "/arrive/{token}",
        "/address/{token}",
        "/address/back/{token}",
    }


async def test_of_every_private_route_it_is_decided_which_ids_it_is_told(house: House) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        for path, names in private_routes(house.app, method):
            decided = [
                method == "GET" and "public_id" in names,
                (method, path) in BY_FIELD,
                (method, path) in WITHOUT_IDS,
            ]
            assert decided.count(True) == 1, f"{method} {path}: say whose ids it may be told, and test it"


def test_of_every_name_in_a_query_it_is_decided_what_it_tells() -> None:
    sources = Path(portal.__file__).parent.rglob("*.py")
    names = {name for file in sources for name in _IN_QUERY.findall(file.read_text("utf-8"))}
    decided = IDS_IN_QUERIES | PLACES_IN_QUERIES | PLAIN_IN_QUERIES
    assert names - decided == set(), "say whether they name a row, and test it"
    assert names >= IDS_IN_QUERIES | PLACES_IN_QUERIES


@pytest.mark.parametrize("whose", ["neighbour", "stranger"])
async def test_a_bill_is_compared_with_no_bill_of_others(
    house: House, people: People, ada: Browser, whose: str
) -> None:
    theirs = people.meridian if whose == "neighbour" else people.other
    others = await house.store.write(rows, theirs, getattr(people, whose), whose)
    await house.store.write(factories.invoice, people.meridian, people.harbour, "OWN")
    own, answers = factories.public(people.meridian, "OWN"), []
    for other in (MISSING, others.invoice):
        sent = await ada.get(f"/invoices/{own}/explained?with={other}")
        answers.append((sent.status, sent.headers.get("Location"), (await sent.text()).replace(other, "")))
    assert len(set(answers)) == 1


@pytest.mark.parametrize("whose", ["neighbour", "stranger"])
async def test_lists_that_go_on_after_a_row_of_others_hold_nothing_of_them(
    house: House, people: People, ada: Browser, whose: str
) -> None:
    theirs = people.meridian if whose == "neighbour" else people.other
    others = await house.store.write(rows, theirs, getattr(people, whose), whose)
    for path in ("/invoices", "/payments", "/calls"):
        for row in (others.invoice, others.payment):
            page = await ada.page(f"{path}?after=2030-01-01~{row}")
            for secret in (f"INV-{whose}", f"PAY-{whose}", row, "07700900123"):
                assert secret not in page.replace(f"after=2030-01-01~{row}", ""), path


@pytest.mark.parametrize("whose", ["neighbour", "stranger"])
async def test_an_archive_of_others_invoices_is_as_missing_as_none(
    house: House, people: People, ada: Browser, whose: str
) -> None:
    theirs = people.meridian if whose == "neighbour" else people.other
    await house.store.write(factories.invoice, people.meridian, people.harbour, "OWN")
    own = factories.public(people.meridian, "OWN")
    others = await house.store.write(rows, theirs, getattr(people, whose), whose)
    missing = await ada.source(f"/invoices/archive?invoice={MISSING}", 404)
    packed = await ada.get(f"/invoices/archive?invoice={own}")
    assert (packed.status, (await packed.read())[:2]) == (200, b"PK")
    for asked in (f"invoice={others.invoice}", f"invoice={own}&invoice={others.invoice}"):
        assert await ada.source(f"/invoices/archive?{asked}", 404) == missing


@pytest.mark.parametrize("path", ["/accounts", "/invitations"])
async def test_an_account_of_others_is_chosen_or_taken_by_nobody(
    house: House, people: People, ada: Browser, path: str
) -> None:
    def offered(db: sqlite3.Connection) -> None:
        ben = db.execute("SELECT id FROM users WHERE email = 'ben@mill.example'").fetchone()["id"]
        db.execute(
            "INSERT INTO membership_offers (organisation_id, user_id, account_id, role, created_at)"
            " VALUES (?, ?, ?, 'full', 0)",
            (people.meridian, ben, people.neighbour),
        )

    await house.store.write(offered)
    answers = []
    for reference in ("NEVER-WAS", "A200", str(people.neighbour), str(people.stranger)):
        sent = await ada.submit("/accounts", path, {"account": reference, "answer": "yes"})
        answers.append((sent.status, sent.headers.get("Location"), await sent.read()))
    assert len(set(answers)) == 1, path
    assert "Mill Lane" not in await ada.page("/accounts")


async def test_a_session_of_others_is_ended_by_nobody(house: House, people: People, ada: Browser) -> None:
    ben = house.browser()
    await ben.sign_in("ben@mill.example")

    def name_of_bens(db: sqlite3.Connection) -> str:
        row = db.execute(
            "SELECT s.token_hash FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = 'ben@mill.example'"
        ).fetchone()
        return bytes(row["token_hash"]).hex()[:16]

    answers = []
    for name in ("0" * 16, await house.store.read(name_of_bens)):
        sent = await ada.submit("/security", f"/security/sessions/{name}/end", {})
        answers.append((sent.status, sent.headers.get("Location"), await sent.read()))
    assert answers[0] == answers[1]
    assert (await ben.get("/invoices")).status == 200


async def test_people_of_others_are_seen_and_changed_by_nobody(
    house: House, people: People, ada: Browser
) -> None:
    def everybody(db: sqlite3.Connection) -> dict[int, str]:
        return {row["id"]: row["email"] for row in db.execute("SELECT id, email FROM users ORDER BY id")}

    before = await house.store.read(everybody)
    missing = await ada.source("/people/999999", 404)
    for path, names in private_routes(house.app, "GET"):
        for person in before if "person" in names else ():
            if person != min(before):
                assert await ada.source(path.format(person=person), 404) == missing, path
    for path, names in private_routes(house.app, "POST"):
        for person in before if "person" in names else ():
            if person != min(before):
                sent = await ada.submit("/people", path.format(person=person), {"role": "read"})
                assert (sent.status, await sent.text()) == (404, missing), path
    assert await house.store.read(everybody) == before


async def test_names_of_numbers_are_the_customers_own(house: House, people: People, ada: Browser) -> None:
    ben = house.browser()
    await ben.sign_in("ben@mill.example")
    await ben.submit("/calls/names", "/calls/names", {"number": "0100 1", "name": "Bens secret"})
    await ada.submit("/calls/names", "/calls/names", {"number": "0100 1", "name": ""})
    assert "Bens secret" not in await ada.page("/calls/names")
    assert "Bens secret" in await ben.page("/calls/names")


@pytest.mark.parametrize("purpose", sorted(Purpose))
async def test_a_link_of_another_organisation_is_as_missing_as_one_that_never_was(
    house: House, people: People, browser: Browser, purpose: Purpose
) -> None:
    def issued(db: sqlite3.Connection) -> list[str]:
        user = db.execute("SELECT id FROM users WHERE organisation_id = ?", (people.other,)).fetchone()["id"]
        found = []
        for host in (OTHER_HOST, HOST):
            claim = Claim(
                purpose=purpose, host=host, user_id=user, account_id=people.stranger, email="x@y.example"
            )
            found.append(tokens.issue(db, people.other, claim, house.clock()))
        return found

    theirs = await house.store.write(issued)
    for method, path in OPEN:
        names = {part.partition("}")[0] for part in path.split("{")[1:]}
        if method != "GET" or not names & {"token", "link"}:
            continue
        answers = []
        for token in ("A" * 43, *theirs):
            sent = await browser.get(path.format(token=token, link=token))
            text = (await sent.text()).replace(token, "")
            answers.append((sent.status, sent.headers.get("Location"), _FORM_TOKEN.sub("", text)))
        assert len(set(answers)) == 1, path


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
