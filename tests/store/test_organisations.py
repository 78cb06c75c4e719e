import sqlite3
from dataclasses import asdict, astuple
from datetime import UTC, datetime

import pytest

from store import organisations
from store.organisations import BadName, BadSlug, Details, Organisation, SlugTaken

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEYS = {"organisation_id", "account_id", "user_id", "batch_id", "invoice_id", "payment_id"}
BY_HOSTNAME = ("certificates", "issuance", "acme_orders", "challenges")
# What the schema's CHECKs ask for; every other column that must be given gets a value of its type.
CHECKED: dict[str, dict[str, object]] = {
    "staff": {"role": "admin"},
    "domains": {"room": "portal", "confirmation": "cname"},
    "certificates": {},
    "challenges": {"kind": "http-01"},
    "batches": {"state": "published"},
    "invoice_revisions": {"kind": "invoice", "status": "settled", "net": 1, "tax": 1, "gross": 2},
    "invoice_lines": {"kind": "usage", "tax_code": "zero"},
    "payment_revisions": {"status": "confirmed"},
    "calls": {"direction": "outbound", "type": "voice"},
}


def owned_tables(db: sqlite3.Connection) -> list[str]:
    """Every table with an organisation's rows, those that are referred to first."""
    names = [
        row["name"]
        for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    ]
    return [name for name in names if "organisation_id" in {row["name"] for row in columns(db, name)}]


def columns(db: sqlite3.Connection, table: str) -> list[sqlite3.Row]:
    return db.execute(f"PRAGMA table_info({table})").fetchall()


def fill(db: sqlite3.Connection, table: str, number: int) -> None:
    """One row of organisation `number`, whose accounts, users, invoices and so on have that number too."""
    texts = {"TEXT": f"{table}-{number}", "BLOB": f"{table}-{number}".encode(), "INTEGER": 1}
    values = {
        row["name"]: number if row["name"] in KEYS | {"id"} else texts[row["type"]]
        for row in columns(db, table)
        if row["name"] in KEYS | {"id"} or (row["notnull"] and row["dflt_value"] is None)
    }
    values |= CHECKED.get(table, {})
    if "hostname" in values:
        values["hostname"] = f"{number}.example"
    names = ", ".join(values)
    db.execute(f"INSERT INTO {table} ({names}) VALUES (:{', :'.join(values)})", values)


def filled(db: sqlite3.Connection) -> tuple[int, int]:
    """Two organisations with a row in every table."""
    first, second = (organisations.add(db, slug, slug.title(), NOW).id for slug in ("acme", "other"))
    for table in (*(name for name in owned_tables(db) if name != "portals"), *BY_HOSTNAME):
        fill(db, table, first)
        fill(db, table, second)
    return first, second


def rows_of(db: sqlite3.Connection, organisation_id: int) -> dict[str, int]:
    own, named = "organisation_id = :id", "hostname = :id || '.example'"
    found = {}
    for tables, whose in ((owned_tables(db), own), (BY_HOSTNAME, named)):
        for table in tables:
            row = db.execute(
                f"SELECT count(*) FROM {table} WHERE {whose}", {"id": organisation_id}
            ).fetchone()
            found[table] = row[0]
    return found


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
    details = Details("012", "GB1", "1 High Street", "020", "hello@acme.example", "Sort code 00-00-00")
    organisations.describe(db, acme.id, details)
    kept = db.execute(f"SELECT {', '.join(asdict(details))} FROM organisations ORDER BY id").fetchall()
    assert [tuple(row) for row in kept] == [astuple(details), astuple(Details())]


def test_suspended_organisation_is_resumed(db: sqlite3.Connection) -> None:
    added = organisations.add(db, "acme", "Acme", NOW)
    for suspended in (True, False):
        organisations.set_suspended(db, added.id, suspended)
        found = organisations.by_id(db, added.id)
        assert found and found.suspended == suspended


def test_removal_leaves_no_row_of_the_organisation_in_any_table(db: sqlite3.Connection) -> None:
    removed, _ = filled(db)
    assert set(rows_of(db, removed).values()) == {1}
    organisations.remove(db, removed)
    assert {table for table, rows in rows_of(db, removed).items() if rows} == set()
    assert [each.slug for each in organisations.every(db)] == ["other"]


def test_removal_leaves_every_row_of_another_organisation(db: sqlite3.Connection) -> None:
    removed, other = filled(db)
    before = rows_of(db, other)
    organisations.remove(db, removed)
    assert rows_of(db, other) == before


def test_removal_leaves_no_dangling_reference(db: sqlite3.Connection) -> None:
    removed, _ = filled(db)
    organisations.remove(db, removed)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
