"""An organisation goes with all it owns, and with nothing that others own, in steps."""

import sqlite3
from datetime import UTC, datetime

from store import organisations, removal

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEYS = {
    "organisation_id",
    "account_id",
    "mailing_id",
    "user_id",
    "batch_id",
    "invoice_id",
    "payment_id",
    "mandate_id",
    "attempt_id",
    "upload_id",
    "deed_id",
}
WITH_IT = {"portals", "provider_labels"}
"""What an organisation is made with."""
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
    "mandate_revisions": {
        "scheme": "bacs",
        "status": "active",
        "account_ending": "4021",
        "collection_day": 1,
    },
    "tokens": {"purpose": "reset"},
    "images": {"rendition": "logo"},
    "mailings": {"kind": "invoices"},
    "mailing_items": {"purpose": "new_invoice"},
    "registrations": {"proof": "mailed_invoice"},
    "bulk_deeds": {"kind": "invite"},
    "calls": {"direction": "outbound", "type": "voice"},
}


def owned_tables(db: sqlite3.Connection) -> list[str]:
    """Every table with an organisation's rows, those that are referred to first."""
    names = [
        row["name"]
        for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    ]
    names.remove("released_names")  # whose a name was is kept a month for its safety, whatever became of them
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
    for table in (*(name for name in owned_tables(db) if name not in WITH_IT), *BY_HOSTNAME):
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


def remove(db: sqlite3.Connection, organisation_id: int) -> None:
    removal.begin(db, organisation_id, NOW)
    while removal.go_on(db, organisation_id):
        pass


def test_removal_leaves_no_row_of_the_organisation_in_any_table(db: sqlite3.Connection) -> None:
    removed, _ = filled(db)
    assert set(rows_of(db, removed).values()) == {1}
    remove(db, removed)
    assert {table for table, rows in rows_of(db, removed).items() if rows} == set()
    assert [each.slug for each in organisations.every(db)] == ["other"]


def test_removal_leaves_every_row_of_another_organisation(db: sqlite3.Connection) -> None:
    removed, other = filled(db)
    before = rows_of(db, other)
    remove(db, removed)
    assert rows_of(db, other) == before


def test_removal_leaves_no_dangling_reference(db: sqlite3.Connection) -> None:
    removed, _ = filled(db)
    remove(db, removed)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_removal_goes_on_where_it_was_interrupted(db: sqlite3.Connection) -> None:
    removed, _ = filled(db)
    removal.begin(db, removed, NOW)
    assert removal.go_on(db, removed)
    found = organisations.by_id(db, removed)
    assert found and found.suspended
    remove(db, removed)
    assert organisations.by_id(db, removed) is None


def test_a_step_removes_few_rows_of_many(db: sqlite3.Connection) -> None:
    removed, _ = filled(db)
    for number in range(2000):
        db.execute(
            "INSERT INTO audit (organisation_id, actor, action, object, at) VALUES (?, 'cli', 'x', ?, 0)",
            (removed, str(number)),
        )
    count = "SELECT count(*) FROM audit WHERE organisation_id = ?"
    removal.begin(db, removed, NOW)
    before, steps = db.execute(count, (removed,)).fetchone()[0], 0
    while db.execute(count, (removed,)).fetchone()[0] == before:
        assert removal.go_on(db, removed)
        steps += 1
    assert before - db.execute(count, (removed,)).fetchone()[0] <= 500
