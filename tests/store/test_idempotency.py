import sqlite3
from datetime import timedelta

import pytest

from store import idempotency
from store.idempotency import KEPT, Answer, Begun, InFlight, OtherRequest
from tests import factories
from tests.factories import NOW

SENT = ("application/json", idempotency.packed(b'{"a":1}'))


@pytest.fixture
def acme(db: sqlite3.Connection) -> int:
    return factories.organisation(db, "acme").id


def test_answer_of_the_first_time_is_given_again(db: sqlite3.Connection, acme: int) -> None:
    assert idempotency.begin(db, acme, "k", b"one", NOW) == Begun()
    idempotency.finish(db, acme, "k", 200, SENT)
    again = idempotency.begin(db, acme, "k", b"one", NOW + timedelta(hours=23))
    assert again == Answer(200, "application/json", b'{"a":1}')


def test_key_of_another_request_is_refused(db: sqlite3.Connection, acme: int) -> None:
    idempotency.begin(db, acme, "k", b"one", NOW)
    assert idempotency.begin(db, acme, "k", b"two", NOW) == OtherRequest()


def test_second_request_waits_for_nothing_while_the_first_is_at_work(
    db: sqlite3.Connection, acme: int
) -> None:
    idempotency.begin(db, acme, "k", b"one", NOW)
    assert idempotency.begin(db, acme, "k", b"one", NOW) == InFlight()


def test_key_of_a_dead_process_is_taken_over(db: sqlite3.Connection, acme: int) -> None:
    idempotency.begin(db, acme, "k", b"one", NOW)
    db.execute("UPDATE api_answers SET owner = 'boot 1 1'")
    assert idempotency.begin(db, acme, "k", b"one", NOW) == Begun()
    assert idempotency.begin(db, acme, "k", b"one", NOW) == InFlight()


def test_released_key_is_free(db: sqlite3.Connection, acme: int) -> None:
    idempotency.begin(db, acme, "k", b"one", NOW)
    idempotency.release(db, acme, "k")
    assert idempotency.begin(db, acme, "k", b"two", NOW) == Begun()


def test_answer_is_not_released(db: sqlite3.Connection, acme: int) -> None:
    idempotency.begin(db, acme, "k", b"one", NOW)
    idempotency.finish(db, acme, "k", 200, SENT)
    idempotency.release(db, acme, "k")
    assert isinstance(idempotency.begin(db, acme, "k", b"one", NOW), Answer)


def test_key_is_free_after_a_day(db: sqlite3.Connection, acme: int) -> None:
    idempotency.begin(db, acme, "k", b"one", NOW)
    idempotency.finish(db, acme, "k", 200, SENT)
    assert idempotency.begin(db, acme, "k", b"two", NOW + KEPT) == Begun()


def test_keys_of_organisations_are_apart(db: sqlite3.Connection, acme: int) -> None:
    other = factories.organisation(db, "other").id
    idempotency.begin(db, acme, "k", b"one", NOW)
    idempotency.finish(db, acme, "k", 200, SENT)
    assert idempotency.begin(db, other, "k", b"one", NOW) == Begun()


def test_sweep_takes_what_is_a_day_old(db: sqlite3.Connection, acme: int) -> None:
    idempotency.begin(db, acme, "old", b"one", NOW)
    idempotency.begin(db, acme, "new", b"one", NOW + timedelta(hours=1))
    assert idempotency.remove_expired(db, NOW + KEPT) == 1
    assert idempotency.remove_expired(db, NOW + KEPT) == 0
    kept = [row["idempotency_key"] for row in db.execute("SELECT idempotency_key FROM api_answers")]
    assert kept == ["new"]
