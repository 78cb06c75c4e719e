"""Rules 1 to 8: the connection's name alone says whose portal it is, and everything hangs on it."""

import asyncio
import inspect
import sqlite3
from pathlib import Path

import pytest

import portal
import store
from portal.mail import sender_of
from store import documents, invoices, memberships, origins, portals, users
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import HOST, OTHER_HOST, PROVIDER, Browser, House
from tests.portal.postbox import mails
from tests.store.test_tenancy import PARAMETERS


@pytest.mark.parametrize(
    "host",
    [
        "xbilling.meridian.example",
        "billing.meridian.example.evil.example",
        "billing.%.example",
        "_",
        "127.0.0.1",
    ],
)
async def test_rule_1_a_name_is_matched_whole_or_not_at_all(house: House, host: str) -> None:
    answer = await house.browser(host).get("/sign-in")
    assert answer.status == 421 and "Set-Cookie" not in answer.headers and "Location" not in answer.headers
    assert "Meridian" not in await answer.text()


async def test_rule_1_a_session_never_decides_whose_portal_it_is(house: House, ada: Browser) -> None:
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in ada.client.session.cookie_jar)
    page = await (await house.browser(OTHER_HOST).get("/sign-in", Cookie=cookies)).text()
    assert "Other Networks" in page and "Meridian" not in page


@pytest.mark.parametrize(
    "head",
    [
        f"GET http://{OTHER_HOST}/sign-in HTTP/1.1\r\nHost: {HOST}\r\n\r\n",
        f"GET /sign-in HTTP/1.1\r\nHost: {HOST}\r\nHost: {OTHER_HOST}\r\n\r\n",
        "GET /sign-in HTTP/1.1\r\n\r\n",
        "GET /sign-in HTTP/1.0\r\n\r\n",
        f"GET /sign-in HTTP/1.1\r\nHost: a/..@{HOST}\r\n\r\n",
        f"GET /sign-in HTTP/1.1\r\nHost: {HOST} x\r\n\r\n",
    ],
)
async def test_rule_2_a_host_that_is_doubtful_gets_nobodys_page(house: House, head: str) -> None:
    reader, writer = await asyncio.open_connection(house.server.host, house.server.port)
    writer.write(head.encode())
    answer = await asyncio.wait_for(reader.read(4096), 5)
    writer.close()
    await writer.wait_closed()
    assert answer.split()[1] in (b"400", b"421") and b"Meridian" not in answer and b"Other Net" not in answer


async def test_rule_3_forwarded_headers_of_anybody_are_not_believed(house: House, browser: Browser) -> None:
    answer = await browser.get(
        "/invoices",
        **{"X-Forwarded-Host": OTHER_HOST, "X-Forwarded-For": "192.0.2.9", "Forwarded": "host=evil"},
    )
    assert answer.headers["Location"] == "/sign-in?next=/invoices"
    text = inspect.getsource(portal.tenancy) + inspect.getsource(portal.visit)
    assert "request.url" not in text
    for file in Path(portal.__file__).parent.rglob("*.py"):
        assert "request.url" not in file.read_text(), f"{file}: links are never built of a request"


async def test_rule_4_a_mail_leads_to_the_stored_name_of_the_users_own_organisation(
    house: House, people: People
) -> None:
    elsewhere = house.browser(OTHER_HOST)
    await elsewhere.submit("/reset", "/reset", {"email": "ben@mill.example"})
    assert await mails(house, people.other) == [] and await mails(house, people.meridian) == []
    await house.browser().submit("/reset", "/reset", {"email": "ben@mill.example"})
    [mail] = await mails(house, people.meridian)
    origin = await house.store.read(origins.canonical_origin, people.meridian, 443)
    assert origin == f"https://{HOST}" and f"{origin}/reset/" in mail.message.text
    assert OTHER_HOST not in mail.message.text + mail.message.html


async def test_rule_5_one_address_at_two_organisations_is_two_people(house: House, people: People) -> None:
    def change(db: sqlite3.Connection) -> None:
        user = users.by_email(db, people.meridian, "ada@harbour.example")
        assert user
        users.set_password(db, people.meridian, user.id, "$never$")

    there = house.browser(OTHER_HOST)
    assert (await there.sign_in()).status == 303
    await house.store.write(change)
    assert (await house.browser().sign_in()).status == 401
    assert (await house.browser(OTHER_HOST).sign_in()).status == 303
    assert (await there.get("/invoices")).status == 200


async def test_rule_6_the_console_is_not_on_a_portals_host(ada: Browser) -> None:
    for path in ("/organisations", "/organisations/meridian", "/staff", "/operators", "/api/v1/customers"):
        answer = await ada.get(path)
        assert answer.status == 404, path
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_rule_7_nothing_of_the_store_runs_without_an_organisation() -> None:
    for name in ("invoices.find", "documents.piece", "calls.page", "rollups.find", "number_names.put"):
        assert PARAMETERS[name][:2] == ["db", "organisation_id"], name
    assert len(PARAMETERS) > 200 and Path(store.__file__).exists()


async def test_rule_7_an_id_without_its_organisation_finds_nothing(house: House, people: People) -> None:
    def of_other(db: sqlite3.Connection) -> tuple[object, object]:
        theirs = factories.invoice(db, people.other, people.stranger, "INV-THEIRS")
        factories.document(db, people.other, theirs)
        [sha256] = db.execute("SELECT sha256 FROM documents").fetchone()
        public = factories.public(people.other, "INV-THEIRS")
        return (
            invoices.find(db, people.meridian, people.stranger, public),
            documents.piece(db, people.meridian, sha256, -1),
        )

    assert await house.store.write(of_other) == (None, None)


async def test_rule_8_who_may_only_look_from_now_on_changes_nothing_more(
    house: House, people: People, ada: Browser
) -> None:
    token = await ada.token("/profile/contact")
    await house.store.write(memberships.set_role, people.meridian, 1, people.harbour, users.Role.READ)
    form = {"csrf": token, "email": "x@harbour.example", "phone": ""}
    assert (await ada.post("/profile/contact", form)).status == 403
    assert (await ada.get("/people/invite")).status == 403


async def test_rule_8_rights_are_looked_at_on_every_request(house: House, ada: Browser) -> None:
    assert (await ada.get("/invoices")).status == 200
    await house.store.write(lambda db: db.execute("DELETE FROM memberships") and None)
    assert (await ada.get("/invoices")).status == 403


async def test_rule_18_an_unproved_sender_is_never_used(house: House, people: People) -> None:
    def unproved(db: sqlite3.Connection) -> None:
        db.execute(
            "UPDATE portals SET mail_from = 'bills@meridian.example', mail_reply_to = 'x@meridian.example'"
        )

    await house.store.write(unproved)
    found = await house.store.read(portals.find, people.meridian)
    assert found
    sender = sender_of(found, PROVIDER)
    assert "post@provider.example" in sender.sender and "bills@" not in sender.sender
    assert sender.reply_to == "x@meridian.example"
