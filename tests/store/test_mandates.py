"""Mandates: which one counts, and from when on it collects."""

import sqlite3
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import mandates
from store.mandates import Mandate, Scheme, Status
from tests import factories


@pytest.fixture
def key(db: sqlite3.Connection) -> tuple[int, int]:
    organisation = factories.organisation(db).id
    return organisation, factories.account(db, organisation)


def mandate(day: int | None = None, scheme: Scheme = Scheme.BACS) -> Mandate:
    return Mandate(1, "MD-1", scheme, "", "Barclays", "4021", Status.ACTIVE, False, day, None)


def ids(db: sqlite3.Connection, key: tuple[int, int]) -> list[str]:
    return [each.external_id for each in mandates.of_account(db, *key)]


def test_the_active_one_counts_then_the_one_being_set_up(
    db: sqlite3.Connection, key: tuple[int, int]
) -> None:
    for name, status in (("old", "cancelled"), ("now", "active"), ("next", "pending")):
        factories.mandate(db, *key, name, status=status)
    assert ids(db, key) == ["now", "next", "old"]
    found = mandates.standing(db, *key)
    assert found and (found.external_id, found.is_active) == ("now", True)


def test_of_two_active_ones_the_marked_one_counts_else_the_newest(
    db: sqlite3.Connection, key: tuple[int, int]
) -> None:
    factories.mandate(db, *key, "marked", is_default=1, signed_on="2020-01-01")
    factories.mandate(db, *key, "older", signed_on="2025-01-01")
    factories.mandate(db, *key, "newer", signed_on="2026-01-01")
    assert ids(db, key) == ["marked", "newer", "older"]


def test_a_mandate_of_another_customer_is_not_seen(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    factories.mandate(db, *key)
    neighbour = key[0], factories.account(db, key[0], "A200")
    other = factories.organisation(db, "other").id
    assert mandates.standing(db, *neighbour) is None
    assert mandates.standing(db, other, key[1]) is None


def test_a_mandate_is_seen_once_published_and_no_more_when_withdrawn(
    db: sqlite3.Connection, key: tuple[int, int]
) -> None:
    batch = factories.batch(db, key[0], state="draft")
    factories.mandate(db, *key, batch_id=batch)
    for state, found in (("draft", []), ("published", ["MD-1"]), ("withdrawn", [])):
        db.execute("UPDATE batches SET state = :state WHERE id = :id", {"state": state, "id": batch})
        assert ids(db, key) == found


@pytest.mark.parametrize(
    ("scheme", "currency", "takes"),
    [
        (Scheme.BACS, "GBP", True),
        (Scheme.BACS, "EUR", False),
        (Scheme.SEPA, "EUR", True),
        (Scheme.SEPA, "GBP", False),
        (Scheme.CARD, "USD", True),
    ],
)
def test_a_scheme_collects_in_its_own_currency(scheme: Scheme, currency: str, takes: bool) -> None:
    assert mandate(scheme=scheme).takes(currency) is takes


@pytest.mark.parametrize(
    ("due_on", "day", "collected"),
    [
        (date(2026, 11, 28), None, date(2026, 11, 28)),
        (date(2026, 11, 28), 1, date(2026, 12, 1)),
        (date(2026, 11, 28), 28, date(2026, 11, 28)),
        (date(2026, 12, 31), 15, date(2027, 1, 15)),
        (date(2027, 1, 30), 31, date(2027, 1, 31)),
        (date(2027, 2, 1), 31, date(2027, 2, 28)),
    ],
)
def test_collection_is_on_its_day_of_the_month_never_before_it_is_due(
    due_on: date, day: int | None, collected: date
) -> None:
    assert mandate(day).day_for(due_on) == collected


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.none() | st.integers(1, 31))
def test_no_collection_is_early_or_more_than_a_month_late(due_on: date, day: int | None) -> None:
    assert due_on <= mandate(day).day_for(due_on) <= due_on + timedelta(days=31)
