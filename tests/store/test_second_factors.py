"""Second factors in the store."""

import sqlite3

import pytest

from store import second_factors, staff
from store.owner import Owner, of_staff, of_user
from store.second_factors import Factor
from store.staff import Role
from tests import factories
from tests.factories import NOW

HASHES = [bytes([number]) for number in range(10)]


def member(db: sqlite3.Connection) -> Owner:
    return of_staff(staff.add(db, "kim@provider.example", "x", Role.OPERATOR, None, NOW).id)


def user(db: sqlite3.Connection) -> Owner:
    organisation_id = factories.organisation(db).id
    factories.account(db, organisation_id)
    return of_user(organisation_id, factories.user(db, organisation_id))


@pytest.fixture(params=[member, user])
def owner(request: pytest.FixtureRequest, db: sqlite3.Connection) -> Owner:
    made: Owner = request.param(db)
    return made


def switched_on(db: sqlite3.Connection, owner: Owner) -> Factor:
    assert second_factors.begin(db, owner, b"sealed", NOW)
    factor = second_factors.find(db, owner)
    assert factor and second_factors.confirm(db, factor, 100, HASHES, NOW)
    found = second_factors.confirmed(db, owner)
    assert found
    return found


def test_factor_counts_once_it_is_confirmed(db: sqlite3.Connection, owner: Owner) -> None:
    second_factors.begin(db, owner, b"sealed", NOW)
    assert second_factors.find(db, owner) and second_factors.confirmed(db, owner) is None
    second_factors.begin(db, owner, b"another", NOW)
    factor = second_factors.find(db, owner)
    assert factor and factor.sealed_secret == b"another"
    assert second_factors.confirm(db, factor, 100, HASHES, NOW)
    assert not second_factors.confirm(db, factor, 100, HASHES, NOW)
    assert not second_factors.begin(db, owner, b"third", NOW)


def test_secret_that_was_replaced_meanwhile_is_not_confirmed(db: sqlite3.Connection, owner: Owner) -> None:
    second_factors.begin(db, owner, b"sealed", NOW)
    before = second_factors.find(db, owner)
    second_factors.begin(db, owner, b"another", NOW)
    assert before and not second_factors.confirm(db, before, 100, HASHES, NOW)


def test_step_is_taken_once_and_never_an_older_one(db: sqlite3.Connection, owner: Owner) -> None:
    factor = switched_on(db, owner)
    assert not second_factors.take_step(db, factor.id, 100)
    assert second_factors.take_step(db, factor.id, 102)
    assert not second_factors.take_step(db, factor.id, 102)
    assert not second_factors.take_step(db, factor.id, 101)


def test_recovery_code_is_taken_once(db: sqlite3.Connection, owner: Owner) -> None:
    factor = switched_on(db, owner)
    assert second_factors.codes_left(db, factor.id) == 10
    assert second_factors.take_code(db, factor.id, HASHES[0], NOW)
    assert not second_factors.take_code(db, factor.id, HASHES[0], NOW)
    assert not second_factors.take_code(db, factor.id, b"none", NOW)
    assert second_factors.codes_left(db, factor.id) == 9
    second_factors.renew_codes(db, factor.id, [b"new"])
    assert not second_factors.take_code(db, factor.id, HASHES[1], NOW)
    assert second_factors.take_code(db, factor.id, b"new", NOW)


def test_factor_goes_with_its_codes(db: sqlite3.Connection, owner: Owner) -> None:
    switched_on(db, owner)
    assert second_factors.remove(db, owner)
    assert not second_factors.remove(db, owner)
    assert db.execute("SELECT count(*) FROM recovery_codes").fetchone()[0] == 0


def test_user_of_the_same_id_elsewhere_has_none(db: sqlite3.Connection) -> None:
    mine = user(db)
    switched_on(db, mine)
    other = of_user((mine.organisation_id or 0) + 1, mine.user_id or 0)
    assert second_factors.find(db, other) is None
    assert not second_factors.remove(db, other)
    assert second_factors.find(db, of_staff(mine.user_id or 0)) is None
