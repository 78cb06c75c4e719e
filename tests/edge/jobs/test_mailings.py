"""Every mail of a mailing is made once, whatever happens, and says how to register exactly where that is due."""

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from itertools import product
from pathlib import Path

import pytest

from edge.jobs import mailing_making
from edge.jobs.mailing_gathering import gather
from edge.jobs.mailings import Mailings
from edge.jobs.rounds import Rounds
from portal.invoices.press import Press
from store import mailing_items, mailings, organisations, tokens
from store.mailing_items import New
from store.mailing_results import Outcome
from store.mailings import State
from store.tokens import Gone
from tests import factories
from tests.edge.jobs.post_room import HOST, PROVIDER, PostRoom, post_room
from tests.fakes.inline_press import InlinePress
from tests.pdf_text import PdfText

ONE, TWO, BOSS = "one@harbour.example", "two@mill.example", "boss@mill.example"
LINK = re.compile(rf"https://{HOST}/register/([\w-]{{43}})")


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[PostRoom]:
    opened = await post_room(tmp_path)
    yield opened
    await opened.store.close()


async def test_every_address_of_a_run_gets_its_invoice_once(room: PostRoom) -> None:
    mailing = await room.begin()
    await room.jobs.work()
    first, second, _ = room.invoices
    assert await room.recipients() == [(first, ONE), (second, TWO), (second, BOSS)]
    assert await room.counts(mailing) == {Outcome.WAITING: 3, Outcome.FAILED: 1}
    failed = (await room.results(mailing))[-1]
    assert (failed.object_number, failed.words) == ("INV-3", "The customer has no e-mail address.")
    found = await room.store.read(mailings.find, room.meridian, mailing)
    assert found and found.state is State.DONE
    await room.jobs.work()
    assert len(await room.mails()) == 3


async def test_mail_is_from_the_organisation_and_has_the_pdf_that_we_made(room: PostRoom) -> None:
    await room.begin()
    await room.jobs.work()
    mail = (await room.mails())[0]
    assert mail.sender == "Meridian Telecom <post@provider.example>"
    assert mail.subject.startswith("Invoice INV-1 from Meridian Telecom: £120.00")
    assert mail.attachment_name == "INV-1.pdf"
    text = PdfText(await room.pdf(mail)).text
    assert "INV-1" in text and "Customer 1" in text


async def test_addresses_of_one_invoice_share_one_pdf_when_there_is_no_proof_in_it(room: PostRoom) -> None:
    await room.begin()
    await room.jobs.work()
    _, two, boss = await room.mails()
    assert two.attachment_sha256 == boss.attachment_sha256


async def test_pdf_of_the_provider_goes_as_it_is(room: PostRoom) -> None:
    content = b"%PDF-1.7 the provider's own"

    def prepare(db: sqlite3.Connection) -> None:
        factories.document(db, room.meridian, room.invoices[0], content, file_name="bill one.pdf")
        db.execute("UPDATE portals SET allow_registration = 1")

    await room.store.write(prepare)
    await room.begin()
    await room.jobs.work()
    mail = (await room.mails())[0]
    assert await room.pdf(mail) == content
    assert mail.attachment_name == "bill one.pdf"
    assert LINK.search(mail.text)


@pytest.mark.parametrize(
    ("allowed", "status", "made"),
    list(product((True, False), ("none", "invited", "active", "suspended"), (True, False))),
)
async def test_extra_line_is_in_text_html_and_made_pdf_exactly_when_it_is_due(
    room: PostRoom, allowed: bool, status: str, made: bool
) -> None:
    def prepare(db: sqlite3.Connection) -> None:
        db.execute("UPDATE portals SET allow_registration = ?", (int(allowed),))
        if status != "none":
            user = factories.user(db, room.meridian, ONE, "A1")
            db.execute("UPDATE users SET status = ? WHERE id = ?", (status, user))
        if not made:
            factories.document(db, room.meridian, room.invoices[0])

    await room.store.write(prepare)
    await room.begin_chosen(room.invoices[0], room.accounts[0], ONE)
    await room.jobs.work()
    (mail,) = await room.mails()
    due = allowed and status in ("none", "invited")
    in_text, in_html = LINK.findall(mail.text), LINK.findall(unescape(mail.html))
    assert (bool(in_text), bool(in_html)) == (due, due)
    file = PdfText(await room.pdf(mail)) if made else None
    if due:
        assert in_text == in_html == [mail.secret]
        assert HOST in mail.text.replace(mail.secret, "") and HOST in mail.html
    else:
        assert "register" not in mail.text.lower() and "register" not in mail.html.lower()
        assert mail.secret == ""
    if file:
        assert LINK.findall("\n".join(file.links)) == in_text
        assert (f"customer portal, {HOST}" in file.text) == due
    seen = f"https://{HOST}/invoices/{factories.public(room.meridian, 'INV-1')}"
    assert (seen in mail.text) == (status == "active")


async def test_every_mail_has_a_proof_of_its_own(room: PostRoom) -> None:
    await room.execute("UPDATE portals SET allow_registration = 1")
    await room.begin()
    await room.jobs.work()
    mails = await room.mails()
    assert len({mail.secret for mail in mails}) == 3
    for mail in mails:
        found = await room.store.read(
            tokens.look, room.meridian, HOST, tokens.Purpose.REGISTRATION, mail.secret, room.now
        )
        assert not isinstance(found, Gone) and found.claim.account_id == mail.account_id


async def test_line_is_absent_while_the_portal_has_no_name(room: PostRoom) -> None:
    await room.execute("UPDATE portals SET allow_registration = 1")
    await room.execute("DELETE FROM domains")
    await room.begin()
    await room.jobs.work()
    assert all("https://" not in mail.text for mail in await room.mails())


@pytest.mark.parametrize("step", range(4))
async def test_crash_in_the_middle_sends_each_exactly_once(
    room: PostRoom, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """The process ends while the PDF of the `step`th mail is made, and another one goes on."""
    await room.execute("UPDATE portals SET allow_registration = 1")
    mailing = await room.begin()
    printed, made, stuck = InlinePress.printed, 0, asyncio.Event()

    async def hang(press: Press, paper: object) -> object:
        nonlocal made
        if made == step:
            stuck.set()
            await asyncio.Event().wait()
        made += 1
        return await printed(press, paper)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(InlinePress, "printed", hang)
        async with asyncio.TaskGroup() as group:
            task = group.create_task(room.jobs.run(Rounds(lambda: room.now)))
            done = asyncio.create_task(_done(room, mailing))
            await asyncio.wait([asyncio.ensure_future(stuck.wait()), done], return_when="FIRST_COMPLETED")
            task.cancel()
            done.cancel()
    assert len(await room.mails()) == step if step < 3 else 3
    room.restart()
    await room.jobs.work()
    first, second, _ = room.invoices
    assert await room.recipients() == [(first, ONE), (second, TWO), (second, BOSS)]


async def _done(room: PostRoom, mailing: int) -> None:
    while True:
        found = await room.store.read(mailings.find, room.meridian, mailing)
        if found and found.state is State.DONE:
            return
        await asyncio.sleep(0.01)


async def test_two_processes_at_once_send_each_once(room: PostRoom) -> None:
    await room.begin()
    other = Mailings(room.store, lambda: room.now, PROVIDER, InlinePress())
    await asyncio.gather(room.jobs.work(), other.work())
    assert sorted(await room.recipients()) == sorted(
        [(room.invoices[0], ONE), (room.invoices[1], TWO), (room.invoices[1], BOSS)]
    )


async def test_who_had_it_is_left_out_of_the_next_mailing(room: PostRoom) -> None:
    await room.begin()
    await room.jobs.work()
    second = await room.begin()
    await room.jobs.work()
    assert await room.counts(second) == {Outcome.FAILED: 1}
    third = await room.begin(again=True)
    await room.jobs.work()
    assert await room.counts(third) == {Outcome.WAITING: 3, Outcome.FAILED: 1}


@pytest.mark.parametrize("state", ["failed", "bounced", "cancelled"])
async def test_who_did_not_get_it_is_in_the_next_mailing(room: PostRoom, state: str) -> None:
    mailing = await room.begin()
    await room.jobs.work()
    await room.execute(
        "UPDATE outbox SET state = ?, error = '550 no such user' WHERE recipient = ?", state, ONE
    )
    assert (await room.results(mailing))[0].words == "550 no such user"
    again = await room.begin()
    await room.jobs.work()
    assert await room.counts(again) == {Outcome.WAITING: 1, Outcome.FAILED: 1}
    assert (await room.recipients())[-1] == (room.invoices[0], ONE)


async def test_withdrawn_run_mails_nothing_more(room: PostRoom) -> None:
    mailing = await room.begin()
    await gather(room.store, await _found(room, mailing), room.now)
    await room.execute("UPDATE batches SET state = 'withdrawn' WHERE id = ?", room.run)
    await room.jobs.work()
    assert await room.mails() == []
    assert await room.counts(mailing) == {Outcome.LEFT_OUT: 3, Outcome.FAILED: 1}


async def _found(room: PostRoom, mailing: int) -> mailings.Mailing:
    found = await room.store.read(mailings.find, room.meridian, mailing)
    assert found
    return found


async def test_stopped_mailing_mails_nothing_more_and_keeps_nobody_from_the_next(room: PostRoom) -> None:
    mailing = await room.begin()
    await gather(room.store, await _found(room, mailing), room.now)
    assert await room.store.write(mailings.stop, room.meridian, mailing, room.now)
    await room.jobs.work()
    assert await room.mails() == []
    assert await room.counts(mailing) == {Outcome.LEFT_OUT: 3, Outcome.FAILED: 1}
    await room.begin()
    await room.jobs.work()
    assert len(await room.mails()) == 3


async def test_suspended_organisation_waits(room: PostRoom) -> None:
    mailing = await room.begin()
    await room.store.write(organisations.set_suspended, room.meridian, True)
    await room.jobs.work()
    assert await room.mails() == []
    await room.store.write(organisations.set_suspended, room.meridian, False)
    await room.jobs.work()
    assert (await room.counts(mailing))[Outcome.WAITING] == 3


async def test_mail_that_cannot_be_made_fails_and_the_others_go(
    room: PostRoom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(press: Press, paper: object) -> object:
        raise ValueError("no ink")

    def provided(db: sqlite3.Connection) -> None:
        factories.document(db, room.meridian, room.invoices[1])

    await room.store.write(provided)
    monkeypatch.setattr(InlinePress, "printed", broken)
    mailing = await room.begin()
    await room.jobs.work()
    assert await room.counts(mailing) == {Outcome.WAITING: 2, Outcome.FAILED: 2}
    assert (await room.results(mailing))[0].words == mailing_making.NOT_MADE
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["mail not made"]


async def test_customers_own_address_stands_above_the_imported_one(room: PostRoom) -> None:
    await room.execute(
        "INSERT INTO account_edits (organisation_id, account_id, field, value, imported_value, user_id, edited_at)"
        " VALUES (?, ?, 'email', 'own@harbour.example', 'one@harbour.example', 1, 0)",
        room.meridian,
        room.accounts[0],
    )
    await room.begin()
    await room.jobs.work()
    assert (await room.recipients())[0] == (room.invoices[0], "own@harbour.example")


async def test_bad_address_is_kept_with_its_reason(room: PostRoom) -> None:
    await room.execute(
        "UPDATE account_revisions SET email = 'call us, a@b.example' WHERE account_id = ?", room.accounts[0]
    )
    mailing = await room.begin()
    await room.jobs.work()
    bad, good = (await room.results(mailing))[:2]
    assert (bad.recipient, bad.outcome) == (
        "call us",
        Outcome.FAILED,
    ) and "Not an e-mail address" in bad.words
    assert (good.recipient, good.outcome) == ("a@b.example", Outcome.WAITING)


async def test_made_pdf_goes_with_the_proof_once_its_mail_is_sent(room: PostRoom) -> None:
    await room.execute("UPDATE portals SET allow_registration = 1")
    await room.begin()
    await room.jobs.work()
    mail = (await room.mails())[0]
    await room.execute("UPDATE outbox SET state = 'sent', next_at = NULL WHERE recipient = ?", ONE)
    room.now += timedelta(minutes=2)
    await room.jobs.work()
    assert await room.pdf(mail) == b""
    assert all([await room.pdf(other) for other in (await room.mails())[1:]])


async def test_published_run_is_mailed_by_itself_once_after_its_wait(room: PostRoom) -> None:
    await room.settle(mail_invoices_on_publish=True, wait_minutes=60)
    await room.execute("UPDATE batches SET kind = 'other' WHERE id <> ?", room.run)
    await room.jobs.work()
    assert await room.mails() == []
    room.now += timedelta(minutes=61)
    await room.jobs.work()
    room.restart()
    await room.jobs.work()
    assert [recipient for _, recipient in await room.recipients()] == [ONE, TWO, BOSS]


async def test_run_published_before_the_switch_is_not_mailed_by_itself(room: PostRoom) -> None:
    room.now += timedelta(days=1)
    await room.settle(mail_invoices_on_publish=True, wait_minutes=0)
    await room.jobs.work()
    assert await room.mails() == []


async def test_run_that_only_changes_an_invoice_mails_nothing_by_itself(room: PostRoom) -> None:
    def settled(db: sqlite3.Connection) -> None:
        again = factories.batch(db, room.meridian)
        db.execute("UPDATE invoice_revisions SET superseded_by = ? WHERE batch_id = ?", (again, room.run))
        db.execute(
            "INSERT INTO invoice_revisions (organisation_id, invoice_id, account_id, batch_id, kind, issued_on,"
            " status, net, tax, gross, paid, due_amount, currency) SELECT organisation_id, invoice_id, account_id,"
            " ?, kind, issued_on, 'settled', net, tax, gross, gross, 0, currency FROM invoice_revisions"
            " WHERE batch_id = ?",
            (again, room.run),
        )
        db.execute("UPDATE batches SET kind = 'other' WHERE id <> ?", (again,))

    await room.store.write(settled)
    await room.settle(mail_invoices_on_publish=True, wait_minutes=0)
    await room.jobs.work()
    assert await room.mails() == []
    await room.begin()
    await room.jobs.work()
    assert len(await room.mails()) == 3, "the run itself still mails what it published first"


async def test_history_is_not_mailed_by_itself(room: PostRoom) -> None:
    await room.execute("UPDATE invoice_revisions SET issued_on = ?", date(2026, 1, 1).isoformat())
    await room.settle(mail_invoices_on_publish=True, wait_minutes=0)
    await room.jobs.work()
    assert await room.mails() == []


async def test_payments_that_came_in_or_failed_are_told_once(room: PostRoom) -> None:
    def paid(db: sqlite3.Connection) -> None:
        batch = factories.batch(db, room.meridian)
        db.execute("UPDATE batches SET kind = 'payments' WHERE id = ?", (batch,))
        for number, status in enumerate(("paid_out", "failed", "submitted", "confirmed")):
            factories.payment(
                db, room.meridian, room.accounts[0], f"P{number}", status=status, batch_id=batch,
                paid_on=date(2026, 11, 20 if number < 3 else 1),
            )  # fmt: skip

    await room.store.write(paid)
    await room.settle(mail_payments=True)
    await room.jobs.work()
    await room.jobs.work()
    assert [(mail.recipient, mail.purpose.value) for mail in await room.mails()] == [
        (ONE, "payment_received"),
        (ONE, "payment_failed"),
    ]


async def test_payment_that_is_confirmed_and_then_paid_out_is_told_once(room: PostRoom) -> None:
    def told(db: sqlite3.Connection, status: str) -> None:
        batch = factories.batch(db, room.meridian)
        db.execute("UPDATE batches SET kind = 'payments' WHERE id = ?", (batch,))
        if status == "confirmed":
            factories.payment(
                db, room.meridian, room.accounts[0], status=status, batch_id=batch, paid_on=date(2026, 11, 20)
            )
            return
        db.execute("UPDATE payment_revisions SET superseded_by = ?", (batch,))
        db.execute(
            "INSERT INTO payment_revisions (organisation_id, payment_id, account_id, batch_id, paid_on, method,"
            " status, amount, currency) SELECT organisation_id, payment_id, account_id, ?, paid_on, method,"
            " 'paid_out', amount, currency FROM payment_revisions",
            (batch,),
        )

    await room.settle(mail_payments=True)
    await room.store.write(told, "confirmed")
    await room.jobs.work()
    await room.store.write(told, "paid_out")
    await room.jobs.work()
    assert len(await room.mails()) == 1


async def test_large_run_is_gathered_in_steps(room: PostRoom) -> None:
    def many(db: sqlite3.Connection) -> None:
        for number in range(450):
            factories.invoice(
                db,
                room.meridian,
                room.accounts[0],
                f"M-{number}",
                batch_id=room.run,
                issued_on=date(2026, 11, 20),
            )

    await room.store.write(many)
    mailing = await room.begin()
    for _ in range(4):
        assert (await _found(room, mailing)).state is State.GATHERING
        await gather(room.store, await _found(room, mailing), room.now)
    assert (await _found(room, mailing)).state is State.SENDING
    assert sum((await room.counts(mailing)).values()) == 454
    assert replace(await _found(room, mailing), state=State.DONE).is_open is False


async def test_gathering_keeps_few_mails_a_transaction_where_customers_have_several_addresses(
    room: PostRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare(db: sqlite3.Connection) -> None:
        emails = ", ".join(f"{name}@x.example" for name in "abcde")
        for number in range(90):
            account = factories.account(db, room.meridian, f"M{number}", email=emails)
            factories.invoice(db, room.meridian, account, f"M-{number}", batch_id=room.run)

    await room.store.write(prepare)
    mailing = await room.begin()
    kept: list[int] = []
    add = mailing_items.add

    def counting(db: sqlite3.Connection, o: int, m: int, new: list[New], *, again: bool) -> int:
        kept.append(len(new))
        return add(db, o, m, new, again=again)

    monkeypatch.setattr(mailing_items, "add", counting)
    await gather(room.store, await _found(room, mailing), room.now)
    assert sum(kept) == 90 * 5 + 4 and max(kept) <= 200
