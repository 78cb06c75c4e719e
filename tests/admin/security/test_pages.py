"""The second factor and the sessions of staff: the portal's pages, on the console's ground."""

import asyncio

import pytest

from store import audit, organisations, outbox_lists, staff
from store.outbox_lists import Filter
from tests.admin.security.app import factor_of
from tests.fakes.admin_console import ADMIN_HOST, PASSWORD, Browser, Console

PAGES = ("/", "/organisations/acme", "/security", "/organisations/acme/staff")


async def test_sign_in_asks_for_the_app_s_code_once_it_is_set_up(console: Console, admin: Browser) -> None:
    app = await factor_of(console, admin)
    async with console.started() as browser:
        first = await browser.sign_in("admin@acme.example")
        assert (first.status, first.location) == (303, "/sign-in/code")
        for path in PAGES:
            assert (await browser.get(path)).location.startswith("/sign-in/code"), path
        await browser.get("/sign-in/code")
        wrong = await browser.post("/sign-in/code", code="000000")
        assert wrong.status == 401
        right = await browser.post("/sign-in/code", code=app.code(console.now))
        assert (right.status, right.location) == (303, "/")
        assert (await browser.get("/organisations/acme")).status == 200


async def test_recovery_code_lets_staff_in(console: Console, admin: Browser) -> None:
    app = await factor_of(console, admin)
    async with console.started() as browser:
        await browser.sign_in("admin@acme.example")
        await browser.get("/sign-in/code")
        assert (await browser.post("/sign-in/code", recovery=app.recovery_codes[3])).status == 303


async def test_changes_are_written_and_told_by_mail_from_the_provider(
    console: Console, admin: Browser
) -> None:
    await factor_of(console, admin)
    await admin.get("/security")
    await admin.post("/security/factor/off")
    acme = await console.store.read(organisations.by_slug, "acme")
    assert acme
    deeds = await console.store.read(audit.of_organisation, acme.id)
    assert [deed.action for deed in deeds][:2] == ["staff.factor_off", "staff.factor_on"]
    lines = await console.store.read(outbox_lists.page_of_all, Filter(), before=None, limit=9)
    assert {line.recipient for line in lines} == {"admin@acme.example"}
    assert {line.organisation_id for line in lines} == {None}


async def test_password_is_changed_by_who_has_said_who_they_are(console: Console, admin: Browser) -> None:
    console.passes(minutes=11)
    asked = await admin.get("/security/password")
    assert asked.location.startswith("/security/proof?next=")
    await admin.get(asked.location)
    assert (await admin.post("/security/proof", password=PASSWORD, next="/security/password")).status == 303
    await admin.get("/security/password")
    changed = await admin.post("/security/password", password="seven quiet otters swim")
    assert changed.location == "/security?done=password"
    async with console.started() as browser:
        assert (await browser.sign_in("admin@acme.example")).status == 401
        assert (await browser.sign_in("admin@acme.example", "seven quiet otters swim")).status == 303


async def test_company_s_name_is_no_password(admin: Browser) -> None:
    await admin.get("/security/password")
    refused = await admin.post("/security/password", password="admin@acme.example")
    assert refused.status == 400 and "error-summary" in refused.text


async def test_sessions_are_listed_and_ended(console: Console, admin: Browser) -> None:
    async with console.started() as elsewhere:
        await elsewhere.sign_in("admin@acme.example")
        page = await admin.get("/security")
        assert page.text.count(ADMIN_HOST) >= 2
        await admin.post("/security/sessions/end-others")
        assert (await elsewhere.get("/organisations/acme")).status == 303
    assert (await admin.get("/organisations/acme")).status == 200


async def test_operator_sets_up_a_factor_first_where_the_installation_asks_for_it(console: Console) -> None:
    await console.add_operator()
    console.change_facts(require_second_factor=True)
    async with console.started() as browser:
        await browser.sign_in("op@provider.example")
        for path in PAGES:
            assert (await browser.get(path)).location == "/security/factor", path
        await browser.get("/security/factor")
        assert (await browser.post("/organisations/acme/staff/new", email="x@y.example")).location == (
            "/security/factor"
        )
        assert await console.store.read(staff.by_email, "x@y.example") is None
        await factor_at(console, browser)
        assert (await browser.get("/")).status == 200


async def factor_at(console: Console, browser: Browser) -> None:
    """As `factor_of`, from the only page that is open."""
    await browser.get("/security/factor")
    await factor_of(console, browser)


async def test_admins_are_not_asked_for_a_factor_by_that_setting(console: Console) -> None:
    console.change_facts(require_second_factor=True)
    async with console.started() as browser:
        await browser.sign_in("admin@acme.example")
        assert (await browser.get("/organisations/acme")).status == 200


async def test_admin_keeps_their_organisation_s_menu(admin: Browser) -> None:
    assert 'href="/organisations/acme/staff"' in (await admin.get("/security")).text


async def test_staff_see_their_sign_ins_and_those_that_failed(console: Console, admin: Browser) -> None:
    async with console.started() as other:
        wrong = await other.sign_in("admin@acme.example", "wrong wrong wrong")
        assert wrong.status == 401
    async with asyncio.timeout(5):
        while "Wrong password" not in (page := (await admin.get("/security/history")).text):
            await asyncio.sleep(0.01)  # it is written down once the answer has left
    assert "Signed in" in page


async def test_what_is_for_customers_is_not_on_the_console(admin: Browser) -> None:
    page = (await admin.get("/security")).text
    assert "/people" not in page and "/security/address" not in page
    for path in ("/people", "/security/address"):
        assert (await admin.get(path)).status == 404, path


@pytest.mark.parametrize("path", ["/security", "/security/factor", "/security/proof", "/security/history"])
async def test_pages_hold_no_inline_script_or_style(admin: Browser, path: str) -> None:
    text = (await admin.get(path)).text
    assert "<style" not in text and " style=" not in text and "onclick" not in text
