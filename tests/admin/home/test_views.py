import re
import sqlite3

from store import change_requests, organisations, portals
from store.diagnosis import Actor, Diagnosis, Routing
from store.issuance import CertificateState
from tests import factories
from tests.fakes.admin_console import HOST, NOT_SERVED, OK, Browser, Console

PAGE = "/organisations/acme/settings/customer-access"
HOME = "/organisations/acme"


async def test_overview_says_the_state_in_one_sentence_and_leads_on(admin: Browser) -> None:
    page = await admin.get(HOME)
    assert "Your customer portal is switched off." in page.text
    assert f'href="{PAGE}"' in page.text


async def test_operator_without_organisations_is_told_how_to_add_one(
    console: Console, browser: Browser
) -> None:
    acme = await console.store.read(organisations.by_slug, "acme")
    assert acme
    await console.store.write(factories.removed_organisation, acme.id)
    await console.add_operator()
    await browser.sign_in("op@provider.example")
    assert 'href="/welcome"' in (await browser.get("/")).text


async def test_operator_sees_each_state_in_a_word(console: Console, browser: Browser) -> None:
    await console.add_operator()
    await browser.sign_in("op@provider.example")
    assert "Switched off" in (await browser.get("/")).text
    await browser.get(HOME)
    await browser.post(f"{PAGE}/portal", enabled="1")
    assert "No address yet" in (await browser.get("/")).text
    await browser.get(HOME)
    await browser.post(f"{PAGE}/domain", hostname=HOST)
    assert "Waiting for DNS" in (await browser.get("/")).text
    await browser.get(HOME)
    await browser.post(f"{PAGE}/domain/complete")
    assert "Completing" in (await browser.get("/")).text
    console.passes(seconds=3)
    await console.issues(CertificateState.ISSUED)
    await console.sees(NOT_SERVED)
    assert 'class="status bad"' in (await browser.get("/")).text
    await console.sees(OK)
    await console.proves()
    page = (await browser.get("/")).text
    assert 'class="status good"' in page
    assert HOST in page
    await console.loses(Diagnosis("no_record", Routing.PENDING, "Nothing", "x", "Add it.", Actor.YOU))
    assert "Live, record lost" in (await browser.get("/")).text


async def test_suspended_organisation_is_said_to_be(console: Console, admin: Browser) -> None:
    await console.store.write(organisations.set_suspended, 1, True)
    assert "This organisation is suspended" in (await admin.get(HOME)).text
    assert "This organisation is suspended" in (await admin.get(PAGE)).text


async def test_names_are_escaped(console: Console, browser: Browser) -> None:
    await console.store.write(organisations.add, "odd", "<b>Odd</b> & Sons", console.now)
    await console.add_operator()
    await browser.sign_in("op@provider.example")
    assert "&lt;b&gt;Odd&lt;/b&gt; &amp; Sons" in (await browser.get("/")).text
    portal = await console.store.read(portals.find, 2)
    assert portal and not portal.enabled


async def test_operator_is_led_to_the_suspension_and_an_admin_is_not(
    console: Console, admin: Browser
) -> None:
    assert "/organisations/acme/suspension" not in (await admin.get("/organisations/acme")).text
    await console.add_operator()
    async with console.started() as operator:
        await operator.sign_in("op@provider.example")
        assert 'href="/organisations/acme/suspension"' in (await operator.get("/organisations/acme")).text


async def test_overview_counts_customers_and_what_waits(console: Console, admin: Browser) -> None:
    def customers(db: sqlite3.Connection) -> None:
        ids = [factories.account(db, 1, reference) for reference in ("A1", "A2")]
        ada = factories.user(db, 1, "ada@x.example", "A1")
        change_requests.ask(db, 1, ids[0], ada, {"phone": "020 1"}, console.now)

    assert "There are none yet" in (await admin.get("/organisations/acme")).text
    await console.store.write(customers)
    page = " ".join(re.sub(r"<[^>]+>", " ", (await admin.get("/organisations/acme")).text).split())
    assert "1 waiting for approval" in page
    assert "Customers 2 With somebody who signs in 1" in page
