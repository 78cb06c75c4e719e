"""Invoices by mail, from choosing to what became of each; nothing of another organisation."""

import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from admin.mailings import asking
from edge.jobs.mailings import Mailings
from store import audit, deliveries, domains, mailing_results, mailings, outbox
from store.destination import Confirmation, Destination, Room
from store.hostname import Hostname
from store.mailing_results import Outcome
from tests import factories
from tests.fakes.admin_console import Browser, Console
from tests.fakes.inline_press import InlinePress
from tests.pdf_text import PdfText

PAGE = "/organisations/acme/mailings"
HOST = Hostname("billing.acme.example")


def customers(db: sqlite3.Connection, organisation_id: int = 1, prefix: str = "INV") -> int:
    """Three customers with an invoice each, one of them without an address; the id of their run."""
    run = factories.batch(db, organisation_id)
    for number, email in enumerate(("one@harbour.example", "two@mill.example", ""), 1):
        account = factories.account(db, organisation_id, f"A{number}", name=f"Customer {number}", email=email)
        invoice = factories.invoice(db, organisation_id, account, f"{prefix}-{number}", batch_id=run)
        factories.line(db, organisation_id, invoice)
    return run


def named(db: sqlite3.Connection) -> None:
    """Acme's portal is live and lets customers register."""
    domains.add(db, Destination(HOST, Room.PORTAL, 1, False, (), Confirmation.CNAME, HOST), factories.NOW)
    domains.set_live(db, HOST, factories.NOW)
    db.execute("UPDATE portals SET enabled = 1, allow_registration = 1")


def public(number: int, organisation_id: int = 1, prefix: str = "INV") -> str:
    return factories.public(organisation_id, f"{prefix}-{number}")


@pytest.fixture
async def run(console: Console) -> int:
    return await console.store.write(customers)


async def work(console: Console) -> None:
    await Mailings(console.store, console.clock, console.facts.mail, InlinePress()).work()


async def counts(console: Console, mailing: int) -> dict[Outcome, int]:
    found = await console.store.read(mailing_results.counts, 1, mailing)
    return {outcome: number for outcome, number in found.items() if number}


async def test_empty_list_leads_to_choosing(admin: Browser) -> None:
    text = (await admin.get(PAGE)).text
    assert "Nothing was mailed yet" in text and f'href="{PAGE}/new"' in text
    assert 'aria-current="page">Send invoices' in text
    assert "No invoices yet" in (await admin.get(f"{PAGE}/new")).text


async def test_run_is_looked_at_sent_and_followed(console: Console, admin: Browser, run: int) -> None:
    assert f"{PAGE}/review?run={run}" in unescape((await admin.get(f"{PAGE}/new")).text)
    review = (await admin.get(f"{PAGE}/review?run={run}")).text
    assert re.search(r"Documents</dt><dd>3", review)
    assert re.search(r"No address</dt><dd>1", review)
    sent = await admin.post(PAGE, run=str(run))
    assert sent.location == f"{PAGE}/1"
    before = (await admin.get(f"{PAGE}/1")).text
    assert "being prepared" in before and 'http-equiv="refresh"' in before
    await work(console)
    page = (await admin.get(f"{PAGE}/1")).text
    assert "one@harbour.example" in page and "The customer has no e-mail address." in page
    assert "refresh" not in page
    assert await counts(console, 1) == {Outcome.WAITING: 2, Outcome.FAILED: 1}
    newest = (await console.store.read(audit.of_organisation, 1))[0]
    assert (newest.action, newest.object) == ("mailing.asked", f"batch:{run}")


async def test_results_show_what_came_back_and_are_narrowed(
    console: Console, admin: Browser, run: int
) -> None:
    await admin.get(f"{PAGE}/review?run={run}")
    await admin.post(PAGE, run=str(run))
    await work(console)
    await console.store.write(deliveries.sent, 1, console.now)
    await console.store.write(deliveries.bounced, 2, "550 5.1.1 No such user", console.now)
    page = (await admin.get(f"{PAGE}/1")).text
    assert "550 5.1.1 No such user" in page and "Every mail of it is settled." in page
    bounced = (await admin.get(f"{PAGE}/1?show=bounced")).text
    assert "two@mill.example" in bounced and "one@harbour.example" not in bounced
    assert "one@harbour.example" in (await admin.get(f"{PAGE}/1?show=nonsense&after=x")).text
    assert "1 sent" in (await admin.get(PAGE)).text


async def test_what_was_not_delivered_is_sent_again_and_nothing_else(
    console: Console, admin: Browser, run: int
) -> None:
    await admin.get(f"{PAGE}/review?run={run}")
    await admin.post(PAGE, run=str(run))
    await work(console)
    await console.store.write(deliveries.sent, 1, console.now)
    await console.store.write(deliveries.bounced, 2, "550", console.now)
    await console.store.write(_change_email, "new@mill.example")
    await admin.get(f"{PAGE}/1")
    assert (await admin.post(f"{PAGE}/1/again")).location == f"{PAGE}/2"
    await work(console)
    found = await console.store.read(mailing_results.page, 1, 2, None, after=0, limit=9)
    assert [(one.object_number, one.recipient) for one in found] == [
        ("INV-2", "new@mill.example"),
        ("INV-3", ""),
    ]
    await console.store.write(deliveries.sent, 3, console.now)


def _change_email(db: sqlite3.Connection, email: str) -> None:
    db.execute("UPDATE account_revisions SET email = ? WHERE email = 'two@mill.example'", (email,))


async def test_chosen_invoices_are_reviewed_and_sent(console: Console, admin: Browser, run: int) -> None:
    chosen = f"invoice={public(1)}&invoice={public(3)}"
    review = (await admin.get(f"{PAGE}/review?{chosen}")).text
    assert "2 invoices chosen" in review and "The customer has no e-mail address." in review
    sent = await admin.send(
        "POST",
        PAGE,
        [("csrf", admin.token), ("invoice", public(1)), ("invoice", public(3))],  # type: ignore[arg-type]
        {"Sec-Fetch-Site": "same-origin"},
    )
    assert sent.location == f"{PAGE}/1"
    await work(console)
    assert await counts(console, 1) == {Outcome.WAITING: 1, Outcome.FAILED: 1}


async def test_sending_nothing_asks_to_choose(admin: Browser, run: int) -> None:
    answer = await admin.get(f"{PAGE}/review")
    assert answer.location == f"{PAGE}/new?none=1"
    assert "Tick at least one invoice" in (await admin.get(answer.location)).text
    assert (await admin.post(PAGE)).status == 404


async def test_who_had_it_is_left_out_unless_asked(console: Console, admin: Browser, run: int) -> None:
    for _ in range(2):
        await admin.get(f"{PAGE}/review?run={run}")
        await admin.post(PAGE, run=str(run))
        await work(console)
    assert await counts(console, 2) == {Outcome.FAILED: 1}
    review = (await admin.get(f"{PAGE}/review?run={run}")).text
    assert re.search(r"Mailed before</dt><dd>2", review) and "Also to those who had it already" in review
    await admin.post(PAGE, run=str(run), again="1")
    await work(console)
    assert await counts(console, 3) == {Outcome.WAITING: 2, Outcome.FAILED: 1}


async def test_list_is_searched_and_goes_on_page_by_page(console: Console, admin: Browser, run: int) -> None:
    def more(db: sqlite3.Connection) -> None:
        account = factories.account(db, 1, "B1", name="Mill Lane 100%")
        for number in range(60):
            factories.invoice(db, 1, account, f"M-{number:02}", po_number=f"PO{number}")

    await console.store.write(more)
    for query, seen, unseen in (
        ("search=INV-2", "INV-2", "INV-1"),
        ("search=lane+100%25", "M-10", "INV-1"),
        ("search=PO17", "M-17", "M-18"),
        (f"run={run}", "INV-1", "M-10"),
        ("search=A3", "INV-3", "INV-2"),
    ):
        text = (await admin.get(f"{PAGE}/new?{query}")).text
        assert f">{seen}<" in text and f">{unseen}<" not in text, query
    assert "No invoice fits" in (await admin.get(f"{PAGE}/new?search=nothing")).text
    first = (await admin.get(f"{PAGE}/new?search=M-")).text
    link = re.search(r'href="([^"]*after=[^"]*)"', first)
    assert link
    second = (await admin.get(unescape(link[1]))).text
    numbers = re.findall(r">(M-\d\d)</a>", first) + re.findall(r">(M-\d\d)</a>", second)
    assert sorted(numbers) == [f"M-{number:02}" for number in range(60)]


async def test_not_mailed_yet_leaves_out_who_had_it(console: Console, admin: Browser, run: int) -> None:
    await admin.get(f"{PAGE}/review?invoice={public(1)}")
    await admin.post(PAGE, invoice=public(1))
    text = (await admin.get(f"{PAGE}/new?new=1")).text
    assert ">INV-2<" in text and ">INV-1<" not in text


async def test_preview_shows_the_mail_without_issuing_a_proof(
    console: Console, admin: Browser, run: int
) -> None:
    await console.store.write(named)
    page = await admin.get(f"{PAGE}/preview?invoice={public(1)}")
    assert f"https://{HOST}/register/sample" in page.text and "one@harbour.example" in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    html = await admin.get(f"{PAGE}/preview/html?invoice={public(1)}")
    assert "sandbox" in html.headers["Content-Security-Policy"] and "/register/sample" in html.text
    tokens = await console.store.read(lambda db: db.execute("SELECT count(*) FROM tokens").fetchone()[0])
    assert tokens == 0


async def test_preview_of_the_pdf_is_what_would_be_attached(
    console: Console, admin: Browser, run: int
) -> None:
    await console.store.write(named)
    made = await _pdf(admin, public(1))
    assert PdfText(made).links == [f"https://{HOST}/register/sample"]

    def provide(db: sqlite3.Connection) -> None:
        row = db.execute("SELECT id FROM invoices WHERE number = 'INV-1'").fetchone()
        factories.document(db, 1, row["id"], b"%PDF-1.7 " + bytes(200_000))

    await console.store.write(provide)
    assert await _pdf(admin, public(1)) == b"%PDF-1.7 " + bytes(200_000)


async def _pdf(browser: Browser, invoice: str) -> bytes:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = {"Host": browser.host, "Cookie": cookie}
    async with browser.client.get(f"{PAGE}/preview/pdf?invoice={invoice}", headers=headers) as response:
        assert (response.status, response.content_type) == (200, "application/pdf")
        return await response.read()


async def test_mailing_is_stopped(console: Console, admin: Browser, run: int) -> None:
    await admin.get(f"{PAGE}/review?run={run}")
    await admin.post(PAGE, run=str(run))
    assert (await admin.post(f"{PAGE}/1/stop")).location == f"{PAGE}/1"
    await work(console)
    assert await counts(console, 1) == {}
    assert "It was stopped." in (await admin.get(f"{PAGE}/1")).text
    assert (await console.store.read(audit.of_organisation, 1))[0].action == "mailing.stopped"
    await admin.post(f"{PAGE}/1/stop")
    deeds = [entry.action for entry in await console.store.read(audit.of_organisation, 1)]
    assert deeds.count("mailing.stopped") == 1


async def test_status_follows_the_mailing(console: Console, admin: Browser, run: int) -> None:
    await admin.get(f"{PAGE}/review?run={run}")
    await admin.post(PAGE, run=str(run))
    before = (await admin.get(f"{PAGE}/1/status")).text
    place = re.search(r'data-at="([^"]+)"', (await admin.get(f"{PAGE}/1")).text)
    assert place and place[1].split()[0] in before
    await work(console)
    assert (await admin.get(f"{PAGE}/1/status")).text != before


async def test_draft_run_cannot_be_sent(console: Console, admin: Browser) -> None:
    draft = await console.store.write(lambda db: factories.batch(db, 1, state="draft"))
    assert (await admin.get(f"{PAGE}/review?run={draft}")).status == 404


async def test_mail_that_is_not_switched_on_is_said(console: Console, admin: Browser, run: int) -> None:
    console.change_facts(mail_goes_out=False)
    async with console.started() as browser:
        browser.cookies = admin.cookies
        for path in ("", f"/review?run={run}", "/settings"):
            assert "Mail is not switched on here yet" in (await browser.get(PAGE + path)).text


@pytest.fixture
async def other(console: Console) -> tuple[int, int]:
    """Another organisation's run and mailing."""
    await console.add_organisation("other")

    def fill(db: sqlite3.Connection) -> tuple[int, int]:
        run = customers(db, 2, "OTH")
        asked = mailings.Asked(
            kind=mailings.Kind.INVOICES, made_by="staff:2", starts_at=console.now, batch_id=run
        )
        made = mailings.create(db, 2, asked, console.now)
        assert made
        return run, made

    return await console.store.write(fill)


PATHS: list[Callable[[int, int], str]] = [
    lambda run, made: f"/{made}",
    lambda run, made: f"/{made}/status",
    lambda run, made: f"/review?run={run}",
    lambda run, made: f"/preview?invoice={public(1, 2, 'OTH')}",
    lambda run, made: f"/preview/html?invoice={public(1, 2, 'OTH')}",
    lambda run, made: f"/preview/pdf?invoice={public(1, 2, 'OTH')}",
    lambda run, made: "/999",
    lambda run, made: "/review?run=999",
    lambda run, made: "/preview?invoice=nothing",
]


@pytest.mark.parametrize("path", PATHS)
async def test_what_is_another_organisations_is_not_found(
    admin: Browser, other: tuple[int, int], path: Callable[[int, int], str]
) -> None:
    assert (await admin.get(PAGE + path(*other))).status == 404


async def test_nothing_of_another_organisation_is_mailed_stopped_or_listed(
    console: Console, admin: Browser, other: tuple[int, int]
) -> None:
    run, made = other
    await admin.get(f"{PAGE}/new")
    await admin.get(f"{PAGE}/settings")
    fields: list[dict[str, Any]] = [{"run": str(run)}, {"invoice": public(1, 2, "OTH")}]
    for posted in fields:
        assert (await admin.post(PAGE, **posted)).status == 404
    assert (await admin.post(f"{PAGE}/{made}/stop")).status == 404
    assert (await admin.post(f"{PAGE}/{made}/again")).status == 404
    assert "OTH" not in (await admin.get(f"{PAGE}/new?run={run}")).text
    assert (await admin.get(f"{PAGE}/review?invoice={public(1, 2, 'OTH')}")).location == f"{PAGE}/new?none=1"
    found = await console.store.read(mailings.find, 2, made)
    assert found and found.is_open
    assert (await admin.get("/organisations/other/mailings")).status == 404


async def test_mailing_of_the_outbox_is_linked(console: Console, admin: Browser, run: int) -> None:
    await admin.get(f"{PAGE}/review?run={run}")
    await admin.post(PAGE, run=str(run))
    await work(console)
    assert 'href="/organisations/acme/mail/1"' in (await admin.get(f"{PAGE}/1")).text
    assert (await admin.get("/organisations/acme/mail/1")).status == 200
    found = await console.store.read(outbox.find, 1, 1)
    assert found and found.message.mailing_id == 1


async def test_mailing_that_waits_says_when_it_begins(console: Console, admin: Browser, run: int) -> None:
    asked = mailings.Asked(
        kind=mailings.Kind.INVOICES,
        made_by="system",
        starts_at=console.now + timedelta(hours=1),
        batch_id=run,
        by_itself=True,
    )
    await console.store.write(mailings.create, 1, asked, console.now)
    assert "It begins in" in (await admin.get(f"{PAGE}/1")).text
    assert "Begins in" in (await admin.get(PAGE)).text


async def test_one_of_several_addresses_is_sent_again_where_the_others_had_theirs(
    console: Console, admin: Browser, run: int
) -> None:
    await console.store.write(_change_email, "two@mill.example; boss@mill.example")
    await admin.get(f"{PAGE}/review?run={run}")
    await admin.post(PAGE, run=str(run))
    await work(console)
    for sent in (1, 2):
        await console.store.write(deliveries.sent, sent, console.now)
    await console.store.write(deliveries.bounced, 3, "550", console.now)
    await admin.get(f"{PAGE}/1")
    assert (await admin.post(f"{PAGE}/1/again")).location == f"{PAGE}/2"
    found = await console.store.read(mailing_results.page, 1, 2, None, after=0, limit=9)
    assert [(one.object_number, one.recipient) for one in found] == [
        ("INV-2", "boss@mill.example"),
        ("INV-3", ""),
    ]


async def test_all_that_was_not_delivered_is_reached_by_asking_again(
    console: Console, admin: Browser, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_AGAIN", 1)
    await admin.get(f"{PAGE}/review?run={run}")
    await admin.post(PAGE, run=str(run))
    await work(console)
    for bounced in (1, 2):
        await console.store.write(deliveries.bounced, bounced, "550", console.now)
    await admin.get(f"{PAGE}/1")
    for mailing, number in ((2, "INV-1"), (3, "INV-2"), (4, "INV-3")):
        assert (await admin.post(f"{PAGE}/1/again")).location == f"{PAGE}/{mailing}"
        found = await console.store.read(mailing_results.page, 1, mailing, None, after=0, limit=9)
        assert [one.object_number for one in found] == [number]
    assert (await admin.post(f"{PAGE}/1/again")).location == f"{PAGE}/1"
