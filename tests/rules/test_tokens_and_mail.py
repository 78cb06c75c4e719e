"""Rules 13 to 18: one-time links, equal answers, what a mail may carry."""

import sqlite3
from dataclasses import replace
from email.utils import getaddresses

import pytest

from portal.invitation import inviting
from portal.mail import provider_sender
from portal.mail.plain import one_line
from store import portals, sessions, tokens, users
from store.invitations import Person
from store.tokens import LIFETIMES, ONE_OF_A_USER, Claim, Gone, Purpose
from tests import factories
from tests.portal.conftest import People
from tests.portal.house import HOST, OTHER_HOST, PROVIDER, Browser, House
from tests.portal.postbox import link, mails

ADA = "ada@harbour.example"


def test_rule_13_links_live_as_long_as_they_must() -> None:
    minutes = {purpose: LIFETIMES[purpose].total_seconds() / 60 for purpose in Purpose}
    assert (minutes[Purpose.SIGN_IN], minutes[Purpose.RESET]) == (10, 30)
    assert minutes[Purpose.INVITATION] == 7 * 24 * 60
    assert {Purpose.INVITATION, Purpose.RESET, Purpose.SIGN_IN, Purpose.ADDRESS} == ONE_OF_A_USER


async def test_rule_13_a_token_is_kept_as_a_hash_and_bound_to_all_it_is_for(
    house: House, people: People
) -> None:
    def tried(db: sqlite3.Connection) -> None:
        user = users.by_email(db, people.meridian, ADA)
        assert user
        claim = Claim(purpose=Purpose.RESET, host=HOST, user_id=user.id)
        old = tokens.issue(db, people.meridian, claim, house.clock())
        new = tokens.issue(db, people.meridian, claim, house.clock())
        assert len(new) >= 43
        dump = b"".join(bytes(row[0]) for row in db.execute("SELECT token_hash FROM tokens"))
        assert new.encode() not in dump
        now = house.clock()
        for organisation, host, purpose, token in (
            (people.other, HOST, Purpose.RESET, new),
            (people.meridian, OTHER_HOST, Purpose.RESET, new),
            (people.meridian, HOST, Purpose.SIGN_IN, new),
            (people.meridian, HOST, Purpose.RESET, old),
        ):
            assert isinstance(tokens.spend(db, organisation, host, purpose, token, now), Gone)
        right = (people.meridian, HOST, Purpose.RESET, new)
        assert not isinstance(tokens.spend(db, *right, now), Gone)
        assert isinstance(tokens.spend(db, *right, now), Gone)

    await house.store.write(tried)


async def test_rule_13_opening_a_link_spends_nothing(house: House) -> None:
    stranger = house.browser()
    await stranger.submit("/reset", "/reset", {"email": ADA})
    path = link((await mails(house))[-1], "/reset/")
    for _ in range(3):  # a scanner, a preview, a person
        assert (await house.browser().get(path)).status == 200
    new = {"password": "purple walnut ladder", "again": "purple walnut ladder"}
    assert (await stranger.submit(path, path, new)).status == 200
    assert (await house.browser().get(path)).status == 410


async def test_rule_14_no_mail_signs_anybody_in_for_ever(house: House, people: People) -> None:
    stranger = house.browser()
    await stranger.submit("/sign-in/mail", "/sign-in/mail", {"email": ADA})
    path = link((await mails(house))[-1], "/sign-in/mail/")
    house.clock.advance(minutes=11)
    answer = await stranger.get(path)
    assert answer.status in (303, 410)
    assert (await stranger.get("/invoices")).status == 303


async def test_rule_15_one_answer_for_right_and_wrong_facts_of_an_invoice(
    house: House, people: People
) -> None:
    def furnish(db: sqlite3.Connection) -> None:
        factories.invoice(db, people.meridian, people.harbour, "INV-1", net=10_000, tax=2_000)
        found = portals.find(db, people.meridian)
        assert found
        portals.save(db, people.meridian, replace(found.settings, allow_registration=True), house.clock())

    await house.store.write(furnish)
    answers = set()
    for reference in ("A100", "NONE"):
        browser = house.browser()
        facts = {"reference": reference, "number": "INV-1", "total": "120.00", "email": "new@x.example"}
        token = await browser.token("/register")
        sent = await browser.post("/register", {"csrf": token, **facts})
        answers.add((sent.status, sent.headers.get("Location"), (await sent.text()).replace(token, "")))
    assert len(answers) == 1
    assert len(await mails(house)) == 1


@pytest.mark.parametrize(("page", "path"), [("/reset", "/reset"), ("/sign-in/mail", "/sign-in/mail")])
async def test_rule_15_one_answer_for_known_and_unknown_addresses(house: House, page: str, path: str) -> None:
    answers = set()
    for email in (ADA, "nobody@nowhere.example"):
        browser = house.browser()
        token = await browser.token(page)
        sent = await browser.post(path, {"csrf": token, "email": email})
        text = (await sent.text()).replace(email, "").replace(token, "")
        answers.add((sent.status, sent.headers.get("Location"), text))
    assert len(answers) == 1


async def test_rule_16_an_invitation_of_a_user_waits_for_their_agreement_and_holds_no_password(
    house: House, people: People
) -> None:
    outcome = await house.store.write(
        inviting.invite, people.meridian, people.neighbour, Person(ADA), PROVIDER, house.clock()
    )
    assert type(outcome).__name__ == "Offered"
    ada = house.browser()
    await ada.sign_in()
    assert "Mill Lane" not in await ada.page("/accounts")
    await ada.submit("/invitations", "/invitations", {"account": "A200", "answer": "yes"})
    assert "Mill Lane" in await ada.page("/accounts")
    for mail in await mails(house):
        assert "password:" not in mail.message.text.lower()


async def test_rule_17_what_guards_a_sign_in_asks_again_who_one_is(house: House, ada: Browser) -> None:
    house.clock.advance(minutes=11)
    for path in (
        "/profile/contact",
        "/calls.csv?month=all",
        "/security/address",
        "/security/password",
        "/people/invite",
        "/people/1",
        "/takeout",
    ):
        sent = await ada.get(path)
        assert sent.status == 303 and sent.headers["Location"].startswith("/security/proof"), path
    for path in (
        "/security/factor",
        "/security/codes",
        "/security/factor/off",
        "/security/password",
        "/security/address",
        "/people/invite",
        "/people/1/role",
        "/people/1/remove",
        "/takeout",
    ):
        sent = await ada.submit("/accounts", path, {"code": "123456"})
        assert sent.headers["Location"].startswith("/security/proof"), path


async def test_rule_17_another_address_is_confirmed_there_and_taken_back_from_the_old_one(
    house: House, ada: Browser
) -> None:
    await ada.submit("/security/address", "/security/address", {"email": "new@harbour.example"})
    confirm = link((await mails(house))[-1], "/address/")
    assert (await house.browser().sign_in("new@harbour.example")).status == 401
    await house.browser().submit(confirm, confirm, {})
    told = (await mails(house))[-1]
    assert told.message.recipient == ADA
    back = link(told, "/address/back/")
    assert (await house.browser().submit(back, back, {})).headers["Location"].startswith("/reset/")
    assert (await ada.get("/invoices")).status == 303
    assert (await house.browser().sign_in("new@harbour.example")).status == 401


@pytest.mark.parametrize(
    "name", ["Evil <x@evil.example>", "x@evil.example", 'A", <x@evil.example>', "B\r\nBcc: c@d.example"]
)
def test_rule_18_a_name_holds_no_address(name: str) -> None:
    provider = replace(PROVIDER, name=name)
    [address] = getaddresses([provider_sender(provider).sender])
    assert address[1] == PROVIDER.address and "@" not in address[0]


@pytest.mark.parametrize(
    "text", ["a\r\nBcc: x@y.example", "a\nb", "a\x00b", "a\u2028b", "Name <x@evil.example>"]
)
def test_rule_18_nothing_breaks_out_of_a_mails_head(text: str) -> None:
    made = one_line(text)
    assert not set("\r\n\x00\u2028\u2029") & set(made)


async def test_rule_9_sessions_are_kept_hashed_with_their_host(house: House, people: People) -> None:
    browser = house.browser()
    token = (await browser.sign_in()).cookies["__Host-session"].value

    def kept(db: sqlite3.Connection) -> list[sqlite3.Row]:
        return db.execute("SELECT token_hash, host, organisation_id FROM sessions").fetchall()

    [row] = await house.store.read(kept)
    assert (row["host"], row["organisation_id"]) == (HOST, people.meridian)
    assert bytes(row["token_hash"]) != token.encode() and len(bytes(row["token_hash"])) == 32
    assert sessions.LONGEST.total_seconds() == 12 * 3600
