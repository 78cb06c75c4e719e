"""Users and their memberships."""

import sqlite3

from store import users
from store.users import Added, NoSuchAccount, Role
from tests import factories
from tests.factories import NOW


def test_user_is_added_to_an_account(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    account = factories.account(db, organisation)
    added = users.add(db, organisation, " Ada@A.example", "hash", "A100", NOW)
    assert isinstance(added, Added) and not added.existed
    user = users.by_email(db, organisation, "ADA@a.example ")
    assert user and user.email == "ada@a.example" and user.id == added.user_id
    [membership] = users.memberships(db, organisation, user.id)
    assert (membership.account_id, membership.reference, membership.role) == (account, "A100", Role.FULL)


def test_known_user_gets_one_more_account_and_keeps_the_password(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    for reference in ("B2", "A1"):
        factories.account(db, organisation, reference)
    users.add(db, organisation, "ada@a.example", "first", "B2", NOW)
    added = users.add(db, organisation, "ada@a.example", "second", "A1", NOW, role=Role.READ)
    assert isinstance(added, Added) and added.existed
    user = users.by_id(db, organisation, added.user_id)
    assert user and user.password_hash == "first"
    references = [member.reference for member in users.memberships(db, organisation, user.id)]
    assert references == ["A1", "B2"]


def test_account_of_another_organisation_is_none(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    other = factories.organisation(db, "other").id
    factories.account(db, other)
    assert users.add(db, organisation, "ada@a.example", "h", "A100", NOW) == NoSuchAccount("A100")


def test_same_address_is_another_user_in_another_organisation(db: sqlite3.Connection) -> None:
    ids = []
    for slug in ("one", "two"):
        organisation = factories.organisation(db, slug).id
        factories.account(db, organisation)
        ids.append(factories.user(db, organisation))
        assert users.by_id(db, organisation, ids[0]) is None or slug == "one"
    assert len(set(ids)) == 2


def test_account_that_is_only_a_draft_is_no_membership(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    factories.account(db, organisation, batch_id=factories.batch(db, organisation, state="draft"))
    assert users.memberships(db, organisation, factories.user(db, organisation)) == []


def test_sign_in_is_written_with_a_new_hash_only_when_there_is_one(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    factories.account(db, organisation)
    user_id = factories.user(db, organisation)
    for rehashed, expected in ((None, factories.PASSWORD_HASH), ("new", "new")):
        users.signed_in(db, organisation, user_id, NOW, rehashed)
        user = users.by_id(db, organisation, user_id)
        assert user and user.seen_at == NOW and user.password_hash == expected
