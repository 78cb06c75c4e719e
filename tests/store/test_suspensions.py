import sqlite3
from datetime import timedelta

from store import domains, removal, suspensions
from store.suspensions import Suspension
from tests import factories


def test_suspension_keeps_its_reason_and_its_beginning(db: sqlite3.Connection) -> None:
    organisation_id = factories.organisation(db).id
    assert suspensions.of_organisation(db, organisation_id) is None
    assert suspensions.suspend(db, organisation_id, "unpaid since August", factories.NOW)
    later = factories.NOW + timedelta(days=1)
    assert not suspensions.suspend(db, organisation_id, "again", later), "the first reason stands"
    assert suspensions.of_organisation(db, organisation_id) == Suspension(
        "unpaid since August", factories.NOW
    )


def test_resumed_organisation_is_as_it_was(db: sqlite3.Connection) -> None:
    organisation_id = factories.organisation(db).id
    suspensions.suspend(db, organisation_id, "abuse", factories.NOW)
    assert suspensions.resume(db, organisation_id)
    assert suspensions.of_organisation(db, organisation_id) is None
    assert not suspensions.resume(db, organisation_id)


def test_other_organisations_go_on(db: sqlite3.Connection) -> None:
    first, second = (factories.organisation(db, slug).id for slug in ("first", "second"))
    suspensions.suspend(db, first, "abuse", factories.NOW)
    assert suspensions.of_organisation(db, second) is None


def test_organisation_that_is_being_removed_is_not_resumed(db: sqlite3.Connection) -> None:
    organisation_id = factories.organisation(db).id
    removal.begin(db, organisation_id, factories.NOW)
    assert not suspensions.resume(db, organisation_id)


def test_routing_hears_of_it(db: sqlite3.Connection) -> None:
    organisation_id = factories.organisation(db).id
    db.execute(
        "INSERT INTO domains (hostname, organisation_id, room, confirmation, created_at)"
        " VALUES ('billing.meridian.example', ?, 'portal', 'cname', 0)",
        (organisation_id,),
    )
    seen = domains.changes(db, 0).revision
    suspensions.suspend(db, organisation_id, "abuse", factories.NOW)
    (changed,) = domains.changes(db, seen).destinations.values()
    assert changed and changed.suspended
