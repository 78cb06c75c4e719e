"""Sessions in the store."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

from store import sessions
from store.hostname import Hostname
from store.owner import of_user
from store.sessions import IDLE, LONGEST, Session
from tests import factories
from tests.factories import NOW


def signed_in(db: sqlite3.Connection) -> Session:
    organisation = factories.organisation(db).id
    factories.account(db, organisation)
    session = Session(
        token_hash=b"h" * 32,
        host=Hostname("a.example"),
        organisation_id=organisation,
        user_id=factories.user(db, organisation),
        staff_id=None,
        csrf_token="t",
        chosen_account_id=None,
        address="192.0.2.1",
        agent="Browser",
        created_at=NOW,
        seen_at=NOW,
        expires_at=NOW + LONGEST,
    )
    sessions.add(db, session)
    return session


def test_session_is_found_as_it_was_kept(db: sqlite3.Connection) -> None:
    session = signed_in(db)
    assert sessions.find(db, session.token_hash, NOW) == session
    assert sessions.find(db, b"other", NOW) is None


def test_session_is_not_found_once_idle_or_old(db: sqlite3.Connection) -> None:
    session = signed_in(db)
    assert sessions.find(db, session.token_hash, NOW + IDLE) is None
    sessions.touch(db, session.token_hash, NOW + LONGEST - timedelta(seconds=1))
    assert sessions.find(db, session.token_hash, NOW + LONGEST) is None


def test_touch_never_goes_back(db: sqlite3.Connection) -> None:
    session = signed_in(db)
    sessions.touch(db, session.token_hash, NOW - timedelta(minutes=1))
    found = sessions.find(db, session.token_hash, NOW)
    assert found and found.seen_at == NOW


def test_sessions_of_a_user_end_together(db: sqlite3.Connection) -> None:
    session = signed_in(db)
    sessions.add(db, replace(session, token_hash=b"2" * 32))
    assert session.organisation_id and session.user_id
    sessions.remove_of_user(db, session.organisation_id + 1, session.user_id)
    assert sessions.find(db, session.token_hash, NOW)
    sessions.remove_of_user(db, session.organisation_id, session.user_id)
    assert sessions.find(db, session.token_hash, NOW) is None
    assert sessions.find(db, b"2" * 32, NOW) is None


def test_expired_ones_are_swept_out_when_one_is_added(db: sqlite3.Connection) -> None:
    session = signed_in(db)
    later = NOW + LONGEST
    sessions.add(db, replace(session, token_hash=b"2" * 32, created_at=later, seen_at=later))
    assert db.execute("SELECT count(*) FROM sessions").fetchone()[0] == 1


def test_touch_is_asked_for_once_a_minute(db: sqlite3.Connection) -> None:
    session = signed_in(db)
    assert not sessions.needs_touch(session, NOW + timedelta(seconds=59))
    assert sessions.needs_touch(session, NOW + timedelta(seconds=60))


def test_users_sessions_are_not_looked_for_among_all_of_the_organisation(db: sqlite3.Connection) -> None:
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    sessions.remove_of_user(db, 1, 7)
    db.set_trace_callback(None)
    (statement,) = [each for each in statements if each.startswith("DELETE FROM sessions")]
    steps = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert "SEARCH sessions USING INDEX sessions_by_user (user_id=?)" in steps, steps


def test_ones_own_sessions_are_not_looked_for_among_all_of_the_organisation(db: sqlite3.Connection) -> None:
    statements: list[str] = []
    db.set_trace_callback(statements.append)
    sessions.of_owner(db, of_user(1, 7), NOW)
    db.set_trace_callback(None)
    (statement,) = [each for each in statements if "FROM sessions" in each]
    steps = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert steps[0] == "SEARCH sessions USING INDEX sessions_by_user (user_id=?)", steps
