import sqlite3
from datetime import UTC, datetime, timedelta

from store import challenge_results
from store.challenge_results import ANYWHERE, Result
from store.hostname import Hostname

SHOP, OTHER = Hostname("shop.customer.example"), Hostname("other.customer.example")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def test_a_success_counts_for_the_name_and_for_all(db: sqlite3.Connection) -> None:
    challenge_results.proved(db, SHOP, "http-01", NOW)
    assert challenge_results.of(db, SHOP) == challenge_results.of(db, ANYWHERE) == {"http-01": Result(NOW)}
    assert challenge_results.of(db, OTHER) == {}


def test_a_failure_counts_for_the_name_alone(db: sqlite3.Connection) -> None:
    challenge_results.proved(db, SHOP, "http-01", NOW)
    challenge_results.failed(db, SHOP, "http-01", LATER)
    assert challenge_results.of(db, SHOP) == {"http-01": Result(NOW, LATER)}
    assert challenge_results.of(db, ANYWHERE) == {"http-01": Result(NOW)}
