import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from store import audit, migrate, organisations, staff
from store.audit import Entry, Wanted
from tests import factories

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


def kept(db: sqlite3.Connection, wanted: Wanted, organisation_id: int | None = 1) -> list[str]:
    return [each.entry.action for each in audit.page(db, organisation_id, wanted, None, 50)]


def test_deed_is_never_changed(db: sqlite3.Connection) -> None:
    audit.record(db, ADDED)
    with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
        db.execute("UPDATE audit SET actor = 'somebody else'")
    assert audit.of_organisation(db, 1) == [ADDED]


@pytest.mark.parametrize("organisation_id", [1, None])
def test_deed_is_never_removed_by_itself(db: sqlite3.Connection, organisation_id: int | None) -> None:
    audit.record(db, replace(ADDED, organisation_id=organisation_id))
    with pytest.raises(sqlite3.IntegrityError, match="goes with its organisation"):
        db.execute("DELETE FROM audit")


def test_deeds_go_with_an_organisation_that_is_removed_and_no_others(db: sqlite3.Connection) -> None:
    audit.record(db, ADDED)
    audit.record(db, replace(ADDED, organisation_id=2))
    factories.removed_organisation(db, 1)
    assert kept(db, Wanted()) == []
    assert kept(db, Wanted(), 2) == ["domain.added"]


def test_pages_follow_each_other_without_gap_or_repeat_at_one_instant(db: sqlite3.Connection) -> None:
    for number in range(7):
        audit.record(db, replace(ADDED, action=f"deed.{number}", at=NOW + timedelta(minutes=number // 3)))
    seen: list[str] = []
    place = None
    while part := audit.page(db, 1, Wanted(), place, 2):
        seen += [each.entry.action for each in part]
        place = part[-1].place
    assert seen == [f"deed.{number}" for number in reversed(range(7))]


def test_filters_narrow_by_who_what_which_and_when(db: sqlite3.Connection) -> None:
    other = replace(
        ADDED, actor="user:7", action="user.signed_in", object="user:7", at=NOW + timedelta(days=1)
    )
    for entry in (ADDED, other):
        audit.record(db, entry)
    assert kept(db, Wanted(actors=("user:7",))) == ["user.signed_in"]
    assert kept(db, Wanted(action="domain.added")) == ["domain.added"]
    assert kept(db, Wanted(object="user:7")) == ["user.signed_in"]
    assert kept(db, Wanted(since=other.at)) == ["user.signed_in"]
    assert kept(db, Wanted(until=other.at)) == ["domain.added"]
    assert kept(db, Wanted(actors=("user:7",), action="domain.added")) == []
    assert audit.actions(db, 1) == ["domain.added", "user.signed_in"]
    assert audit.actions(db, 2) == []


def test_former_staff_are_still_named(db: sqlite3.Connection) -> None:
    member = staff.add(db, "kim@acme.example", "", staff.Role.ADMIN, 1, NOW)
    audit.record(db, replace(ADDED, actor=f"staff:{member.id}"))
    staff.remove(db, member.id)
    (found,) = audit.page(db, 1, Wanted(actor_name="kim@acme.example"), None, 50)
    assert found.actor_name == "kim@acme.example"
    assert audit.page(db, 1, Wanted(actor_name="no@acme.example", actors=("user:7",)), None, 50) == []


def test_provider_has_an_audit_of_its_own(db: sqlite3.Connection) -> None:
    audit.record(db, replace(ADDED, organisation_id=None, action="staff.added"))
    assert kept(db, Wanted(), None) == ["staff.added"]
    assert kept(db, Wanted()) == []


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(actors=("user:7",)),
        Wanted(actor_name="kim@acme.example"),
        Wanted(actors=("user:7",), actor_name="kim@acme.example"),
        Wanted(action="domain.added"),
        Wanted(object="user:7"),
    ],
)
def test_lists_are_found_by_index(db: sqlite3.Connection, wanted: Wanted) -> None:
    plans: list[str] = []
    db.set_trace_callback(plans.append)
    audit.page(db, 1, wanted, None, 50)
    db.set_trace_callback(None)
    (statement,) = [plan for plan in plans if plan.startswith("SELECT id, organisation_id")]
    steps = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert not [step for step in steps if step.startswith("SCAN audit")], steps


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (
            Wanted(actors=("user:7",), action="user.signed_in"),
            "audit_by_actor (organisation_id=? AND actor=?)",
        ),
        (
            Wanted(object="user:7", action="user.signed_in"),
            "audit_by_object (organisation_id=? AND object=?)",
        ),
    ],
)
def test_what_one_person_did_is_not_looked_for_among_all_who_did_it(
    db: sqlite3.Connection, wanted: Wanted, index: str
) -> None:
    plans: list[str] = []
    db.set_trace_callback(plans.append)
    audit.page(db, 1, wanted, None, 50)
    db.set_trace_callback(None)
    (statement,) = [plan for plan in plans if plan.startswith("SELECT id, organisation_id")]
    steps = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert steps == [f"SEARCH audit USING INDEX {index}"]
