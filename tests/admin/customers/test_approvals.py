"""What waits for an admin."""

import sqlite3

import pytest

from store import accounts, audit, change_requests, domains, registrations
from store.hostname import Hostname
from store.outbox import Purpose
from store.registrations import Applicant, Proof
from tests import factories
from tests.admin.customers.town import CUSTOMERS, account_id, mails, post_many, user, words
from tests.fakes.admin_console import HOST, Browser, Console

PAGE = f"{CUSTOMERS}/approvals"


async def register(console: Console, email: str = "mia@mill.example", reference: str = "A200") -> int:
    mill = await account_id(console, reference)
    applicant = Applicant(mill, email, "Mia", factories.PASSWORD_HASH, Proof.INVOICE_FACTS)
    return await console.store.write(registrations.wait, 1, applicant, console.now)


async def ask(console: Console, **values: str) -> int:
    ada, harbour = await user(console, "ada@harbour.example"), await account_id(console, "A100")
    assert ada
    asked = await console.store.write(change_requests.ask, 1, harbour, ada.id, values, console.now)
    assert asked
    return asked.id


async def decide(admin: Browser, queue: str, decision: str, *ids: int) -> str:
    await admin.get(PAGE)
    answer = await post_many(
        admin, f"{PAGE}/{queue}", ("decision", decision), *(("id", str(one)) for one in ids)
    )
    assert answer.status == 303
    return answer.location


async def test_both_queues_are_shown_with_old_and_new(console: Console, admin: Browser) -> None:
    await register(console)
    await ask(console, phone="020 7946 0001")
    page = words((await admin.get(PAGE)).text)
    assert "mia@mill.example" in page and "Knew account number, invoice number and total" in page
    assert "Telephone 020 7946 0000 → becomes 020 7946 0001" in page


async def test_empty_queues_say_so(admin: Browser) -> None:
    page = (await admin.get(PAGE)).text
    assert "No registration waits" in page and "No change waits" in page


async def test_approved_registration_lets_in_and_is_told(console: Console, admin: Browser) -> None:
    waiting = await register(console)
    assert await decide(admin, "registrations", "approve", waiting) == f"{PAGE}?approved=1"
    mia = await user(console, "mia@mill.example")
    assert mia and mia.password_hash == factories.PASSWORD_HASH
    [mail] = await mails(console)
    assert (mail.purpose, mail.recipient) == (Purpose.ACCOUNT_READY, "mia@mill.example")
    entry = (await console.store.read(audit.of_organisation, 1))[0]
    assert (entry.action, entry.object, entry.actor) == ("registration.approved", "account:A200", "staff:1")


async def test_refused_registration_lets_nobody_in_and_is_told(console: Console, admin: Browser) -> None:
    waiting = await register(console)
    await decide(admin, "registrations", "refuse", waiting)
    assert await user(console, "mia@mill.example") is None
    assert [mail.purpose for mail in await mails(console)] == [Purpose.REGISTRATION_REFUSED]
    assert "No registration waits" in (await admin.get(PAGE)).text


async def test_approved_user_of_another_customer_must_still_agree(console: Console, admin: Browser) -> None:
    waiting = await register(console, "ada@harbour.example")
    await decide(admin, "registrations", "approve", waiting)
    [mail] = await mails(console)
    assert (mail.purpose, mail.recipient) == (Purpose.INVITATION, "ada@harbour.example")
    assert "Asked to agree" in words((await admin.get(f"{CUSTOMERS}/A200")).text)


async def test_several_are_decided_at_once_and_none_twice(console: Console, admin: Browser) -> None:
    ids = [await register(console, f"m{number}@mill.example") for number in range(3)]
    assert await decide(admin, "registrations", "approve", *ids, ids[0]) == f"{PAGE}?approved=3"
    assert await decide(admin, "registrations", "refuse", *ids) == f"{PAGE}?refused=0"
    assert len(await mails(console)) == 3
    assert "decided already" in (await admin.get(f"{PAGE}?refused=0")).text


@pytest.mark.parametrize(("decision", "stands"), [("approve", "020 7946 0001"), ("refuse", "020 7946 0000")])
async def test_change_is_decided_told_and_audited(
    console: Console, admin: Browser, decision: str, stands: str
) -> None:
    asked = await ask(console, phone="020 7946 0001")
    await decide(admin, "details", decision, asked)
    account = await console.store.read(accounts.find, 1, await account_id(console, "A100"))
    assert account and account.value("phone") == stands
    [mail] = await mails(console)
    assert (mail.purpose, mail.recipient) == (Purpose.DETAILS_DECIDED, "ada@harbour.example")
    assert "020 7946 0001" in mail.text
    entries = await console.store.read(audit.of_organisation, 1)
    word = "approved" if decision == "approve" else "refused"
    assert entries[0].action == f"account.change_{word}" and entries[0].detail == {"fields": "phone"}


async def test_value_that_changed_meanwhile_is_pointed_out(console: Console, admin: Browser) -> None:
    await ask(console, phone="020 7946 0001")
    harbour = await account_id(console, "A100")
    await console.store.write(
        accounts.edit, 1, harbour, {"phone": "020 7946 9999"}, user_id=1, address="", now=console.now
    )
    assert "It was 020 7946 0000 when this was asked for." in words((await admin.get(PAGE)).text)


async def test_nothing_is_decided_that_could_not_be_told(console: Console, admin: Browser) -> None:
    waiting = await register(console)
    await console.store.write(domains.remove, Hostname(HOST), console.now)
    location = await decide(admin, "registrations", "approve", waiting)
    assert location == f"{PAGE}?no-name=1"
    assert "nobody could be told" in (await admin.get(location)).text
    assert await console.store.read(registrations.count_waiting, 1) == 1


async def test_what_waits_elsewhere_is_neither_shown_nor_decided(console: Console, admin: Browser) -> None:
    await console.add_organisation("other")

    def elsewhere(db: sqlite3.Connection) -> tuple[int, int]:
        theirs = factories.account(db, 2, "O1", name="Elsewhere")
        eve = factories.user(db, 2, "eve@x.example", "O1")
        applicant = Applicant(theirs, "z@x.example", "Z", "hash", Proof.MAILED_INVOICE)
        asked = change_requests.ask(db, 2, theirs, eve, {"phone": "1"}, console.now)
        assert asked
        return registrations.wait(db, 2, applicant, console.now), asked.id

    registration, asked = await console.store.write(elsewhere)
    assert "Elsewhere" not in (await admin.get(PAGE)).text
    assert await decide(admin, "registrations", "approve", registration) == f"{PAGE}?approved=0"
    assert await decide(admin, "details", "approve", asked) == f"{PAGE}?approved=0"
    assert await console.store.read(registrations.count_waiting, 2) == 1
    assert await console.store.read(change_requests.count_waiting, 2) == 1


async def test_decision_that_is_none_is_refused(admin: Browser) -> None:
    await admin.get(PAGE)
    for queue in ("registrations", "details"):
        assert (await admin.post(f"{PAGE}/{queue}", decision="maybe", id="1")).status == 400


async def test_change_is_decided_where_who_asked_has_no_mail_address(
    console: Console, admin: Browser
) -> None:
    await console.store.write(factories.user, 1, "root@localhost", "A100")
    root, harbour = await user(console, "root@localhost"), await account_id(console, "A100")
    assert root
    values = {"phone": "020 7946 0001"}
    asked = await console.store.write(change_requests.ask, 1, harbour, root.id, values, console.now)
    assert asked
    await decide(admin, "details", "approve", asked.id)
    account = await console.store.read(accounts.find, 1, harbour)
    assert account and account.value("phone") == "020 7946 0001"
    assert await mails(console) == []
