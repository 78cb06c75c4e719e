"""Accounts with what their customers changed."""

import sqlite3

from store import accounts, audit
from tests import factories
from tests.factories import NOW


def edit(db: sqlite3.Connection, organisation: int, account: int, **values: str) -> bool:
    return accounts.edit(db, organisation, account, values, user_id=1, address="192.0.2.1", now=NOW)


def test_edit_stands_above_the_import_and_remembers_it(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    account = factories.account(db, organisation, phone="1")
    assert edit(db, organisation, account, phone="2", town="Bristol")
    found = accounts.find(db, organisation, account)
    assert found and found.value("phone") == "2" and found.imported["phone"] == "1"
    assert found.edits["phone"].imported == "1" and list(found.edits) == ["phone"]


def test_edit_stays_when_a_later_import_differs(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    account = factories.account(db, organisation, phone="1")
    edit(db, organisation, account, phone="2")
    db.execute("UPDATE account_revisions SET phone = '3'")
    found = accounts.find(db, organisation, account)
    assert found and (found.value("phone"), found.imported["phone"]) == ("2", "3")
    assert found.edits["phone"].imported == "1"


def test_nothing_is_written_when_nothing_changed(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    account = factories.account(db, organisation, phone="1")
    assert not edit(db, organisation, account, phone="1", name="Another Ltd", reference="Z")
    assert audit.of_organisation(db, organisation) == []


def test_account_of_another_organisation_is_neither_found_nor_changed(db: sqlite3.Connection) -> None:
    organisation, other = (factories.organisation(db, slug).id for slug in ("one", "two"))
    account = factories.account(db, organisation)
    assert accounts.find(db, other, account) is None
    assert not edit(db, other, account, phone="2")
