"""Offers of one more customer, roles, and taking customers away."""

import sqlite3

import pytest

from store import memberships, sessions, users
from store.hostname import Hostname
from store.memberships import Removed
from store.sessions import Session
from store.users import Role
from tests import factories
from tests.factories import NOW


@pytest.fixture
def meridian(db: sqlite3.Connection) -> int:
    organisation_id = factories.organisation(db).id
    for reference in ("A1", "A2"):
        factories.account(db, organisation_id, reference)
    return organisation_id


def account(db: sqlite3.Connection, organisation_id: int, reference: str) -> int:
    row = db.execute(
        "SELECT id FROM accounts WHERE organisation_id = ? AND reference = ?", (organisation_id, reference)
    ).fetchone()
    return int(row["id"])


def seen(db: sqlite3.Connection, organisation_id: int, user_id: int) -> list[tuple[str, Role]]:
    return [(one.reference, one.role) for one in users.memberships(db, organisation_id, user_id)]


def session(user_id: int, organisation_id: int) -> Session:
    return Session(
        b"hash", Hostname("a.example"), organisation_id, user_id, None, "t", None, "", "", NOW, NOW, NOW
    )


def test_offer_opens_nothing_until_it_is_taken(db: sqlite3.Connection, meridian: int) -> None:
    ada = factories.user(db, meridian, reference="A1")
    memberships.offer(db, meridian, ada, account(db, meridian, "A2"), Role.FULL, NOW)
    memberships.offer(db, meridian, ada, account(db, meridian, "A2"), Role.READ, NOW)
    [offer] = memberships.offers(db, meridian, ada)
    assert (offer.reference, offer.role) == ("A2", Role.READ)
    assert seen(db, meridian, ada) == [("A1", Role.FULL)]
    assert memberships.answer(db, meridian, ada, "A2", True) == offer
    assert seen(db, meridian, ada) == [("A1", Role.FULL), ("A2", Role.READ)]
    assert memberships.answer(db, meridian, ada, "A2", True) is None


def test_offer_that_is_turned_down_is_gone(db: sqlite3.Connection, meridian: int) -> None:
    ada = factories.user(db, meridian, reference="A1")
    memberships.offer(db, meridian, ada, account(db, meridian, "A2"), Role.FULL, NOW)
    assert memberships.answer(db, meridian, ada, "A2", False)
    assert (memberships.offers(db, meridian, ada), seen(db, meridian, ada)) == ([], [("A1", Role.FULL)])


def test_offers_are_nobody_elses(db: sqlite3.Connection, meridian: int) -> None:
    ada, ben = (factories.user(db, meridian, f"{name}@x.example", "A1") for name in ("ada", "ben"))
    other = factories.organisation(db, "other").id
    memberships.offer(db, meridian, ada, account(db, meridian, "A2"), Role.FULL, NOW)
    assert memberships.answer(db, meridian, ben, "A2", True) is None
    assert memberships.answer(db, other, ada, "A2", True) is None
    assert len(memberships.offers(db, meridian, ada)) == 1


def test_role_is_set_of_members_and_of_those_who_are_asked(db: sqlite3.Connection, meridian: int) -> None:
    ada, first, second = (
        factories.user(db, meridian, reference="A1"),
        account(db, meridian, "A1"),
        account(db, meridian, "A2"),
    )
    assert memberships.set_role(db, meridian, ada, first, Role.READ)
    assert not memberships.set_role(db, meridian, ada, second, Role.READ)
    memberships.offer(db, meridian, ada, second, Role.FULL, NOW)
    assert memberships.set_role(db, meridian, ada, second, Role.READ)
    assert not memberships.set_role(db, factories.organisation(db, "other").id, ada, first, Role.FULL)
    assert seen(db, meridian, ada) == [("A1", Role.READ)]
    assert memberships.offers(db, meridian, ada)[0].role is Role.READ


def test_user_stays_while_a_customer_is_left_and_goes_with_the_last(
    db: sqlite3.Connection, meridian: int
) -> None:
    ada = factories.user(db, meridian, reference="A1")
    factories.user(db, meridian, reference="A2")
    sessions.add(db, session(ada, meridian))
    other = factories.organisation(db, "other").id
    assert memberships.remove(db, other, ada, account(db, meridian, "A1")) is None
    assert memberships.remove(db, meridian, ada, account(db, meridian, "A1")) == Removed(forgotten=False)
    assert seen(db, meridian, ada) == [("A2", Role.FULL)]
    assert memberships.remove(db, meridian, ada, account(db, meridian, "A2")) == Removed(forgotten=True)
    assert users.by_id(db, meridian, ada) is None
    assert db.execute("SELECT count(*) FROM sessions").fetchone()[0] == 0


def test_user_who_was_asked_elsewhere_stays(db: sqlite3.Connection, meridian: int) -> None:
    ada = factories.user(db, meridian, reference="A1")
    memberships.offer(db, meridian, ada, account(db, meridian, "A2"), Role.FULL, NOW)
    assert memberships.remove(db, meridian, ada, account(db, meridian, "A1")) == Removed(forgotten=False)
    assert memberships.remove(db, meridian, ada, account(db, meridian, "A2")) == Removed(forgotten=True)
