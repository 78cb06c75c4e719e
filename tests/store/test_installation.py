import sqlite3

from store import installation


def test_values_are_kept_together_and_replaced(db: sqlite3.Connection) -> None:
    installation.put(db, {"a": b"1", "b": b"2"})
    installation.put(db, {"a": b"3"})
    assert (installation.value(db, "a"), installation.value(db, "b")) == (b"3", b"2")


def test_value_that_was_never_kept_is_none(db: sqlite3.Connection) -> None:
    assert installation.value(db, "a") is None


def test_proof_key_is_made_once(db: sqlite3.Connection) -> None:
    first = installation.proof_key(db)
    assert len(first) == 32
    assert installation.proof_key(db) == first == installation.value(db, "proof_key")


def test_proof_keys_of_two_stores_differ(db: sqlite3.Connection) -> None:
    first = installation.proof_key(db)
    db.execute("DELETE FROM installation")
    assert installation.proof_key(db) != first
