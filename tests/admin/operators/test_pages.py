import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from store import audit, disk, domains, held, installation, organisations, outbox_lists, suspensions
from store.destination import Confirmation, Destination, Room
from store.diagnosis import Actor, Diagnosis, Routing
from store.hostname import Hostname
from store.issuance import CertificateState
from store.operations import Flight, OwnRecord, Round, Stranger, Strangers, Trial, Verdict
from store.outbox_lists import Filter
from tests.fakes.admin_console import HOST, NOW, Browser, Console

PAGES = (
    "/console",
    "/console/handshakes",
    "/console/handshakes/status",
    "/domains",
    "/mail",
    "/welcome",
    "/new-organisation",
    "/organisations/acme/suspension",
)
FORMS = (
    "/welcome/ca",
    "/welcome/mail",
    "/new-organisation",
    "/organisations/acme/suspension",
    "/organisations/acme/suspension/end",
)
TARGET = "customers.provider.example"
OURS = Diagnosis("not_served", Routing.OK, "203.0.113.9 timed out", "our page", "We are on it.", Actor.US)


@pytest.fixture
async def operator(console: Console, browser: Browser) -> AsyncIterator[Browser]:
    """A browser in which an operator is signed in."""
    await console.add_operator()
    await browser.sign_in("op@provider.example")
    yield browser


async def register(console: Console, name: str = HOST) -> None:
    destination = Destination(
        hostname=Hostname(name),
        room=Room.PORTAL,
        organisation_id=1,
        suspended=False,
        upstreams=(),
        confirmation=Confirmation.CNAME,
        cname_target=Hostname("customers.provider.example"),
    )
    await console.store.write(domains.add, destination, console.now)


@pytest.mark.parametrize("path", PAGES)
async def test_page_is_there_for_operators_and_for_nobody_else(
    console: Console, admin: Browser, path: str
) -> None:
    refused = await admin.get(path)
    assert refused.status == 404 and "We could not find that page" in refused.text
    await console.add_operator()
    async with console.started() as other:
        await other.sign_in("op@provider.example")
        assert (await other.get(path)).status == 200


@pytest.mark.parametrize("path", FORMS)
async def test_form_does_nothing_for_an_admin(console: Console, admin: Browser, path: str) -> None:
    await admin.get("/organisations/acme")
    answer = await admin.post(path, name="New Ltd", slug="new", reason="because")
    assert answer.status == 404
    assert await console.store.read(suspensions.of_organisation, 1) is None
    assert len(await console.store.read(organisations.every)) == 1


async def test_console_shows_who_waits_for_us_and_why(console: Console, operator: Browser) -> None:
    await register(console)
    await console.sees(OURS)
    page = (await operator.get("/console")).text
    assert "203.0.113.9 timed out" in page and "<strong>Us</strong>" in page
    assert '<li class="wrong"><a href="/domains?view=us"><strong>1</strong> waiting for us</a>' in page


async def test_console_says_that_a_backup_was_restored_until_it_is_resumed(
    console: Console, operator: Browser
) -> None:
    await console.store.write(lambda db: installation.put(db, {"held_since": b"1"}))
    page = (await operator.get("/console")).text
    assert "This is a backup" in page and "brassplate resume" in page and "0 mails wait" in page
    await console.store.write(held.resume, console.now, drop_mails=False)
    assert "This is a backup" not in (await operator.get("/console")).text


async def test_console_of_an_empty_house_is_calm(operator: Browser) -> None:
    page = (await operator.get("/console")).text
    for words in ("Nobody waits for us.", "No certificate yet.", "No issuance stands failed."):
        assert words in page
    assert 'class="wrong"' not in page


async def test_console_shows_flights_strangers_and_jobs(console: Console, operator: Browser) -> None:
    console.edge.flights = (Flight(HOST, "handshake", NOW),)
    stranger = Stranger(Hostname("scan.example"), 7, NOW)
    console.edge.strangers = Strangers(NOW - timedelta(hours=2), 9, 2, (stranger,))
    console.edge.rounds = (
        Round("clean-up", NOW, NOW, ""),
        Round("exports", NOW, NOW, "database or disk is full"),
        Round("retention", NOW, None, ""),
    )
    page = (await operator.get("/console")).text
    assert HOST in page and "handshake" in page
    assert "9 handshakes since" in page and "scan.example" in page
    assert "database or disk is full" in page and "Under way" in page


async def test_console_shows_failures_with_the_cas_words_and_who_acts(
    console: Console, operator: Browser
) -> None:
    await register(console)
    await console.issues(CertificateState.FAILED, "ca:caa", "CAA forbids <issuance>")
    page = (await operator.get("/console")).text
    assert "ca:caa" in page and "CAA forbids &lt;issuance&gt;" in page


async def test_console_foretells_the_disk(console: Console, operator: Browser) -> None:
    for number in range(4):
        day = NOW - timedelta(days=3 - number)
        await console.store.write(disk.note, (number + 1) * 10**9, 50 * 10**9, day)
    assert "lasts for about 50 days" in (await operator.get("/console")).text


async def test_names_are_found_by_host_and_by_state(console: Console, operator: Browser) -> None:
    await register(console)
    await register(console, "pay.elsewhere.example")
    await console.proves()
    found = (await operator.get("/domains?search=BILLING")).text
    assert HOST in found and "pay.elsewhere.example" not in found
    live = (await operator.get("/domains?view=live")).text
    assert HOST in live and "pay.elsewhere.example" not in live
    assert "No name fits" in (await operator.get("/domains?view=failed&search=x")).text
    assert HOST in (await operator.get("/domains?view=nonsense")).text


async def test_names_go_on_page_by_page(console: Console, operator: Browser) -> None:
    for number in range(51):
        await register(console, f"n{number:02}.example")
    first = (await operator.get("/domains")).text
    assert "n49.example" in first and "n50.example" not in first
    assert "/domains?view=all&amp;search=&amp;after=n49.example" in first
    assert "n50.example" in (await operator.get("/domains?after=n49.example")).text


async def test_ca_is_asked_and_its_answer_shown(console: Console, operator: Browser) -> None:
    console.edge.trial = Trial(False, "The CA cannot be used now: no route")
    await operator.get("/welcome")
    assert "The CA cannot be used now: no route" in (await operator.post("/welcome/ca")).text


async def test_test_mail_is_queued_to_whoever_asks(console: Console, operator: Browser) -> None:
    await operator.get("/welcome")
    assert (await operator.post("/welcome/mail")).location == "/mail"
    (line,) = await console.store.read(
        lambda db: outbox_lists.page_of_all(db, Filter(), before=None, limit=10)
    )
    assert line.recipient == "op@provider.example"
    page = (await operator.get("/mail")).text
    assert "op@provider.example" in page and "the provider" in page
    assert "No message fits" in (await operator.get("/mail?state=bounced")).text


async def test_first_steps_show_our_own_names(operator: Browser) -> None:
    page = (await operator.get("/welcome")).text
    assert "admin.provider.example" in page and "Leads here" in page


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (OwnRecord(TARGET, "A", ("192.0.2.1",), ("192.0.2.1",), Verdict.RIGHT), ("In place",)),
        (OwnRecord(f"*.{TARGET}", "A", ("192.0.2.1",), (), Verdict.MISSING), ("Add this record",)),
        (
            OwnRecord(TARGET, "A", ("192.0.2.1",), ("192.0.2.9",), Verdict.WRONG),
            ("Change this record", "The DNS says: 192.0.2.9"),
        ),
        (OwnRecord(TARGET, "AAAA", (), ("2001:db8::9",), Verdict.WRONG), ("Delete this record",)),
        (OwnRecord(TARGET, "CAA", ('0 issue "ca.example"',), None, Verdict.UNKNOWN), ("Could not ask",)),
    ],
)
async def test_first_steps_say_which_record_of_our_own_zone_is_missing_or_wrong(
    console: Console, operator: Browser, record: OwnRecord, words: tuple[str, ...]
) -> None:
    console.edge.zone = (record,)
    page = (await operator.get("/welcome")).text
    section = page[page.index('id="zone"') : page.index('id="ca"')]
    assert record.name in section and f"<dt>{record.kind}</dt>" in section
    assert all(word in section for word in words)


async def test_organisation_is_added_with_its_name_under_the_providers_domain(
    console: Console, operator: Browser
) -> None:
    await operator.get("/new-organisation")
    answer = await operator.post("/new-organisation", name="New Ltd", slug="new")
    assert answer.location == "/organisations/new"
    assert await console.store.read(domains.by_hostname, Hostname("new.portals.provider.example"))
    added = await console.store.read(organisations.by_slug, "new")
    assert added
    (entry,) = await console.store.read(audit.of_organisation, added.id)
    assert (entry.action, entry.actor) == ("organisation.added", "staff:2")


@pytest.mark.parametrize(
    ("name", "slug", "words"),
    [
        ("", "new", "Enter the organisation&#39;s name."),
        ("New", "", "Enter a short name."),
        ("New", "acme", "Another organisation has"),
        ("New", "www", "reserved"),
        ("New", "admin", "reserved"),
        ("New", "no good", "letters, digits"),
        ("New\x07", "new", "one line of plain text"),
    ],
)
async def test_what_cannot_be_an_organisation_is_said_and_nothing_typed_is_lost(
    console: Console, operator: Browser, name: str, slug: str, words: str
) -> None:
    await operator.get("/new-organisation")
    answer = await operator.post("/new-organisation", name=name, slug=slug)
    assert answer.status == 422 and words in answer.text
    assert f'value="{slug}"' in answer.text
    assert len(await console.store.read(organisations.every)) == 1


async def test_organisation_is_suspended_with_a_reason_and_resumed(
    console: Console, operator: Browser
) -> None:
    await operator.get("/organisations/acme/suspension")
    assert (await operator.post("/organisations/acme/suspension", reason="")).status == 422
    await operator.post("/organisations/acme/suspension", reason="unpaid since August")
    assert "unpaid since August" in (await operator.get("/organisations/acme/suspension")).text
    found = await console.store.read(suspensions.of_organisation, 1)
    assert found and found.since == NOW
    await operator.post("/organisations/acme/suspension/end")
    assert await console.store.read(suspensions.of_organisation, 1) is None
    deeds = [entry.action for entry in await console.store.read(audit.of_organisation, 1)]
    assert deeds[:2] == ["organisation.resumed", "organisation.suspended"]


async def test_suspending_twice_is_written_down_once(console: Console, operator: Browser) -> None:
    await operator.get("/organisations/acme/suspension")
    for _ in range(2):
        await operator.post("/organisations/acme/suspension", reason="abuse")

    def count(db: sqlite3.Connection) -> int:
        row = db.execute("SELECT count(*) FROM audit WHERE action = 'organisation.suspended'")
        return int(row.fetchone()[0])

    assert await console.store.read(count) == 1


@pytest.mark.parametrize("before", ["9" * 40, "²", "١٢", "-1", "x"])
async def test_place_in_the_mail_that_is_none_shows_the_newest(console: Console, before: str) -> None:
    await console.add_operator()
    async with console.started() as browser:
        await browser.sign_in("op@provider.example")
        assert (await browser.get(f"/mail?before={before}")).status == 200
