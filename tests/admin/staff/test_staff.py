"""Who looks after an organisation: added, sent a link, removed; never another organisation's."""

import re
import sqlite3

import pytest

from store import audit, organisations, sessions, staff, staff_links
from store.audit import Wanted
from store.organisations import Organisation
from store.owner import of_staff
from store.staff import Member, Role
from tests.fakes.admin_console import CHEAP, PASSWORD, Browser, Console

STAFF = "/organisations/acme/staff"
NEW = "seven quiet otters swim"


@pytest.fixture
async def acme(console: Console) -> Organisation:
    found = await console.store.read(organisations.by_slug, "acme")
    assert found
    return found


@pytest.fixture
async def operator(console: Console, browser: Browser) -> Browser:
    await console.add_operator()
    await browser.sign_in("op@provider.example")
    return browser


async def member(console: Console, email: str) -> Member | None:
    return await console.store.read(staff.by_email, email)


async def known(console: Console, email: str) -> Member:
    found = await member(console, email)
    assert found
    return found


async def add(browser: Browser, email: str, url: str = STAFF) -> int:
    await browser.get(f"{url}/new")
    return (await browser.post(f"{url}/new", email=email)).status


async def link(console: Console, email: str) -> str:
    """The path of the link that was mailed last."""

    def body(db: sqlite3.Connection) -> str:
        row = db.execute(
            "SELECT body_text FROM outbox WHERE recipient = ? ORDER BY id DESC LIMIT 1", (email,)
        ).fetchone()
        return str(row["body_text"])

    found = re.search(r"/set-password/[A-Za-z0-9_-]{43}", await console.store.read(body))
    assert found
    return found[0]


async def actions(console: Console, organisation_id: int | None) -> list[str]:
    kept = await console.store.read(audit.page, organisation_id, Wanted(), None, 50)
    return [each.entry.action for each in kept]


async def test_colleague_is_added_by_a_mailed_link(
    console: Console, acme: Organisation, admin: Browser
) -> None:
    assert await add(admin, " Kim@Acme.example ") == 303
    kim = await known(console, "kim@acme.example")
    assert kim.invited and kim.organisation_id == acme.id
    page = (await admin.get(STAFF)).text
    assert "kim@acme.example" in page and "Invited" in page
    path = await link(console, "kim@acme.example")
    assert path not in page
    async with console.started() as browser:
        shown = await browser.get(path)
        assert shown.status == 200 and shown.headers["Referrer-Policy"] == "no-referrer"
        assert "kim@acme.example" in shown.text
        chosen = await browser.post(path, password=NEW)
        assert chosen.location == "/sign-in?password-chosen=1"
        assert "Your password is saved." in (await browser.get(chosen.location)).text
        assert (await browser.sign_in("kim@acme.example", NEW)).status == 303
        assert (await browser.get("/organisations/acme")).status == 200
    assert await actions(console, acme.id) == [
        "staff.signed_in",
        "staff.password_chosen",
        "staff.added",
        "staff.signed_in",
    ]


async def test_who_has_not_chosen_a_password_cannot_sign_in(console: Console, admin: Browser) -> None:
    await add(admin, "kim@acme.example")
    async with console.started() as browser:
        for password in (PASSWORD, "x"):
            assert (await browser.sign_in("kim@acme.example", password)).status == 401


async def test_link_works_once_and_a_newer_one_takes_its_place(console: Console, admin: Browser) -> None:
    await add(admin, "kim@acme.example")
    first = await link(console, "kim@acme.example")
    kim = await known(console, "kim@acme.example")
    await admin.get(STAFF)
    assert (await admin.post(f"{STAFF}/{kim.id}/link")).location == f"{STAFF}?done=link"
    second = await link(console, "kim@acme.example")
    async with console.started() as browser:
        assert (await browser.get(first)).status == 404
        await browser.get(second)
        assert (await browser.post(second, password=NEW)).status == 303
        gone = await browser.post(second, password=NEW)
        assert gone.status == 404 and "This link is over" in gone.text


async def test_link_runs_out_after_seven_days(console: Console, admin: Browser) -> None:
    await add(admin, "kim@acme.example")
    path = await link(console, "kim@acme.example")
    console.passes(days=7)
    async with console.started() as browser:
        assert (await browser.get(path)).status == 404
    assert await console.store.write(staff_links.remove_expired, console.now) == 1


async def test_weak_password_spends_no_link(console: Console, admin: Browser) -> None:
    await add(admin, "kim@acme.example")
    path = await link(console, "kim@acme.example")
    async with console.started() as browser:
        await browser.get(path)
        for password in ("short", "kim@acme.example", "password12345"):
            refused = await browser.post(path, password=password)
            assert refused.status == 400 and "There is a problem" in refused.text
        assert (await browser.post(path, password=NEW)).status == 303


async def test_link_takes_its_own_form_alone(console: Console, admin: Browser) -> None:
    await add(admin, "kim@acme.example")
    path = await link(console, "kim@acme.example")
    async with console.started() as browser:
        headers = {"Sec-Fetch-Site": "same-origin"}
        assert (await browser.send("POST", path, {"password": NEW}, headers)).status == 403


async def test_new_link_leaves_the_present_password_until_it_is_used(
    console: Console, acme: Organisation, admin: Browser
) -> None:
    async with console.started() as kim:
        await add(admin, "kim@acme.example")
        path = await link(console, "kim@acme.example")
        await kim.get(path)
        await kim.post(path, password=NEW)
        await kim.sign_in("kim@acme.example", NEW)
        found = await known(console, "kim@acme.example")
        await admin.get(STAFF)
        await admin.post(f"{STAFF}/{found.id}/link")
        assert (await kim.get("/organisations/acme")).status == 200
        again = await link(console, "kim@acme.example")
        async with console.started() as other:
            await other.get(again)
            await other.post(again, password="nine patient herons wade")
        assert (await kim.get("/organisations/acme")).status == 303


@pytest.mark.parametrize(
    ("email", "reason"), [("", "Enter an e-mail"), ("kim", "Enter an e-mail address such as")]
)
async def test_address_that_is_none_is_refused_where_it_is(admin: Browser, email: str, reason: str) -> None:
    await admin.get(f"{STAFF}/new")
    refused = await admin.post(f"{STAFF}/new", email=email)
    assert refused.status == 400 and reason in refused.text
    assert f'value="{email}"' in refused.text


async def test_address_of_another_organisation_s_staff_is_taken(console: Console, admin: Browser) -> None:
    await console.add_organisation("beacon")
    await admin.get(f"{STAFF}/new")
    refused = await admin.post(f"{STAFF}/new", email="admin@beacon.example")
    assert refused.status == 422 and "signs in to the console with this address already" in refused.text
    assert "eacon." not in refused.text.replace("admin@beacon.example", "")


async def test_removed_colleague_is_out_at_once_and_still_named(
    console: Console, acme: Organisation, admin: Browser
) -> None:
    await add(admin, "kim@acme.example")
    path = await link(console, "kim@acme.example")
    async with console.started() as kim:
        await kim.get(path)
        await kim.post(path, password=NEW)
        await kim.sign_in("kim@acme.example", NEW)
        found = await known(console, "kim@acme.example")
        asked = await admin.get(f"{STAFF}/{found.id}/remove")
        assert "Remove kim@acme.example?" in asked.text
        done = await admin.post(f"{STAFF}/{found.id}/remove")
        assert done.location == f"{STAFF}?done=removed"
        assert (await kim.get("/organisations/acme")).status == 303
        assert (await kim.sign_in("kim@acme.example", NEW)).status == 401
    named = await console.store.read(audit.page, acme.id, Wanted(actor_name="kim@acme.example"), None, 9)
    assert [each.entry.action for each in named] == ["staff.signed_in", "staff.password_chosen"]


async def test_nobody_removes_themselves(console: Console, admin: Browser) -> None:
    own = await known(console, "admin@acme.example")
    shown = await admin.get(f"{STAFF}/{own.id}/remove")
    assert "You cannot remove yourself." in shown.text
    await admin.get(STAFF)
    refused = await admin.post(f"{STAFF}/{own.id}/remove")
    assert refused.status == 409 and await member(console, "admin@acme.example")


@pytest.mark.parametrize("deed", ["link", "remove"])
async def test_staff_of_others_and_operators_are_as_missing_as_none(
    console: Console, admin: Browser, deed: str
) -> None:
    await console.add_organisation("beacon")
    await console.add_operator()
    others = [await known(console, email) for email in ("admin@beacon.example", "op@provider.example")]
    await admin.get(STAFF)
    missing = await admin.post(f"{STAFF}/99/{deed}")
    assert missing.status == 404
    for other in others:
        answer = await admin.post(f"{STAFF}/{other.id}/{deed}")
        assert (answer.status, answer.text) == (404, missing.text)
        assert await member(console, other.email)
    for odd in ("x", "1e3", "-1", "9" * 40, "²"):
        assert (await admin.post(f"{STAFF}/{odd}/{deed}")).status == 404
    assert "beacon" not in (await admin.get(STAFF)).text


@pytest.mark.parametrize("path", ["/staff", "/staff/new", "/staff/1/remove"])
async def test_list_of_all_is_not_there_for_admins(admin: Browser, path: str) -> None:
    assert (await admin.get(path)).status == 404


async def test_operator_sees_all_with_factor_and_organisation(console: Console, operator: Browser) -> None:
    await console.add_organisation("beacon")
    page = (await operator.get("/staff")).text
    for text in (
        "op@provider.example",
        "admin@acme.example",
        "admin@beacon.example",
        "/organisations/beacon/staff",
    ):
        assert text in page
    assert await add(operator, "kim@beacon.example", "/organisations/beacon/staff") == 303


async def test_operator_adds_and_removes_another_operator(console: Console, operator: Browser) -> None:
    assert await add(operator, "second@provider.example", "/staff") == 303
    found = await known(console, "second@provider.example")
    assert found.organisation_id is None
    await operator.get(f"/staff/{found.id}/remove")
    assert (await operator.post(f"/staff/{found.id}/remove")).location == "/staff?done=removed"
    assert (await actions(console, None))[:2] == ["staff.removed", "staff.added"]


async def test_admins_are_not_within_reach_of_the_operators_list(console: Console, operator: Browser) -> None:
    found = await known(console, "admin@acme.example")
    await operator.get("/staff")
    assert (await operator.post(f"/staff/{found.id}/remove")).status == 404


async def test_last_operator_who_can_sign_in_stays(console: Console, operator: Browser) -> None:
    await add(operator, "second@provider.example", "/staff")
    path = await link(console, "second@provider.example")
    own = await known(console, "op@provider.example")
    async with console.started() as second:
        await second.get(path)
        await second.post(path, password=NEW)
        await second.sign_in("second@provider.example", NEW)
        await second.get("/staff")
        assert (await second.post(f"/staff/{own.id}/remove")).status == 303
        alone = await known(console, "second@provider.example")
        shown = await second.get(f"/staff/{alone.id}/remove")
        assert "You cannot remove yourself." in shown.text


async def test_who_decides_about_others_says_again_who_they_are(console: Console, admin: Browser) -> None:
    await console.add_organisation("beacon")
    await add(admin, "kim@acme.example")
    kim = await known(console, "kim@acme.example")
    console.passes(minutes=11)
    await admin.get(STAFF)
    for path in (f"{STAFF}/new", f"{STAFF}/{kim.id}/link", f"{STAFF}/{kim.id}/remove"):
        answer = await admin.post(path, email="lee@acme.example")
        assert answer.status == 303 and answer.location.startswith("/security/proof?next="), path
    assert await member(console, "kim@acme.example") and not await member(console, "lee@acme.example")


async def test_sessions_go_with_who_is_removed(console: Console, acme: Organisation, admin: Browser) -> None:
    own = await known(console, "admin@acme.example")
    assert await console.store.read(sessions.of_owner, of_staff(own.id), console.now)
    await console.store.write(staff.remove, own.id)
    assert await console.store.read(sessions.of_owner, of_staff(own.id), console.now) == []


@pytest.mark.parametrize("email", ["kim(x)@acme.example", "kim\u202e@acme.example"])
async def test_address_that_no_mail_goes_to_is_refused_in_words(
    console: Console, admin: Browser, email: str
) -> None:
    assert await add(admin, email) == 400
    assert await member(console, email) is None


async def test_link_to_somebody_whom_no_mail_reaches_is_refused_in_words(
    console: Console, admin: Browser
) -> None:
    hashed = CHEAP.hash_now(PASSWORD)
    added = await console.store.write(staff.add, "root@localhost", hashed, Role.ADMIN, 1, console.now)
    page = (await admin.get("/organisations/acme/staff")).text
    assert "root@localhost" in page
    answer = await admin.post(f"/organisations/acme/staff/{added.id}/link")
    assert answer.status == 303 and answer.location.endswith("?done=no-address")
    assert "no address that mail goes to" in (await admin.get(answer.location)).text
