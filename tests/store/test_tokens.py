"""One-time tokens: good for one purpose, organisation and host, for a while, once."""

import sqlite3
from datetime import timedelta

import pytest

from store import tokens
from store.hostname import Hostname
from store.tokens import LIFETIMES, REMEMBERED, Claim, Gone, Purpose, Token
from tests import factories
from tests.factories import NOW

HOST = Hostname("billing.meridian.example")


@pytest.fixture
def meridian(db: sqlite3.Connection) -> int:
    return factories.organisation(db).id


@pytest.fixture
def ada(db: sqlite3.Connection, meridian: int) -> int:
    factories.account(db, meridian)
    return factories.user(db, meridian)


def reset(ada: int) -> Claim:
    return Claim(purpose=Purpose.RESET, host=HOST, user_id=ada, email="ada@harbour.example")


def test_token_says_what_it_was_issued_for(db: sqlite3.Connection, meridian: int, ada: int) -> None:
    claim = Claim(purpose=Purpose.RESET, host=HOST, user_id=ada, email="a@b.example", detail={"k": "v"})
    token = tokens.issue(db, meridian, claim, NOW)
    assert len(token) == 43
    found = tokens.look(db, meridian, HOST, Purpose.RESET, token, NOW)
    assert found == Token(claim, NOW, NOW + timedelta(minutes=30), None)


def test_store_does_not_hold_the_token(db: sqlite3.Connection, meridian: int, ada: int) -> None:
    token = tokens.issue(db, meridian, reset(ada), NOW)
    [row] = db.execute("SELECT * FROM tokens")
    assert token not in "".join(map(str, tuple(row)))


def test_looking_spends_nothing_and_spending_does_once(
    db: sqlite3.Connection, meridian: int, ada: int
) -> None:
    token = tokens.issue(db, meridian, reset(ada), NOW)
    for _ in range(3):
        assert isinstance(tokens.look(db, meridian, HOST, Purpose.RESET, token, NOW), Token)
    assert isinstance(tokens.spend(db, meridian, HOST, Purpose.RESET, token, NOW), Token)
    for again in (tokens.spend, tokens.look):
        gone = again(db, meridian, HOST, Purpose.RESET, token, NOW)
        assert isinstance(gone, Gone) and gone.was and gone.was.used_at == NOW


def test_token_is_nothing_elsewhere_or_for_another_purpose(
    db: sqlite3.Connection, meridian: int, ada: int
) -> None:
    other = factories.organisation(db, "other").id
    token = tokens.issue(db, meridian, reset(ada), NOW)
    elsewhere = (
        (other, HOST, Purpose.RESET, token),
        (meridian, Hostname("my.other.example"), Purpose.RESET, token),
        (meridian, HOST, Purpose.INVITATION, token),
        (meridian, HOST, Purpose.RESET, token[:-1]),
        (meridian, HOST, Purpose.RESET, "\udcff"),
    )
    for organisation_id, host, purpose, text in elsewhere:
        assert tokens.spend(db, organisation_id, host, purpose, text, NOW) == Gone(None)
    assert isinstance(tokens.look(db, meridian, HOST, Purpose.RESET, token, NOW), Token)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_token_is_good_for_its_time_and_no_longer(
    db: sqlite3.Connection, meridian: int, purpose: Purpose
) -> None:
    token = tokens.issue(db, meridian, Claim(purpose=purpose, host=HOST), NOW)
    end = NOW + LIFETIMES[purpose]
    before = tokens.look(db, meridian, HOST, purpose, token, end - timedelta(milliseconds=1))
    assert isinstance(before, Token)
    gone = tokens.look(db, meridian, HOST, purpose, token, end)
    assert isinstance(gone, Gone) and gone.was and gone.was.used_at is None


def test_lifetimes_are_short() -> None:
    assert LIFETIMES == {
        Purpose.INVITATION: timedelta(days=7),
        Purpose.REGISTRATION: timedelta(days=60),
        Purpose.MAIL_CHECK: timedelta(hours=24),
        Purpose.RESET: timedelta(minutes=30),
        Purpose.SIGN_IN: timedelta(minutes=10),
        Purpose.VIEW_AS: timedelta(seconds=60),
        Purpose.ADDRESS: timedelta(hours=1),
        Purpose.ADDRESS_BACK: timedelta(days=7),
    }


@pytest.mark.parametrize("purpose", sorted(tokens.ONE_OF_A_USER))
def test_new_token_voids_the_users_older_one_of_that_purpose(
    db: sqlite3.Connection, meridian: int, ada: int, purpose: Purpose
) -> None:
    ben = factories.user(db, meridian, "ben@harbour.example")
    claims = [Claim(purpose=purpose, host=HOST, user_id=user) for user in (ada, ben, ada)]
    first, bens, second = [tokens.issue(db, meridian, claim, NOW) for claim in claims]
    looks = [tokens.look(db, meridian, HOST, purpose, token, NOW) for token in (first, bens, second)]
    assert [type(found) for found in looks] == [Gone, Token, Token]


def test_mail_check_voids_the_older_one_of_address_and_account(db: sqlite3.Connection, meridian: int) -> None:
    accounts = [factories.account(db, meridian, reference) for reference in ("A1", "A2")]

    def issue(account: int, email: str) -> str:
        claim = Claim(purpose=Purpose.MAIL_CHECK, host=HOST, account_id=account, email=email)
        return tokens.issue(db, meridian, claim, NOW)

    issued = [issue(accounts[0], "a@x.example"), issue(accounts[1], "a@x.example")]
    issued += [issue(accounts[0], "b@x.example"), issue(accounts[0], "a@x.example")]
    looks = [tokens.look(db, meridian, HOST, Purpose.MAIL_CHECK, token, NOW) for token in issued]
    assert [type(found) for found in looks] == [Gone, Token, Token, Token]


def test_proofs_of_registration_stand_beside_each_other_until_voided(
    db: sqlite3.Connection, meridian: int
) -> None:
    account, neighbour = (factories.account(db, meridian, reference) for reference in ("A1", "A2"))
    claims = [
        Claim(purpose=Purpose.REGISTRATION, host=HOST, account_id=of) for of in (account, account, neighbour)
    ]
    issued = [tokens.issue(db, meridian, claim, NOW) for claim in claims]
    assert tokens.void_of_account(db, meridian, account, Purpose.REGISTRATION, NOW) == 2
    looks = [tokens.look(db, meridian, HOST, Purpose.REGISTRATION, token, NOW) for token in issued]
    assert [type(found) for found in looks] == [Gone, Gone, Token]


def test_what_is_over_is_remembered_and_then_swept_out(
    db: sqlite3.Connection, meridian: int, ada: int
) -> None:
    tokens.issue(db, meridian, reset(ada), NOW)
    end = NOW + LIFETIMES[Purpose.RESET] + REMEMBERED
    assert tokens.remove_expired(db, end - timedelta(seconds=1)) == 0
    assert tokens.remove_expired(db, end) == 1
