"""Buckets: never more within any span than the CA allows, all or nothing, and each scope for itself."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import ledger, migrate
from store.ledger import Charge, Limit, Scope

CA = "https://ca.example/dir"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDERS = Limit(Scope.ORDERS, 3, timedelta(minutes=10))
NAMES = Limit(Scope.SAME_NAMES, 2, timedelta(hours=1))


@pytest.fixture
def db() -> sqlite3.Connection:
    return fresh()


def fresh() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    migrate.to_newest(db)
    return db


def spend(db: sqlite3.Connection, *charges: Charge, at: datetime = NOW) -> datetime | None:
    wait = ledger.spend(db, CA, charges, at)
    return wait.until if wait else None


def test_a_burst_goes_through_and_then_one_as_each_token_grows_back(db: sqlite3.Connection) -> None:
    charge = Charge(ORDERS)
    assert [spend(db, charge) for _ in range(3)] == [None] * 3
    assert spend(db, charge) == NOW + timedelta(minutes=10)
    assert spend(db, charge, at=NOW + timedelta(minutes=10)) is None
    assert spend(db, charge, at=NOW + timedelta(minutes=11)) == NOW + timedelta(minutes=20)


def test_nothing_is_taken_where_one_limit_says_no(db: sqlite3.Connection) -> None:
    name = Charge(NAMES, "a.example")
    assert [spend(db, name) for _ in range(3)] == [None, None, NOW + timedelta(hours=1)]
    assert spend(db, Charge(ORDERS), name) == NOW + timedelta(hours=1)
    assert ledger.tokens(db, CA, ORDERS, "", NOW) == 3


def test_the_longest_wait_of_several_is_told(db: sqlite3.Connection) -> None:
    name = Charge(NAMES, "a.example")
    for charge in (name, name, Charge(ORDERS), Charge(ORDERS), Charge(ORDERS)):
        spend(db, charge)
    wait = ledger.foreseen(db, CA, (Charge(ORDERS), name), NOW)
    assert wait and (wait.scope, wait.subject) == (Scope.SAME_NAMES, "a.example")


def test_one_name_never_stalls_another(db: sqlite3.Connection) -> None:
    ledger.hold(db, CA, Scope.SAME_NAMES, "a.example", NOW + timedelta(days=2), "too many")
    wait = ledger.foreseen(db, CA, (Charge(NAMES, "a.example"),), NOW)
    assert wait and (wait.until, wait.words) == (NOW + timedelta(days=2), "too many")
    assert spend(db, Charge(NAMES, "b.example")) is None
    assert ledger.foreseen(db, "https://other.example/dir", (Charge(NAMES, "a.example"),), NOW) is None


def test_a_later_and_shorter_hold_does_not_shorten_the_wait(db: sqlite3.Connection) -> None:
    for hours in (5, 1):
        ledger.hold(db, CA, Scope.ORDERS, "", NOW + timedelta(hours=hours), "")
    assert spend(db, Charge(ORDERS)) == NOW + timedelta(hours=5)


def test_a_reserve_is_left_for_who_is_more_urgent(db: sqlite3.Connection) -> None:
    modest = Charge(ORDERS, reserve=2)
    assert spend(db, modest) is None
    assert spend(db, modest) == NOW + timedelta(minutes=10)
    assert [spend(db, Charge(ORDERS)) for _ in range(2)] == [None, None]


def test_a_charge_without_cost_asks_and_takes_nothing(db: sqlite3.Connection) -> None:
    looks = Charge(NAMES, "a.example", cost=0)
    assert [spend(db, looks) for _ in range(5)] == [None] * 5
    ledger.move(db, CA, Charge(NAMES, "a.example"), 2, NOW)
    assert spend(db, looks) == NOW + timedelta(hours=1)
    ledger.refill(db, CA, Scope.SAME_NAMES, "a.example")
    assert spend(db, looks) is None


def test_what_is_given_back_can_be_spent_again(db: sqlite3.Connection) -> None:
    name = Charge(NAMES, "a.example")
    for _ in range(2):
        spend(db, name)
    ledger.move(db, CA, name, -1, NOW)
    assert ledger.tokens(db, CA, NAMES, "a.example", NOW) == 1
    assert [spend(db, name), spend(db, name) is None] == [None, False]


def test_full_buckets_are_forgotten_and_others_kept(db: sqlite3.Connection) -> None:
    spend(db, Charge(ORDERS))
    spend(db, Charge(NAMES, "a.example"))
    ledger.hold(db, CA, Scope.SAME_NAMES, "held.example", NOW + timedelta(hours=3), "")
    assert ledger.remove_full(db, NOW + timedelta(minutes=30)) == 1
    assert ledger.remove_full(db, NOW + timedelta(hours=2)) == 1
    assert ledger.is_used(db, CA, Scope.SAME_NAMES, "held.example")


@pytest.mark.parametrize(("capacity", "interval"), [(0, timedelta(hours=1)), (1, timedelta())])
def test_a_limit_of_nothing_is_none(capacity: int, interval: timedelta) -> None:
    with pytest.raises(ValueError, match="not a limit"):
        Limit(Scope.ORDERS, capacity, interval)


@given(
    st.integers(1, 5),
    st.integers(1, 120),
    st.lists(st.integers(0, 90), min_size=1, max_size=80),
)
def test_no_span_holds_more_than_the_burst_and_what_grew_back(
    capacity: int, seconds: int, gaps: list[int]
) -> None:
    db, limit, at, taken = fresh(), Limit(Scope.ORDERS, capacity, timedelta(seconds=seconds)), NOW, []
    for gap in gaps:
        at += timedelta(seconds=gap)
        wait = ledger.spend(db, CA, (Charge(limit),), at)
        if wait is None:
            taken.append(at)
        else:
            assert wait.until > at
            assert ledger.foreseen(db, CA, (Charge(limit),), wait.until) is None
    for first, begin in enumerate(taken):
        for number, end in enumerate(taken[first:], 1):
            assert number <= capacity + (end - begin) / limit.interval


def test_a_clock_that_was_a_day_ahead_stops_no_orders(db: sqlite3.Connection) -> None:
    ahead = NOW + timedelta(days=1)
    assert spend(db, Charge(ORDERS), at=ahead) is None
    assert spend(db, Charge(ORDERS)) is None
    assert spend(db, Charge(ORDERS)) == NOW + ORDERS.interval  # and is counted from empty on: no storm
    assert spend(db, Charge(ORDERS), at=NOW + ORDERS.interval) is None


def test_a_clock_that_goes_ahead_gives_no_more_than_all(db: sqlite3.Connection) -> None:
    ahead = NOW + timedelta(days=1)
    spent = [spend(db, Charge(ORDERS), at=ahead) for _ in range(ORDERS.capacity + 1)]
    assert spent[:-1] == [None] * ORDERS.capacity and spent[-1] is not None
