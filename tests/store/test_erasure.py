import sqlite3
from datetime import UTC, date, datetime, timedelta

import pytest

from store import accounts, audit, erasure, outbox, retention, users
from store.bill import line_sums
from store.erasure import Extent
from store.outbox import Message, Purpose
from store.retention import Folded, Place
from tests import factories

NOW = factories.NOW


@pytest.fixture
def organisation_id(db: sqlite3.Connection) -> int:
    return factories.organisation(db).id


@pytest.fixture
def account_id(db: sqlite3.Connection, organisation_id: int) -> int:
    return factories.account(db, organisation_id)


def erase(db: sqlite3.Connection, organisation_id: int, account_id: int, now: datetime = NOW) -> None:
    erasure.ask(db, organisation_id, account_id, "staff:1", NOW)
    go_on(db, organisation_id, account_id, now)


def go_on(db: sqlite3.Connection, organisation_id: int, account_id: int, now: datetime = NOW) -> None:
    while erasure.go_on(db, organisation_id, account_id, now):
        pass


def count(db: sqlite3.Connection, table: str, organisation_id: int) -> int:
    query = f"SELECT count(*) FROM {table} WHERE organisation_id = ?"
    return int(db.execute(query, (organisation_id,)).fetchone()[0])


def customer(db: sqlite3.Connection, organisation_id: int, account_id: int) -> int:
    """An account with a user, an edit, an invoice with its calls and PDF, and a payment; the invoice's id."""
    user_id = factories.user(db, organisation_id)
    edit = {"phone": "0117 496 0000"}
    accounts.edit(db, organisation_id, account_id, edit, user_id=user_id, address="", now=NOW)
    invoice_id = factories.invoice(db, organisation_id, account_id)
    factories.line(db, organisation_id, invoice_id)
    factories.document(db, organisation_id, invoice_id)
    factories.call(db, organisation_id, account_id, invoice_id=invoice_id, line_position=1)
    factories.payment(db, organisation_id, account_id)
    factories.mandate(db, organisation_id, account_id)
    return invoice_id


def test_extent_says_what_goes_and_until_when_the_rest_stays(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    customer(db, organisation_id, account_id)
    assert erasure.extent(db, organisation_id, account_id) == Extent(1, 0, 1, 1, 1, date(2032, 11, 10))


def test_personal_data_go_and_vat_records_stay(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    invoice_id = customer(db, organisation_id, account_id)
    erase(db, organisation_id, account_id)
    for table in (
        "users",
        "memberships",
        "sessions",
        "account_edits",
        "calls",
        "mandates",
        "mandate_revisions",
    ):
        assert count(db, table, organisation_id) == 0, table
    for table in ("invoices", "invoice_lines", "documents", "document_pieces", "payments"):
        assert count(db, table, organisation_id) == 1, table
    account = accounts.find(db, organisation_id, account_id)
    assert account and (account.value("email"), account.value("phone")) == ("", "")
    assert account.name == "Harbour Coffee Ltd" and account.value("postcode") == "BS1 4RW"
    (kept,) = line_sums.gone(db, organisation_id, account_id, invoice_id)
    assert kept.calls == 1


def test_no_table_holds_their_addresses_any_more(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    customer(db, organisation_id, account_id)
    key = {"organisation_id": organisation_id, "account_id": account_id, "user_id": 1, "created_at": 1}
    ada, theirs = "ada@harbour.example", "accounts@harbour.example"
    rows: dict[str, dict[str, object]] = {
        "outbox": {
            "purpose": "reset",
            "recipient": ada,
            "sender": "s",
            "subject": "s",
            "body_text": ada,
            "body_html": "0117 496 0000",
            "message_id": "m",
        },
        "registrations": {"email": ada, "password_hash": "x", "proof": "invoice_facts"},
        "change_requests": {"changes": '{"phone": ["", "0117 496 0000"]}', "state": "waiting"},
        "tokens": {
            "token_hash": b"t",
            "purpose": "registration",
            "host": "h",
            "expires_at": 2,
            "email": theirs,
        },
        "mailing_items": {"purpose": "new_invoice", "object_id": 1, "recipient": theirs, "mailing_id": 1},
        "bulk_deed_rows": {"email": theirs, "deed_id": 1, "position": 1},
    }
    db.execute(
        "INSERT INTO mailings (id, organisation_id, kind, made_by, starts_at, created_at)"
        " VALUES (1, ?, 'invoices', 'cli', 0, 0)",
        (organisation_id,),
    )
    db.execute(
        "INSERT INTO bulk_deeds (id, organisation_id, kind, selection, asked_by, created_at)"
        " VALUES (1, ?, 'invite', '[]', 'cli', 0)",
        (organisation_id,),
    )
    for table, values in rows.items():
        columns = {row["name"] for row in db.execute(f"PRAGMA table_info({table})")}
        given = {name: value for name, value in (key | values).items() if name in columns}
        marks = ", ".join(f":{name}" for name in given)
        db.execute(f"INSERT INTO {table} ({', '.join(given)}) VALUES ({marks})", given)
    erase(db, organisation_id, account_id)
    left = {table for table in tables(db) for text in texts(db, table) if is_personal(text)}
    assert left == set()


def tables(db: sqlite3.Connection) -> list[str]:
    return [row["name"] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


def texts(db: sqlite3.Connection, table: str) -> list[str]:
    return [str(value) for row in db.execute(f"SELECT * FROM {table}") for value in tuple(row)]


def is_personal(text: str) -> bool:
    return any(part in text for part in ("@harbour.example", "0117 496 0000", "020 7946 0000"))


def test_erasure_is_written_down_once(db: sqlite3.Connection, organisation_id: int, account_id: int) -> None:
    customer(db, organisation_id, account_id)
    erase(db, organisation_id, account_id)
    go_on(db, organisation_id, account_id, NOW + timedelta(hours=1))
    deeds = [entry.action for entry in audit.of_organisation(db, organisation_id)]
    assert deeds.count("customer.erased") == 1
    asked = erasure.of_account(db, organisation_id, account_id)
    assert asked and asked.done_at == NOW


def test_mails_to_the_person_alone_go_with_the_sign_in(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    factories.account(db, organisation_id, "B200")
    ada = factories.user(db, organisation_id)
    both = factories.user(db, organisation_id, "both@harbour.example")
    factories.user(db, organisation_id, "both@harbour.example", reference="B200")
    for user_id, recipient in ((ada, "ada@harbour.example"), (both, "both@harbour.example")):
        message = Message(Purpose.RESET, recipient, "a@b.example", "", "Reset", "t", "h", user_id=user_id)
        outbox.put(db, organisation_id, message, NOW)
    erase(db, organisation_id, account_id)
    left = db.execute("SELECT recipient FROM outbox").fetchall()
    assert [row["recipient"] for row in left] == ["both@harbour.example"]


def test_a_step_reads_no_more_of_the_outbox_than_what_goes(db: sqlite3.Connection) -> None:
    key = {"organisation_id": 1, "account_id": 1, "asked_at": 1, "rows": 1}
    for statement in (each for each in erasure._STEPS if "FROM outbox" in each):
        plan = [row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}", key)]
        assert any("outbox_by_account" in step or "outbox_by_recipient" in step for step in plan), plan


def test_calls_that_wait_for_a_draft_keep_no_transaction_long(
    db: sqlite3.Connection, organisation_id: int, account_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def all_wait(*args: object) -> Folded:
        looks.append(args[-1])
        return Folded(0, Place(len(looks), 0, 0))

    monkeypatch.setattr(retention, "fold", all_wait)
    factories.invoice(db, organisation_id, account_id)
    erase(db, organisation_id, account_id)
    assert len(looks) == erasure.LOOKS


def test_user_of_two_customers_keeps_the_other(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    factories.invoice(db, organisation_id, account_id)
    other_id = factories.account(db, organisation_id, "B200")
    user_id = factories.user(db, organisation_id)
    factories.user(db, organisation_id, reference="B200")
    assert erasure.extent(db, organisation_id, account_id).shared_users == 1
    erase(db, organisation_id, account_id)
    assert [each.account_id for each in users.memberships(db, organisation_id, user_id)] == [other_id]


def test_what_an_import_brings_back_goes_again(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    customer(db, organisation_id, account_id)
    erase(db, organisation_id, account_id)
    db.execute("UPDATE account_revisions SET email = 'back@again.example'")
    go_on(db, organisation_id, account_id, NOW + timedelta(days=1))
    account = accounts.find(db, organisation_id, account_id)
    assert account and account.value("email") == ""


def test_user_who_comes_after_the_erasure_stays(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    customer(db, organisation_id, account_id)
    erase(db, organisation_id, account_id)
    late = NOW + timedelta(days=1)
    users.add(db, organisation_id, "new@harbour.example", factories.PASSWORD_HASH, "A100", late)
    go_on(db, organisation_id, account_id, late + timedelta(days=1))
    assert count(db, "users", organisation_id) == 1


@pytest.mark.parametrize(("year", "invoices"), [(2032, 1), (2033, 0)])
def test_vat_records_go_when_their_six_years_are_over(
    db: sqlite3.Connection, organisation_id: int, account_id: int, year: int, invoices: int
) -> None:
    customer(db, organisation_id, account_id)
    erase(db, organisation_id, account_id, datetime(year, 11, 1, tzinfo=UTC))
    assert count(db, "invoices", organisation_id) == invoices
    assert count(db, "document_pieces", organisation_id) == invoices
    assert count(db, "accounts", organisation_id) == invoices


def test_customer_without_records_goes_wholly_at_once(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    factories.user(db, organisation_id)
    erase(db, organisation_id, account_id)
    assert count(db, "accounts", organisation_id) == 0
    assert erasure.of_organisation(db, organisation_id) == []
    assert audit.of_organisation(db, organisation_id)[0].action == "customer.erased_wholly"


def test_pdf_that_two_invoices_share_stays_for_the_younger(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    for number, year in (("OLD", 2020), ("NEW", 2026)):
        invoice_id = factories.invoice(db, organisation_id, account_id, number, issued_on=date(year, 1, 1))
        db.execute("DELETE FROM document_pieces")
        factories.document(db, organisation_id, invoice_id)
    erase(db, organisation_id, account_id)
    assert count(db, "invoices", organisation_id) == 1
    assert count(db, "document_pieces", organisation_id) == 1


def test_other_customers_and_organisations_are_left_alone(
    db: sqlite3.Connection, organisation_id: int, account_id: int
) -> None:
    other = factories.organisation(db, "other", "Other Telecom").id
    theirs = factories.account(db, other)
    customer(db, other, theirs)
    before = {table: count(db, table, other) for table in ("users", "account_edits", "calls", "invoices")}
    erasure.ask(db, organisation_id, account_id, "staff:1", NOW)
    go_on(db, organisation_id, theirs)
    go_on(db, organisation_id, account_id)
    assert {table: count(db, table, other) for table in before} == before
    assert erasure.of_organisation(db, other) == []


def test_customer_of_another_organisation_cannot_be_asked_for(
    db: sqlite3.Connection, organisation_id: int
) -> None:
    other = factories.organisation(db, "other", "Other Telecom").id
    theirs = factories.account(db, other)
    with pytest.raises(sqlite3.IntegrityError):
        erasure.ask(db, organisation_id, theirs, "staff:1", NOW)
