import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from store import challenges
from store.hostname import Hostname

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
BILLING, SHOP = Hostname("billing.acme.example"), Hostname("shop.acme.example")


def test_answer_is_given_for_its_name_and_token_alone(db: sqlite3.Connection) -> None:
    challenges.put(db, BILLING, "http-01", "token", "token.thumb", LATER)
    assert challenges.http_answer(db, BILLING, "token", NOW) == "token.thumb"
    assert challenges.http_answer(db, BILLING, "other", NOW) is None
    assert challenges.http_answer(db, SHOP, "token", NOW) is None


def test_kinds_are_answered_apart(db: sqlite3.Connection) -> None:
    challenges.put(db, BILLING, "http-01", "token", "http", LATER)
    assert challenges.alpn_answer(db, BILLING, NOW) is None
    challenges.put(db, BILLING, "tls-alpn-01", "token", "alpn", LATER)
    assert challenges.alpn_answer(db, BILLING, NOW) == "alpn"
    assert challenges.http_answer(db, BILLING, "token", NOW) == "http"


@pytest.mark.parametrize(("seconds", "given"), [(599, True), (600, False)])
def test_answer_is_given_until_it_expires(db: sqlite3.Connection, seconds: int, given: bool) -> None:
    for kind in ("http-01", "tls-alpn-01"):
        challenges.put(db, BILLING, kind, "token", "answer", LATER)
    at = NOW + timedelta(seconds=seconds)
    answers = challenges.http_answer(db, BILLING, "token", at), challenges.alpn_answer(db, BILLING, at)
    assert answers == (("answer", "answer") if given else (None, None))


def test_newest_handshake_answer_is_given(db: sqlite3.Connection) -> None:
    challenges.put(db, BILLING, "tls-alpn-01", "first", "first", LATER)
    challenges.put(db, BILLING, "tls-alpn-01", "second", "second", LATER + timedelta(seconds=1))
    assert challenges.alpn_answer(db, BILLING, NOW) == "second"


def test_same_challenge_again_takes_the_new_answer(db: sqlite3.Connection) -> None:
    challenges.put(db, BILLING, "http-01", "token", "old", NOW)
    challenges.put(db, BILLING, "http-01", "token", "new", LATER)
    assert challenges.http_answer(db, BILLING, "token", NOW) == "new"


def test_answers_of_one_name_are_forgotten(db: sqlite3.Connection) -> None:
    for hostname in (BILLING, SHOP):
        challenges.put(db, hostname, "http-01", "token", "answer", LATER)
    challenges.clear(db, BILLING)
    assert challenges.http_answer(db, BILLING, "token", NOW) is None
    assert challenges.http_answer(db, SHOP, "token", NOW) == "answer"


def test_unknown_kind_is_refused(db: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        challenges.put(db, BILLING, "dns-01", "token", "answer", LATER)
