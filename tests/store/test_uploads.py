import sqlite3
from datetime import timedelta

import pytest

from store import attempts, import_jobs, uploads
from store.attempts import Asked
from store.uploads import Announced, Full
from tests import factories

NOW = factories.NOW


@pytest.fixture
def organisation_id(db: sqlite3.Connection) -> int:
    return factories.organisation(db).id


def begin(db: sqlite3.Connection, organisation_id: int, name: str = "0" * 32, size: int = 10) -> int | Full:
    return uploads.begin(db, organisation_id, Announced("calls", "calls.csv", name, size, "staff:1"), NOW)


def come(db: sqlite3.Connection, organisation_id: int, name: str = "0" * 32) -> int:
    upload_id = begin(db, organisation_id, name)
    assert isinstance(upload_id, int)
    uploads.complete(db, organisation_id, upload_id, 7, NOW)
    return upload_id


def test_file_is_here_from_when_it_has_come_until_it_is_removed(
    db: sqlite3.Connection, organisation_id: int
) -> None:
    upload_id = begin(db, organisation_id)
    assert isinstance(upload_id, int)
    seen = [uploads.find(db, organisation_id, upload_id)]
    uploads.complete(db, organisation_id, upload_id, 7, NOW)
    seen.append(uploads.find(db, organisation_id, upload_id))
    uploads.mark_removed(db, organisation_id, upload_id, NOW)
    seen.append(uploads.find(db, organisation_id, upload_id))
    assert [each.here for each in seen if each] == [False, True, False]
    assert uploads.here(db, organisation_id) == []
    assert uploads.known_names(db) == frozenset()


def test_files_that_still_come_count_as_room_taken(
    db: sqlite3.Connection, organisation_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 25)
    assert isinstance(begin(db, organisation_id, "1" * 32), int)
    assert isinstance(begin(db, organisation_id, "2" * 32), int)
    assert begin(db, organisation_id, "3" * 32) == Full(2, 20)
    other = factories.organisation(db, "other").id
    assert isinstance(begin(db, other, "4" * 32), int)


def test_other_organisations_file_is_neither_found_nor_removed(
    db: sqlite3.Connection, organisation_id: int
) -> None:
    upload_id = come(db, organisation_id)
    other = factories.organisation(db, "other").id
    assert uploads.find(db, other, upload_id) is None
    uploads.mark_removed(db, other, upload_id, NOW)
    found = uploads.find(db, organisation_id, upload_id)
    assert found and found.here


def test_files_are_overdue_after_a_week_and_those_that_never_came_after_hours(
    db: sqlite3.Connection, organisation_id: int
) -> None:
    came = come(db, organisation_id, "1" * 32)
    coming = begin(db, organisation_id, "2" * 32)
    hours, days = timedelta(hours=6, seconds=1), timedelta(days=7, seconds=1)
    assert uploads.overdue(db, NOW) == []
    assert [each.id for each in uploads.overdue(db, NOW + hours)] == [coming]
    assert [each.id for each in uploads.overdue(db, NOW + days)] == [came, coming]


def test_files_of_mandates_are_overdue_after_a_day(db: sqlite3.Connection, organisation_id: int) -> None:
    announced = Announced("mandates", "mandates.csv", "1" * 32, 10, "staff:1")
    upload_id = uploads.begin(db, organisation_id, announced, NOW)
    assert isinstance(upload_id, int)
    uploads.complete(db, organisation_id, upload_id, 7, NOW)
    assert uploads.overdue(db, NOW + timedelta(days=1)) == []
    assert [each.id for each in uploads.overdue(db, NOW + timedelta(days=1, seconds=1))] == [upload_id]


def test_file_that_an_import_waits_for_is_not_overdue(db: sqlite3.Connection, organisation_id: int) -> None:
    upload_id = come(db, organisation_id)
    attempt_id = attempts.create(db, organisation_id, Asked("calls", "calls.csv", "staff:1"), NOW)
    import_jobs.ask(db, organisation_id, attempt_id, upload_id, NOW)
    later = NOW + timedelta(days=8)
    assert import_jobs.is_in_use(db, organisation_id, upload_id)
    assert uploads.overdue(db, later) == []
    import_jobs.cancel(db, organisation_id, attempt_id, "staff:1", NOW)
    assert [each.id for each in uploads.overdue(db, later)] == [upload_id]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("calls.csv", "calls.csv"),
        ("..\\..\\windows\\calls.csv", "calls.csv"),
        ("/etc/passwd", "passwd"),
        ("a\r\nb\x00c\u202e.csv", "a__b_c_.csv"),
        ("x" * 200, "x" * 119 + "…"),
        ("\udce9.csv", "?.csv"),
        ("", ""),
    ],
)
def test_name_is_shown_as_one_short_printable_line(given: str, shown: str) -> None:
    assert uploads.shown_name(given) == shown
