import sqlite3
from dataclasses import asdict, astuple, fields
from datetime import UTC, datetime

import pytest

from store import organisations
from store.organisations import BadName, BadSlug, Details, Organisation, SlugTaken

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_added_organisation_is_found_by_slug_and_id(db: sqlite3.Connection) -> None:
    added = organisations.add(db, "acme", "Acme Ltd", NOW)
    assert added == Organisation(added.id, "acme", "Acme Ltd", False, "Europe/London", "GBP", NOW)
    assert organisations.by_slug(db, "acme") == organisations.by_id(db, added.id) == added


def test_added_organisation_has_a_portal_that_is_off(db: sqlite3.Connection) -> None:
    organisations.add(db, "acme", "Acme", NOW)
    assert [row["enabled"] for row in db.execute("SELECT enabled FROM portals")] == [0]


def test_unknown_organisation_is_not_found(db: sqlite3.Connection) -> None:
    assert organisations.by_slug(db, "acme") is organisations.by_id(db, 1) is None


@pytest.mark.parametrize("slug", ["a", "7", "acme-2", "a" * 40])
def test_slug_of_letters_digits_and_inner_hyphens_is_accepted(db: sqlite3.Connection, slug: str) -> None:
    assert organisations.add(db, slug, "Acme", NOW).slug == slug


@pytest.mark.parametrize("slug", ["", "-a", "a-", "Acme", "a b", "a.b", "a_b", "ä", "a\n", "a" * 41])
def test_other_slug_is_refused(db: sqlite3.Connection, slug: str) -> None:
    with pytest.raises(BadSlug, match="1 to 40"):
        organisations.add(db, slug, "Acme", NOW)


@pytest.mark.parametrize("name", ["Café & Söhne Ltd", "<b>O'Neill</b>", "日本電話", "a" * 100])
def test_name_of_one_line_is_kept_as_it_is(db: sqlite3.Connection, name: str) -> None:
    assert organisations.add(db, "acme", name, NOW).name == name


@pytest.mark.parametrize(
    "name", ["", " ", "Acme\r\nBcc: all", "Acme\n", "A\tB", "\u202eemcA", "A\u2028B", "a" * 101]
)
def test_name_that_is_not_one_line_is_refused(db: sqlite3.Connection, name: str) -> None:
    with pytest.raises(BadName, match="one line"):
        organisations.add(db, "acme", name, NOW)


def test_taken_slug_is_refused(db: sqlite3.Connection) -> None:
    organisations.add(db, "acme", "Acme", NOW)
    with pytest.raises(SlugTaken, match="acme"):
        organisations.add(db, "acme", "Another", NOW)


def test_all_are_listed_by_slug(db: sqlite3.Connection) -> None:
    for slug in ("beta", "acme"):
        organisations.add(db, slug, slug, NOW)
    assert [each.slug for each in organisations.every(db)] == ["acme", "beta"]


def test_details_are_kept_for_one_organisation(db: sqlite3.Connection) -> None:
    acme = organisations.add(db, "acme", "Acme", NOW)
    organisations.add(db, "other", "Other", NOW)
    details = Details(*(f"detail {number}" for number, _ in enumerate(fields(Details))))
    organisations.describe(db, acme.id, details)
    kept = db.execute(f"SELECT {', '.join(asdict(details))} FROM organisations ORDER BY id").fetchall()
    assert [tuple(row) for row in kept] == [astuple(details), astuple(Details())]


def test_suspended_organisation_is_resumed(db: sqlite3.Connection) -> None:
    added = organisations.add(db, "acme", "Acme", NOW)
    for suspended in (True, False):
        organisations.set_suspended(db, added.id, suspended)
        found = organisations.by_id(db, added.id)
        assert found and found.suspended == suspended
