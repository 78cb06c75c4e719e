import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin.mail.record import Found, judge, wanted
from store import audit, outbox, portals, senders
from store.senders import Sender
from tests.fakes.admin_console import Browser, Console

PAGE = "/organisations/acme/mail/sender"
NAME = "_brassplate.acme.co.uk"


async def set_sender(admin: Browser, mail_from: str = "billing@acme.co.uk", reply_to: str = "") -> None:
    await admin.get(PAGE)
    answer = await admin.post(PAGE, mail_from=mail_from, reply_to=reply_to)
    assert answer.status == 303, answer.text


async def value(console: Console) -> str:
    return "brassplate-sender=" + (await console.store.read(senders.find, 1)).token


async def current(console: Console) -> Sender:
    return await console.store.read(senders.find, 1)


async def check(admin: Browser) -> str:
    await admin.get(PAGE)
    return (await admin.get((await admin.post(f"{PAGE}/check")).location.partition("#")[0])).text


async def test_until_verified_mails_are_from_the_provider(console: Console, admin: Browser) -> None:
    await set_sender(admin, reply_to="help@acme.co.uk")
    text = (await admin.get(PAGE)).text
    assert "Acme &lt;post@provider.example&gt;" in text and "Not verified yet" in text
    assert NAME in text and await value(console) in text and "include:spf.provider.example" in text


async def test_record_verifies_the_domain(console: Console, admin: Browser) -> None:
    await set_sender(admin)
    console.edge.records = {NAME: ("v=spf1 -all", await value(console))}
    assert "The domain is verified" in await check(admin)
    assert (await current(console)).verified_at == console.now
    assert "Acme &lt;billing@acme.co.uk&gt;" in (await admin.get(PAGE)).text
    assert (await console.store.read(audit.of_organisation, 1))[0].action == "mail.sender_verified"


async def test_missing_wrong_and_unanswered_records_are_told_apart(console: Console, admin: Browser) -> None:
    await set_sender(admin)
    assert "We do not see the record yet" in await check(admin)
    console.edge.records = {NAME: ("brassplate-sender=another",)}
    assert "another value" in await check(admin)
    console.edge.records = None
    assert "did not answer just now" in await check(admin)
    assert (await current(console)).verified_at is None


async def test_another_domain_must_be_verified_anew(console: Console, admin: Browser) -> None:
    await set_sender(admin)
    console.edge.records = {NAME: (await value(console),)}
    await check(admin)
    token = (await current(console)).token
    await set_sender(admin, "accounts@ACME.co.uk")
    same = await current(console)
    assert same.verified_at and same.token == token
    await set_sender(admin, "billing@elsewhere.co.uk")
    other = await current(console)
    assert other.verified_at is None and other.token not in ("", token)
    assert "We do not see the record yet" in await check(admin)


async def test_another_organisations_record_proves_nothing(console: Console, admin: Browser) -> None:
    await set_sender(admin)
    other = await console.add_organisation("beacon")
    await console.store.write(senders.save, other.id, "billing@acme.co.uk", "", console.now)
    theirs = (await console.store.read(senders.find, other.id)).token
    console.edge.records = {NAME: (f"brassplate-sender={theirs}",)}
    assert "another value" in await check(admin)
    assert (await current(console)).verified_at is None


async def test_record_of_a_domain_that_was_changed_meanwhile_verifies_nothing(
    console: Console, admin: Browser
) -> None:
    await console.store.write(senders.save, 1, "a@acme.co.uk", "", console.now)
    old = (await current(console)).token
    await console.store.write(senders.save, 1, "a@bank.co.uk", "", console.now)
    assert not await console.store.write(senders.verify, 1, old, console.now)
    assert not await console.store.write(senders.verify, 1, "", console.now)


@pytest.mark.parametrize(
    "bad",
    [
        "nobody",
        "a@b",
        "a b@acme.co.uk",
        "a@acme.co.uk, b@acme.co.uk",
        "Acme <a@acme.co.uk>",
        "a@acme.co.uk\r\nBcc: b@acme.co.uk",
        '"a@b"@acme.co.uk',
        "a@[192.0.2.1]",
    ],
)
async def test_what_is_no_address_is_refused_and_kept_on_the_page(
    console: Console, admin: Browser, bad: str
) -> None:
    await admin.get(PAGE)
    answer = await admin.post(PAGE, mail_from=bad, reply_to="help@acme.co.uk")
    assert answer.status == 422 and "There is a problem" in answer.text
    assert "help@acme.co.uk" in answer.text
    assert (await current(console)).mail_from == ""


async def test_test_mail_is_queued_as_customers_mails_are(console: Console, admin: Browser) -> None:
    await admin.get(PAGE)
    answer = await admin.post(f"{PAGE}/test", address="me@acme.co.uk")
    outbox_id = int(answer.location.rpartition("/")[2])
    found = await console.store.read(outbox.find, 1, outbox_id)
    assert found and found.message.recipient == "me@acme.co.uk"
    assert found.message.sender == "Acme <post@provider.example>"
    assert "This is a test" in (await admin.get(answer.location)).text
    assert (await admin.post(f"{PAGE}/test", address="")).status == 422


async def test_sender_leaves_the_rest_of_the_portal_alone(console: Console, admin: Browser) -> None:
    before = await console.store.read(portals.find, 1)
    await set_sender(admin)
    after = await console.store.read(portals.find, 1)
    assert before and after and before.settings == after.settings


async def test_pages_hold_no_inline_script_or_style(admin: Browser) -> None:
    await set_sender(admin)
    for path in (PAGE, PAGE.removesuffix("/sender")):
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", (await admin.get(path)).text)


SENDER = Sender("a@acme.co.uk", "", "f" * 32, None)


@given(st.lists(st.text()))
def test_no_text_but_our_own_verifies(texts: list[str]) -> None:
    assert (judge(SENDER, texts) is Found.VERIFIED) == (wanted(SENDER).value in map(str.strip, texts))
    assert judge(Sender("a@acme.co.uk", "", "", None), [*texts, "brassplate-sender="]) is not Found.VERIFIED
