import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from store import audit, migrate, organisations
from store.audit import Entry

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADDED = Entry(1, "staff:3", "domain.added", "billing.mycompany.com", {"by": "hand"}, "192.0.2.1", NOW)


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    migrate.to_newest(connection)
    organisations.add(connection, "acme", "Acme", NOW)
    organisations.add(connection, "beacon", "Beacon", NOW)
    yield connection
    connection.close()


def test_deeds_come_back_newest_first(db: sqlite3.Connection) -> None:
    removed = replace(ADDED, action="domain.removed", detail={}, at=NOW + timedelta(seconds=1))
    for entry in (ADDED, removed, replace(ADDED, organisation_id=2)):
        audit.record(db, entry)
    assert audit.of_organisation(db, 1) == [removed, ADDED]
    assert audit.of_organisation(db, 1, limit=1) == [removed]


def test_last_time_of_a_deed_is_that_of_this_organisation_and_thing(db: sqlite3.Connection) -> None:
    audit.record(db, ADDED)
    audit.record(db, replace(ADDED, organisation_id=2, at=NOW + timedelta(hours=1)))
    assert audit.last_at(db, 1, "domain.added", "billing.mycompany.com", NOW) == NOW
    assert audit.last_at(db, 1, "domain.added", "other.mycompany.com", NOW) is None


def test_deeds_before_the_given_time_do_not_count(db: sqlite3.Connection) -> None:
    audit.record(db, ADDED)
    later = NOW + timedelta(milliseconds=1)
    assert audit.last_at(db, 1, "domain.added", "billing.mycompany.com", later) is None
