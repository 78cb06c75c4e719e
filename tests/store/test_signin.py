"""Failures ask for a growing, never endless, wait."""

import sqlite3
from datetime import datetime, timedelta

import pytest

from store import signin
from store.signin import ACCOUNT, FACTOR, NETWORK, Wait, account_subject, network_subject, wait_until
from tests.factories import NOW

ALICE = account_subject("organisation:1", "alice@a.example")
HOME = network_subject("organisation:1", "192.0.2.1")


def fail(db: sqlite3.Connection, times: int, now: datetime = NOW) -> datetime:
    """Fail so often, each time as soon as it is allowed."""
    for _ in range(times):
        while (waited := signin.begin(db, (ALICE, HOME), now)) is not None:
            now = waited.until
    return now


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (9, 32), (10, 60), (1000, 60)]
)
def test_wait_grows_to_a_minute_for_an_account(failures: int, seconds: int) -> None:
    until = wait_until(failures, NOW, NOW)
    assert until == (NOW + timedelta(seconds=seconds) if seconds else None)


def test_wait_ends_and_failures_are_forgotten() -> None:
    assert wait_until(5, NOW, NOW + timedelta(seconds=2)) is None
    assert wait_until(1000, NOW, NOW + ACCOUNT.forgotten_after) is None


def test_wait_of_a_network_begins_later_and_grows_longer() -> None:
    assert wait_until(19, NOW, NOW, NETWORK) is None
    assert wait_until(1000, NOW, NOW, NETWORK) == NOW + timedelta(minutes=15)


def test_attempts_at_once_are_counted_before_they_are_judged(db: sqlite3.Connection) -> None:
    results = [signin.begin(db, (ALICE, HOME), NOW) for _ in range(7)]
    assert results[:5] == [None] * 5
    assert results[5:] == [Wait(NOW + timedelta(seconds=2))] * 2


def test_attempts_in_a_wait_do_not_lengthen_it(db: sqlite3.Connection) -> None:
    fail(db, 5)
    for second in (0, 1):
        signin.begin(db, (ALICE, HOME), NOW + timedelta(seconds=second))
    assert signin.begin(db, (ALICE, HOME), NOW + timedelta(seconds=2)) is None


def test_right_password_starts_the_account_anew_but_not_the_network(db: sqlite3.Connection) -> None:
    fail(db, 3)
    signin.succeed(db, ALICE, HOME)
    counts = dict(db.execute("SELECT subject, failures FROM signin_failures").fetchall())
    assert counts == {HOME.key: 2}


def test_failures_elsewhere_count_for_the_account(db: sqlite3.Connection) -> None:
    for number in range(5):
        away = network_subject("organisation:1", f"198.51.100.{number}")
        assert signin.begin(db, (ALICE, away), NOW) is None
    assert signin.begin(db, (ALICE, HOME), NOW) is not None


def test_network_of_ipv6_is_its_64() -> None:
    one, other = (network_subject("r", f"2001:db8::{end}") for end in ("1", "2:3:4"))
    assert one == other
    assert network_subject("r", "2001:db8:0:1::1") != one
    assert network_subject("r", "::ffff:192.0.2.1") == network_subject("r", "192.0.2.1")


def test_realms_are_kept_apart() -> None:
    assert account_subject("organisation:1", "a@b.example") != account_subject(
        "organisation:2", "a@b.example"
    )


def test_forgotten_counters_are_swept_out(db: sqlite3.Connection) -> None:
    fail(db, 1)
    assert signin.remove_forgotten(db, NOW) == 0
    assert signin.remove_forgotten(db, NOW + FACTOR.forgotten_after) == 2
