"""Details that wait until an admin has looked at them."""

import sqlite3

import pytest

from store import accounts, change_requests
from store.change_requests import Change
from tests import factories
from tests.factories import NOW


@pytest.fixture
def meridian(db: sqlite3.Connection) -> int:
    return factories.organisation(db).id


@pytest.fixture
def harbour(db: sqlite3.Connection, meridian: int) -> int:
    return factories.account(db, meridian, phone="020 1", town="Bristol")


def ask(db: sqlite3.Connection, meridian: int, harbour: int, **values: str) -> change_requests.Request | None:
    ada = factories.user(db, meridian)
    return change_requests.ask(db, meridian, harbour, ada, values, NOW)


def decide(db: sqlite3.Connection, organisation_id: int, request_id: int, approved: bool) -> bool:
    decided = change_requests.decide(
        db, organisation_id, request_id, approved=approved, actor="staff:1", address="", now=NOW
    )
    return decided is not None


def value(db: sqlite3.Connection, meridian: int, harbour: int, field: str) -> str:
    account = accounts.find(db, meridian, harbour)
    assert account
    return account.value(field)


def test_what_is_asked_for_waits_and_changes_nothing(
    db: sqlite3.Connection, meridian: int, harbour: int
) -> None:
    asked = ask(db, meridian, harbour, phone="020 2", email="accounts@harbour.example", name="Other")
    assert asked and asked.changes == {"phone": Change("020 1", "020 2")}
    assert asked.user_email == "ada@harbour.example"
    assert change_requests.waiting(db, meridian, 0, 10) == [asked]
    assert value(db, meridian, harbour, "phone") == "020 1"


def test_later_request_takes_the_place_of_the_earlier_with_all_that_waits(
    db: sqlite3.Connection, meridian: int, harbour: int
) -> None:
    ask(db, meridian, harbour, phone="020 2")
    both = ask(db, meridian, harbour, town="Bath")
    assert both and {field: change.wanted for field, change in both.changes.items()} == {
        "phone": "020 2",
        "town": "Bath",
    }
    assert change_requests.count_waiting(db, meridian) == 1
    assert ask(db, meridian, harbour, town="Bath") == both
    newest = ask(db, meridian, harbour, town="Bristol", phone="020 3")
    assert newest and newest.changes == {"phone": Change("020 1", "020 3")}


def test_request_for_what_stands_takes_all_back(db: sqlite3.Connection, meridian: int, harbour: int) -> None:
    ask(db, meridian, harbour, phone="020 2")
    assert ask(db, meridian, harbour, phone="020 1") is None
    assert change_requests.count_waiting(db, meridian) == 0


def test_approved_request_stands_as_the_customers_own_edit(
    db: sqlite3.Connection, meridian: int, harbour: int
) -> None:
    asked = ask(db, meridian, harbour, phone="020 2")
    assert asked
    assert not decide(db, factories.organisation(db, "other").id, asked.id, True)
    assert decide(db, meridian, asked.id, True)
    assert not decide(db, meridian, asked.id, False)
    account = accounts.find(db, meridian, harbour)
    assert account and account.edits["phone"].user_id == asked.user_id
    assert value(db, meridian, harbour, "phone") == "020 2"


def test_refused_and_taken_back_requests_change_nothing(
    db: sqlite3.Connection, meridian: int, harbour: int
) -> None:
    asked = ask(db, meridian, harbour, phone="020 2")
    assert asked and decide(db, meridian, asked.id, False)
    again = ask(db, meridian, harbour, phone="020 3")
    assert again and change_requests.take_back(db, meridian, harbour, NOW)
    assert not change_requests.take_back(db, meridian, harbour, NOW)
    assert not decide(db, meridian, again.id, True)
    assert value(db, meridian, harbour, "phone") == "020 1"


def test_customer_of_another_organisation_cannot_be_asked_for(
    db: sqlite3.Connection, meridian: int, harbour: int
) -> None:
    other = factories.organisation(db, "other").id
    assert change_requests.ask(db, other, harbour, 1, {"phone": "1"}, NOW) is None
    assert change_requests.count_waiting(db, other) == change_requests.count_waiting(db, meridian) == 0
