"""Failed sign-ins: bounded in number and age, and apart by whose they are."""

import sqlite3
from datetime import timedelta

from store import failed_signins
from store.failed_signins import LASTS, MOST, Failure
from store.owner import of_user
from tests import factories
from tests.factories import NOW

ADA, BEN = 1, 2


def people(db: sqlite3.Connection) -> None:
    meridian = factories.organisation(db).id
    factories.account(db, meridian)
    for email in ("ada@harbour.example", "ben@harbour.example"):
        factories.user(db, meridian, email)


def fail(db: sqlite3.Connection, user_id: int, minutes: int) -> None:
    failure = Failure(NOW + timedelta(minutes=minutes), "password", "Firefox on Windows", "192.0.2.1")
    failed_signins.keep(db, of_user(1, user_id), failure)


def test_newest_stand_first_and_the_oldest_make_room(db: sqlite3.Connection) -> None:
    people(db)
    fail(db, BEN, 0)
    for minutes in range(MOST + 7):
        fail(db, ADA, minutes)
    found = failed_signins.of_owner(db, of_user(1, ADA), NOW)
    assert [one.at for one in found[:2]] == [NOW + timedelta(minutes=MOST + minutes) for minutes in (6, 5)]
    assert len(found) == MOST
    assert len(failed_signins.of_owner(db, of_user(1, BEN), NOW)) == 1
    assert failed_signins.of_owner(db, of_user(2, ADA), NOW) == []


def test_old_ones_are_not_shown_and_go(db: sqlite3.Connection) -> None:
    people(db)
    fail(db, ADA, 0)
    fail(db, ADA, 1)
    then = NOW + LASTS
    assert len(failed_signins.of_owner(db, of_user(1, ADA), then)) == 1
    assert failed_signins.remove_expired(db, then) == 1
    assert failed_signins.remove_expired(db, then) == 0
    assert db.execute("SELECT count(*) FROM failed_signins").fetchone()[0] == 1
