import sqlite3
from datetime import timedelta

import pytest

from store import certificates, figures, ledger
from store.certificates import Certificate
from store.figures import DAYS, Figures, Tokens
from store.hostname import Hostname
from store.ledger import Charge, Limit, Scope
from tests import factories

NOW = factories.NOW
CA = "https://ca.example/directory"
ORDERS = Limit(Scope.ORDERS, 10, timedelta(minutes=1))
DOMAINS = Limit(Scope.REGISTERED_DOMAIN, 5, timedelta(days=1))


def found(db: sqlite3.Connection, *limits: Limit) -> Figures:
    return figures.of(db, CA, limits, NOW)


def certificate(db: sqlite3.Connection, name: str, days: float, serial: str = "01") -> None:
    ends_at = NOW + timedelta(days=days)
    held = Certificate(Hostname(name), serial, "", b"", "local", NOW - timedelta(days=30), ends_at)
    certificates.add(db, held, NOW)


def test_empty_store_has_nothing_to_count(db: sqlite3.Connection) -> None:
    assert found(db) == Figures(0, (0,) * len(DAYS), 0.0, 0, 0, ())


def test_names_are_counted_by_the_days_left_of_their_newest_certificate(db: sqlite3.Connection) -> None:
    for number, days in enumerate((-1, 0.5, 6.9, 7, 89, 400)):
        certificate(db, f"n{number}.example", days)
    certificate(db, "n0.example", -5, "00")
    told = found(db)
    assert dict(zip(DAYS, told.up_to, strict=True)) == {0: 1, 1: 2, 3: 2, 7: 4, 14: 4, 30: 4, 60: 4, 90: 5}
    assert told.certificates == 6
    assert told.days == pytest.approx(-1 + 0.5 + 6.9 + 7 + 89 + 400)


def test_bucket_that_has_the_least_counts(db: sqlite3.Connection) -> None:
    for subject, times in (("a.example", 1), ("b.example", 3)):
        for _ in range(times):
            assert ledger.spend(db, CA, [Charge(DOMAINS, subject)], NOW) is None
    assert found(db, ORDERS, DOMAINS).tokens == (
        Tokens("orders", 10, 10, 0),
        Tokens("registered_domain", 5, 2, 0),
    )


@pytest.mark.parametrize("seconds", [0, 1, 59, 60, 61, 150, 600, 5000])
def test_tokens_grow_back_as_the_ledger_says(db: sqlite3.Connection, seconds: int) -> None:
    for _ in range(7):
        ledger.move(db, CA, Charge(ORDERS), 1, NOW)
    later = NOW + timedelta(seconds=seconds)
    [told] = figures.of(db, CA, (ORDERS,), later).tokens
    assert told.left == ledger.tokens(db, CA, ORDERS, "", later)


def test_buckets_that_the_ca_told_us_to_leave_alone_are_counted(db: sqlite3.Connection) -> None:
    for subject, hours in (("a.example", 1), ("b.example", 2), ("c.example", -1)):
        until = NOW + timedelta(hours=hours)
        ledger.hold(db, CA, Scope.REGISTERED_DOMAIN, subject, until, "too many")
    assert [tokens.held for tokens in found(db, DOMAINS).tokens] == [2]


def test_another_cas_buckets_do_not_count(db: sqlite3.Connection) -> None:
    ledger.move(db, "https://other.example/", Charge(ORDERS), 9, NOW)
    assert [tokens.left for tokens in found(db, ORDERS).tokens] == [10]
