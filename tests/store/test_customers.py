"""Customers as an admin sees them."""

import sqlite3
from dataclasses import dataclass
from datetime import timedelta

import pytest

from store import accounts, customers, memberships, registrations, users
from store.customers import Place, Search, Show, Sort
from store.registrations import Applicant, Proof
from store.users import Role, Status
from tests import factories
from tests.factories import NOW


@dataclass
class Town:
    """Meridian's customers, and the other organisation's."""

    meridian: int
    other: int
    harbour: int
    mill: int
    quay: int


@pytest.fixture
def town(db: sqlite3.Connection) -> Town:
    meridian, other = factories.organisation(db).id, factories.organisation(db, "other").id
    batch = factories.batch(db, meridian)
    names = (("A300", "harbour Coffee"), ("A200", "Mill Lane"), ("A100", "Quay & Sons"))
    ids = [
        factories.account(db, meridian, ref, name=name, email=f"{ref}@x.example", batch_id=batch)
        for ref, name in names
    ]
    factories.account(db, other, "A100", name="Elsewhere")
    factories.user(db, meridian, "ada@harbour.example", "A300")
    return Town(meridian, other, *ids)


def names(db: sqlite3.Connection, organisation_id: int, **search: object) -> list[str]:
    found = customers.page(db, organisation_id, Search(**search), None, 50)  # type: ignore[arg-type]
    return [customer.name for customer in found.customers]


def invite(db: sqlite3.Connection, organisation_id: int, account_id: int, email: str) -> int:
    user_id = users.invited(db, organisation_id, email, "Somebody", NOW)
    users.put_membership(db, organisation_id, user_id, account_id, Role.FULL)
    return user_id


def test_list_is_by_name_whatever_its_case_or_by_reference(db: sqlite3.Connection, town: Town) -> None:
    assert names(db, town.meridian) == ["harbour Coffee", "Mill Lane", "Quay & Sons"]
    assert names(db, town.meridian, sort=Sort.REFERENCE) == ["Quay & Sons", "Mill Lane", "harbour Coffee"]


def test_list_is_by_last_sight_with_those_never_seen_at_its_end(db: sqlite3.Connection, town: Town) -> None:
    ben = factories.user(db, town.meridian, "ben@quay.example", "A100")
    users.signed_in(db, town.meridian, ben, NOW, None)
    ada = users.by_email(db, town.meridian, "ada@harbour.example")
    assert ada
    users.signed_in(db, town.meridian, ada.id, NOW - timedelta(days=1), None)
    assert names(db, town.meridian, sort=Sort.SEEN) == ["Quay & Sons", "harbour Coffee", "Mill Lane"]


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_follow_each_other_without_gap_or_repetition(
    db: sqlite3.Connection, town: Town, sort: Sort
) -> None:
    batch = factories.batch(db, town.meridian)
    for number in range(23):
        factories.account(db, town.meridian, f"B{number}", name=f"Same name {number % 4}", batch_id=batch)
        if number % 3:
            user = factories.user(db, town.meridian, f"u{number}@x.example", f"B{number}")
            users.signed_in(db, town.meridian, user, NOW - timedelta(hours=number % 5), None)
    whole = customers.page(db, town.meridian, Search(sort=sort), None, 100)
    assert whole.then is None
    paged, place = [], None
    while True:
        page = customers.page(db, town.meridian, Search(sort=sort), place, 7)
        paged += page.customers
        if (place := page.then) is None:
            break
    assert paged == whole.customers
    assert len(paged) == 26


def test_places_that_nobody_gave_out_begin_somewhere_and_break_nothing(
    db: sqlite3.Connection, town: Town
) -> None:
    for sort in Sort:
        for key in ("", "\udcff".encode(errors="replace").decode(), "9" * 40, "-9" * 30, "zzzz"):
            customers.page(db, town.meridian, Search(sort=sort), Place(key, 1), 7)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mill", ["Mill Lane"]),
        ("LANE", ["Mill Lane"]),
        ("A1", ["Quay & Sons"]),
        ("100", ["Quay & Sons"]),
        ("ada@", ["harbour Coffee"]),
        ("a200@x", ["Mill Lane"]),
        ("new@mill", ["Mill Lane"]),
        ("%", []),
        ("_", []),
        ("\\", []),
    ],
)
def test_search_finds_name_reference_address_and_users(
    db: sqlite3.Connection, town: Town, text: str, found: list[str]
) -> None:
    accounts.edit(db, town.meridian, town.mill, {"email": "new@mill.example"}, user_id=1, address="", now=NOW)
    assert names(db, town.meridian, text=text) == found


def test_list_is_narrowed_by_what_their_users_are(db: sqlite3.Connection, town: Town) -> None:
    mia = invite(db, town.meridian, town.mill, "mia@mill.example")
    shown = {show: names(db, town.meridian, show=show) for show in Show}
    assert shown[Show.NO_USER] == ["Quay & Sons"]
    assert shown[Show.INVITED] == ["Mill Lane"]
    assert shown[Show.ACTIVE] == ["harbour Coffee"]
    assert shown[Show.SUSPENDED] == shown[Show.WAITING] == []
    users.suspend(db, town.meridian, mia, NOW)
    applicant = Applicant(town.quay, "q@quay.example", "Q", "hash", Proof.INVOICE_FACTS)
    registrations.wait(db, town.meridian, applicant, NOW)
    assert names(db, town.meridian, show=Show.SUSPENDED) == ["Mill Lane"]
    assert names(db, town.meridian, show=Show.WAITING) == ["Quay & Sons"]
    for show in Show:
        assert customers.count(db, town.meridian, Search(show=show)) == len(
            names(db, town.meridian, show=show)
        )


def test_customer_comes_with_the_people_and_who_was_asked(db: sqlite3.Connection, town: Town) -> None:
    ada = users.by_email(db, town.meridian, "ada@harbour.example")
    assert ada
    memberships.offer(db, town.meridian, ada.id, town.mill, Role.READ, NOW)
    invite(db, town.meridian, town.mill, "mia@mill.example")
    mill = customers.find(db, town.meridian, town.mill)
    assert mill
    shown = [(person.email, person.status, person.role, person.offered) for person in mill.people]
    assert shown == [
        ("ada@harbour.example", Status.ACTIVE, Role.READ, True),
        ("mia@mill.example", Status.INVITED, Role.FULL, False),
    ]
    assert customers.find(db, town.other, town.mill) is None


def test_numbers_are_of_visible_customers_alone(db: sqlite3.Connection, town: Town) -> None:
    draft = factories.batch(db, town.meridian, state="draft")
    factories.account(db, town.meridian, "D1", batch_id=draft)
    factories.user(db, town.meridian, "d@x.example", "D1")
    numbers = customers.numbers(db, town.meridian)
    assert (numbers.customers, numbers.with_users) == (3, 1)
