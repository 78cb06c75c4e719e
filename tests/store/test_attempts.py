"""Attempts: what was asked for, and how it ended."""

import sqlite3

from store import attempts, leases
from store.attempts import Asked, Outcome
from tests import factories
from tests.factories import NOW

ASKED = Asked("calls", "calls.csv", "staff:3", source_name="Gamma", mode="good_rows", draft=True)


def test_an_attempt_waits_runs_and_ends(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    attempt_id = attempts.create(db, organisation, ASKED, NOW)
    begun = attempts.begin(db, organisation, attempt_id, leases.this_process())
    assert begun and begun.asked == ASKED and not begun.is_over
    attempts.progress(db, organisation, attempt_id, "read", 5, 10)
    outcome = Outcome("imported", rows_read=3, rows_added=2, notices=("a", "b"))
    attempts.finish(db, organisation, attempt_id, outcome, NOW)
    found = attempts.find(db, organisation, attempt_id)
    assert found and (found.outcome, found.phase, found.done, found.total) == (outcome, "read", 5, 10)
    assert found.finished_at == NOW and found.owner == ""


def test_an_attempt_is_begun_once(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    attempt_id = attempts.create(db, organisation, ASKED, NOW)
    assert attempts.begin(db, organisation, attempt_id, "a")
    assert attempts.begin(db, organisation, attempt_id, "b") is None


def test_what_is_over_does_not_fail_later(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    attempt_id = attempts.create(db, organisation, ASKED, NOW)
    attempts.finish(db, organisation, attempt_id, Outcome("checked"), NOW)
    attempts.fail(db, organisation, attempt_id, "no", NOW)
    found = attempts.find(db, organisation, attempt_id)
    assert found and found.state == "checked"


def test_a_failed_attempt_waits_again(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    attempt_id = attempts.create(db, organisation, ASKED, NOW)
    assert not attempts.again(db, organisation, attempt_id)
    attempts.fail(db, organisation, attempt_id, "the file was gone", NOW)
    assert attempts.again(db, organisation, attempt_id)
    found = attempts.find(db, organisation, attempt_id)
    assert found and (found.state, found.outcome.reason, found.finished_at) == ("waiting", "", None)


def test_a_running_attempt_waits_again_once_its_process_is_dead(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    living, dead = (attempts.create(db, organisation, ASKED, NOW) for _ in range(2))
    attempts.begin(db, organisation, living, leases.this_process())
    attempts.begin(db, organisation, dead, "00000000-0000-0000-0000-000000000000 1 1")
    assert not attempts.again(db, organisation, living)
    assert attempts.again(db, organisation, dead)


def test_attempts_are_listed_newest_first_an_organisation_apart(db: sqlite3.Connection) -> None:
    one, two = (factories.organisation(db, slug).id for slug in ("one", "two"))
    first, second = (attempts.create(db, one, ASKED, NOW) for _ in range(2))
    other = attempts.create(db, two, ASKED, NOW)
    assert [attempt.id for attempt in attempts.page(db, one)] == [second, first]
    assert [attempt.id for attempt in attempts.page(db, one, before=second, limit=1)] == [first]
    assert attempts.find(db, one, other) is None and attempts.begin(db, one, other, "x") is None
    attempts.fail(db, one, other, "no", NOW)
    found = attempts.find(db, two, other)
    assert found and found.state == "waiting"


def test_the_attempt_of_a_batch_is_found(db: sqlite3.Connection) -> None:
    organisation = factories.organisation(db).id
    batch = factories.batch(db, organisation)
    attempt_id = attempts.create(db, organisation, ASKED, NOW)
    attempts.finish(db, organisation, attempt_id, Outcome("imported", batch_id=batch), NOW)
    found = attempts.of_batch(db, organisation, batch)
    assert found and found.id == attempt_id
