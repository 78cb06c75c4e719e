import sqlite3

import pytest

from store import audit, domains, portals, setting_changes, users
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from store.issuance import CertificateState
from store.portals import Settings
from tests import factories
from tests.admin.settings.page import fields
from tests.fakes.admin_console import HOST, OK, Answer, Browser, Console

PAGE = "/organisations/acme/settings/customer-access"
LABEL = Hostname("acme.portals.provider.example")
TICKS = ("use_external", "allow_registration", "approve_registrations")
MOVED = Diagnosis(
    "cname_elsewhere", Routing.MOVED, "CNAME old.host.example", "x", "Change it back.", Actor.YOU
)


@pytest.fixture
async def live(console: Console, admin: Browser) -> Browser:
    """Acme's admin, their portal live."""
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/portal", enabled="1")
    await admin.post(f"{PAGE}/domain", hostname=HOST)
    await console.sees(OK)
    await console.issues(CertificateState.ISSUED)
    await console.certifies()
    await console.proves()
    return admin


async def kept(console: Console) -> Settings:
    portal = await console.store.read(portals.find, 1)
    assert portal
    return portal.settings


def form(page: Answer, **changes: str) -> dict[str, str]:
    """The fields of the page's settings form as a browser would send them, with changes; "" unticks."""
    sent = fields(page.text, PAGE) | changes
    return {name: value for name, value in sent.items() if value or name not in TICKS}


async def test_live_page_shows_address_record_and_certificate(live: Browser) -> None:
    page = (await live.get(PAGE)).text
    assert f'href="https://{HOST}/"' in page
    assert "Leads here" in page
    assert "20 February 2027" in page.replace("\N{NO-BREAK SPACE}", " ")


async def test_address_carries_the_public_port_where_it_is_another(console: Console, live: Browser) -> None:
    console.change_facts(public_https_port=8443)
    async with console.started() as browser:
        browser.cookies = live.cookies
        assert f'href="https://{HOST}:8443/"' in (await browser.get(PAGE)).text


async def test_way_there_is_shown_for_the_first_week(console: Console, live: Browser) -> None:
    page = (await live.get(PAGE)).text
    assert 'class="progress"' in page and "Choose logo and colour" in page and "Configure user access" in page
    console.passes(days=6)
    await live.sign_in("admin@acme.example")
    assert 'class="progress"' in (await live.get(PAGE)).text
    console.passes(days=1, minutes=1)
    await live.sign_in("admin@acme.example")
    assert 'class="progress"' not in (await live.get(PAGE)).text


async def test_lost_record_is_shown_with_what_to_do(console: Console, live: Browser) -> None:
    await console.loses(MOVED)
    page = (await live.get(PAGE)).text
    assert "no longer leads here" in page
    assert "Change it back." in page


async def test_check_by_hand_works_on_a_live_portal(console: Console, live: Browser) -> None:
    console.edge.diagnosis = MOVED
    console.passes(seconds=5)
    await live.post(f"{PAGE}/domain/check")
    assert "CNAME old.host.example" in (await live.get(PAGE)).text


async def test_portal_is_switched_off_and_on_with_its_address_kept(console: Console, live: Browser) -> None:
    await live.post(f"{PAGE}/portal", enabled="0")
    page = await live.get(PAGE)
    assert page.heading == f"Your portal is switched off. Its address, {HOST}, is kept for you."
    assert ">Off<" in page.text
    await live.post(f"{PAGE}/portal", enabled="1")
    assert (await live.get(PAGE)).heading == f"Your portal is live at {HOST}."


async def test_user_access_is_what_follows_until_somebody_has_it(console: Console, live: Browser) -> None:
    page = (await live.get(PAGE)).text
    assert 'href="/organisations/acme/customers">Configure user access</a>' in page
    await console.store.write(_a_user)
    assert "Configure user access" not in (await live.get(PAGE)).text


async def test_changes_are_saved_said_and_audited(console: Console, live: Browser) -> None:
    sent = form(await live.get(PAGE), theme_colour=" abc ", allow_registration="y")
    answer = await live.post(PAGE, **sent)
    assert answer.location == f"{PAGE}?saved=1#settings"
    assert await kept(console) == Settings(theme_colour="#AABBCC", allow_registration=True)
    assert "Saved." in (await live.get(f"{PAGE}?saved=1")).text
    newest = (await console.store.read(audit.of_organisation, 1))[0]
    assert newest.action == "portal.settings_changed"
    assert newest.detail == {"theme_colour": "#1F5FA8 → #AABBCC", "allow_registration": "False → True"}


async def test_saving_what_is_there_already_changes_and_records_nothing(
    console: Console, live: Browser
) -> None:
    before = await console.store.read(audit.of_organisation, 1)
    await live.post(PAGE, **form(await live.get(PAGE)))
    assert await console.store.read(audit.of_organisation, 1) == before


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("theme_colour", "", "Enter a colour."),
        ("theme_colour", "brass", "Write the colour as #"),
        ("label", "", "Enter the first part of the address."),
        ("label", "a b", "1 to 63 letters"),
        ("label", "www", "“www” is reserved"),
        ("label", "xn--abc", "International names"),
        ("label", "customers", "“customers” is reserved"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(
    console: Console, live: Browser, name: str, typed: str, said: str
) -> None:
    before = await kept(console)
    sent = form(await live.get(PAGE), allow_registration="y", **{name: typed})
    answer = await live.post(PAGE, **sent)
    assert answer.status == 422 and said in answer.text
    again = fields(answer.text, PAGE)
    assert again[name] == typed and again["allow_registration"] == "y"
    assert await kept(console) == before


async def test_preview_shows_a_colour_without_keeping_it(console: Console, live: Browser) -> None:
    before = await kept(console)
    sent = form(await live.get(PAGE), theme_colour="#FFFF00")
    answer = await live.post(PAGE, preview="1", **sent)
    assert "#FFFF00 would not stand out enough on light pages" in answer.text
    assert await kept(console) == before


async def test_moved_shade_is_told_after_saving_too(live: Browser) -> None:
    await live.post(PAGE, **form(await live.get(PAGE), theme_colour="#FFFFFF"))
    assert "#FFFFFF would not stand out enough on light pages" in (await live.get(PAGE)).text


async def test_renamed_portal_answers_to_its_new_name_and_the_old_leads_there(
    console: Console, live: Browser
) -> None:
    answer = await live.post(PAGE, **form(await live.get(PAGE), label="Brightline"))
    assert answer.status == 303
    old = await console.store.read(domains.by_hostname, LABEL)
    assert old and old.destination.redirect_to == "brightline.portals.provider.example"
    assert fields((await live.get(PAGE)).text, PAGE)["label"] == "brightline"


async def test_label_of_another_is_refused_beside_its_field(console: Console, live: Browser) -> None:
    await console.add_organisation("beacon")
    answer = await live.post(PAGE, **form(await live.get(PAGE), label="beacon", theme_colour="#000000"))
    assert answer.status == 409 and "“beacon” is in use elsewhere" in answer.text
    assert (await kept(console)).theme_colour == "#1F5FA8"


async def test_own_name_leads_to_the_label_without_the_tick_and_is_back_with_it(
    console: Console, live: Browser
) -> None:
    assert (await live.post(PAGE, **form(await live.get(PAGE), use_external=""))).status == 303
    own = await console.store.read(domains.by_hostname, HOST)
    assert own and own.destination.redirect_to == LABEL
    assert console.edge.completed[-1] == LABEL
    page = await live.get(PAGE)
    assert page.heading == f"Your portal is at {LABEL}. We are opening it the way your customers will."
    assert f"Forget {HOST}" in page.text

    await console.sees(OK, LABEL)
    await console.proves(LABEL)
    assert (await live.get(PAGE)).heading == f"Your portal is live at {LABEL}."

    await live.post(PAGE, **form(await live.get(PAGE), use_external="y"))
    own = await console.store.read(domains.by_hostname, HOST)
    assert own and own.destination.redirect_to is None
    assert (await live.get(PAGE)).heading == f"Your portal is live at {HOST}."


async def test_own_name_is_forgotten_once_it_only_leads_on(console: Console, live: Browser) -> None:
    await live.get(PAGE)
    await live.post(f"{PAGE}/domain/remove")
    assert await console.store.read(domains.by_hostname, HOST)
    await live.post(PAGE, **form(await live.get(PAGE), use_external=""))
    await live.post(f"{PAGE}/domain/remove")
    assert await console.store.read(domains.by_hostname, HOST) is None
    assert await console.store.read(domains.by_hostname, LABEL)
    await live.post(PAGE, **form(await live.get(PAGE), use_external="y"))
    assert (await live.get(PAGE)).heading == "Choose the address of your portal"


async def test_provider_name_is_never_forgotten(console: Console, live: Browser) -> None:
    await live.post(PAGE, **form(await live.get(PAGE), use_external=""))
    for _ in range(2):
        await live.post(f"{PAGE}/domain/remove")
    assert await console.store.read(domains.by_hostname, LABEL)


async def test_portal_starts_at_the_providers_name_without_a_domain(console: Console, admin: Browser) -> None:
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/portal", enabled="1")
    assert LABEL in (await admin.get(PAGE)).text
    await admin.post(f"{PAGE}/label")
    assert console.edge.completed == [LABEL]
    page = await admin.get(PAGE)
    assert f'href="https://{LABEL}/"' in page.text
    assert "use_external" not in form(page)
    assert "Configure user access" in page.text


async def test_provider_name_that_does_not_open_is_ours_to_mend(console: Console, admin: Browser) -> None:
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/portal", enabled="1")
    await admin.post(f"{PAGE}/label")
    console.passes(seconds=2)
    await console.sees(MOVED, LABEL)
    assert "does not open there yet" in (await admin.get(PAGE)).text
    await admin.post(f"{PAGE}/domain/complete")
    assert console.edge.completed == [LABEL, LABEL]


async def test_opening_that_came_to_no_end_can_be_tried_again(console: Console, admin: Browser) -> None:
    await admin.get(PAGE)
    await admin.post(f"{PAGE}/portal", enabled="1")
    await admin.post(f"{PAGE}/label")
    assert "We are opening it" in (await admin.get(PAGE)).text
    console.passes(minutes=4)
    page = (await admin.get(PAGE)).text
    assert "We have not opened it there yet" in page and "Try again now" in page
    await admin.post(f"{PAGE}/domain/complete")
    assert "We are opening it" in (await admin.get(PAGE)).text


async def test_without_a_provider_domain_there_is_no_address_to_choose(
    console: Console, live: Browser
) -> None:
    console.change_facts(provider_domain="")
    async with console.started() as browser:
        browser.cookies = live.cookies
        page = await browser.get(PAGE)
        assert "Customer portal address" not in page.text and "Use external sub-domain" not in page.text
        assert (await browser.post(PAGE, **form(page, allow_registration="y"))).status == 303
        await browser.post(f"{PAGE}/label")
    assert (await kept(console)) == Settings(allow_registration=True)


async def test_what_another_saved_meanwhile_is_said_and_not_overwritten(
    console: Console, live: Browser
) -> None:
    mine = form(await live.get(PAGE), theme_colour="#FFFFFF", approve_registrations="y")
    theirs = form(await live.get(PAGE), theme_colour="#000000", allow_registration="y")
    assert (await live.post(PAGE, **theirs)).status == 303
    answer = await live.post(PAGE, **mine)
    assert answer.status == 409
    assert "changed “Theme colour” from #1F5FA8 to #000000." in answer.text
    assert await kept(console) == Settings(theme_colour="#000000", allow_registration=True)
    again = fields(answer.text, PAGE)
    assert again["theme_colour"] == "#FFFFFF" and again["allow_registration"] == "y"
    assert (await live.post(PAGE, **form(answer))).status == 303
    assert await kept(console) == Settings(
        theme_colour="#FFFFFF", allow_registration=True, approve_registrations=True
    )


async def test_form_of_an_unfinished_wizard_leads_back_to_it(admin: Browser) -> None:
    await admin.get(PAGE)
    assert (await admin.post(PAGE, theme_colour="#000000")).location == PAGE


async def test_switching_off_is_a_change_in_the_log_and_in_the_audit(console: Console, live: Browser) -> None:
    await live.get(PAGE)
    await live.post(f"{PAGE}/portal", enabled="0")
    newest = (await console.store.read(setting_changes.page, 1))[0]
    assert newest.fields == {"enabled": (True, False)}
    assert (await console.store.read(audit.of_organisation, 1))[0].action == "portal.disabled"


async def test_admin_of_another_organisation_finds_nothing_here(console: Console, live: Browser) -> None:
    await console.add_organisation("beacon")
    async with console.started() as browser:
        await browser.sign_in("admin@beacon.example")
        await browser.get("/organisations/beacon/settings/customer-access")
        for path in ("", "/pages", "/sign-in", "/company", "/changes", "/theme"):
            assert (await browser.get(PAGE + path)).status == 404
        for path in ("", "/pages", "/sign-in", "/company", "/theme", "/label", "/portal", "/changes/1/undo"):
            assert (await browser.post(PAGE + path, enabled="0", theme_colour="#000000")).status == 404
    assert (await kept(console)) == Settings()


def _a_user(db: sqlite3.Connection) -> None:
    factories.account(db, 1)
    factories.user(db, 1)
    assert users.any_of(db, 1) and not users.any_of(db, 2)
