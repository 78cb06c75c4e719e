"""Who is new chooses a password; who is a user already must agree."""

import sqlite3

import pytest

from store import invitations, memberships, sessions, tokens, users
from store.hostname import Hostname
from store.invitations import AlreadyIn, Invited, IsSuspended, Offered, Person
from store.tokens import Claim, Gone, Purpose
from store.users import NoSuchAccount, Role, Status
from tests import factories
from tests.factories import NOW
from tests.store.test_memberships import account, seen, session

HOST = Hostname("a.example")


@pytest.fixture
def meridian(db: sqlite3.Connection) -> int:
    organisation_id = factories.organisation(db).id
    for reference in ("A1", "A2"):
        factories.account(db, organisation_id, reference)
    return organisation_id


def test_somebody_new_is_invited_and_cannot_sign_in_before_they_accept(
    db: sqlite3.Connection, meridian: int
) -> None:
    person = Person(" Mia@Mill.example", "Mia", Role.READ)
    outcome = invitations.invite(db, meridian, account(db, meridian, "A1"), person, NOW)
    assert isinstance(outcome, Invited)
    mia = users.by_email(db, meridian, "mia@mill.example")
    assert mia and (mia.id, mia.status, mia.password_hash) == (outcome.user_id, Status.INVITED, "")
    assert seen(db, meridian, mia.id) == [("A1", Role.READ)]
    accepted = invitations.accept(db, meridian, mia.id, "Mia Mill", "hash")
    assert accepted and (accepted.status, accepted.name) == (Status.ACTIVE, "Mia Mill")
    assert invitations.accept(db, meridian, mia.id, "Eve", "other") is None


def test_invited_user_is_invited_to_one_more_customer(db: sqlite3.Connection, meridian: int) -> None:
    ids = [account(db, meridian, reference) for reference in ("A1", "A2")]
    first, second = (
        invitations.invite(db, meridian, account_id, Person("mia@x.example"), NOW) for account_id in ids
    )
    assert first == second and isinstance(first, Invited)
    assert len(seen(db, meridian, first.user_id)) == 2


def test_active_user_is_only_asked(db: sqlite3.Connection, meridian: int) -> None:
    ada = factories.user(db, meridian, reference="A1")
    person = Person("ada@harbour.example")
    assert invitations.invite(db, meridian, account(db, meridian, "A2"), person, NOW) == Offered(ada)
    assert seen(db, meridian, ada) == [("A1", Role.FULL)]
    assert len(memberships.offers(db, meridian, ada)) == 1
    assert invitations.invite(db, meridian, account(db, meridian, "A1"), person, NOW) == AlreadyIn(ada)


def test_suspended_user_is_not_invited(db: sqlite3.Connection, meridian: int) -> None:
    ada = factories.user(db, meridian, reference="A1")
    users.suspend(db, meridian, ada, NOW)
    person = Person("ada@harbour.example")
    assert invitations.invite(db, meridian, account(db, meridian, "A2"), person, NOW) == IsSuspended(ada)
    assert invitations.accept(db, meridian, ada, "Ada", "hash") is None


def test_customer_of_another_organisation_or_of_a_draft_is_none(
    db: sqlite3.Connection, meridian: int
) -> None:
    other = factories.organisation(db, "other").id
    theirs = factories.account(db, other)
    draft = factories.account(db, meridian, "D1", batch_id=factories.batch(db, meridian, state="draft"))
    for account_id in (theirs, draft, 999):
        outcome = invitations.invite(db, meridian, account_id, Person("a@x.example"), NOW)
        assert isinstance(outcome, NoSuchAccount)
    assert users.by_email(db, meridian, "a@x.example") is None


def test_suspension_ends_sessions_and_links_at_once_and_is_taken_back(
    db: sqlite3.Connection, meridian: int
) -> None:
    ada = factories.user(db, meridian, reference="A1")
    claim = Claim(purpose=Purpose.RESET, host=HOST, user_id=ada)
    token = tokens.issue(db, meridian, claim, NOW)
    sessions.add(db, session(ada, meridian))
    assert users.suspend(db, meridian, ada, NOW)
    assert not users.suspend(db, meridian, ada, NOW)
    assert db.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0
    assert isinstance(tokens.look(db, meridian, HOST, Purpose.RESET, token, NOW), Gone)
    assert users.reactivate(db, meridian, ada) is Status.ACTIVE
    assert users.reactivate(db, meridian, ada) is None


def test_who_never_chose_a_password_is_invited_again_when_reactivated(
    db: sqlite3.Connection, meridian: int
) -> None:
    invited = invitations.invite(db, meridian, account(db, meridian, "A1"), Person("m@x.example"), NOW)
    assert isinstance(invited, Invited)
    users.suspend(db, meridian, invited.user_id, NOW)
    assert users.reactivate(db, meridian, invited.user_id) is Status.INVITED


def test_users_of_another_organisation_are_left_alone(db: sqlite3.Connection, meridian: int) -> None:
    ada = factories.user(db, meridian, reference="A1")
    other = factories.organisation(db, "other").id
    assert not users.suspend(db, other, ada, NOW)
    users.set_password(db, other, ada, "stolen")
    users.activate(db, other, ada, "Eve", "stolen")
    user = users.by_id(db, meridian, ada)
    assert user and (user.status, user.password_hash) == (Status.ACTIVE, factories.PASSWORD_HASH)


def test_new_password_ends_every_session(db: sqlite3.Connection, meridian: int) -> None:
    ada = factories.user(db, meridian, reference="A1")
    sessions.add(db, session(ada, meridian))
    users.set_password(db, meridian, ada, "new")
    user = users.by_id(db, meridian, ada)
    assert user and user.password_hash == "new"
    assert db.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0
