"""Customers' own edits and what imports say later: which stands, which dissolves, what an admin decides."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from store import account_edit_log, accounts, batches, conflicts
from store.conflicts import Conflict, Cursor, Verdict, verdict
from tests.store.importing.books import NOW, Books, new_books

HEADER = "reference,name,phone,town\n"


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """One customer, A1, whose phone is 1 and whose town is Bath."""
    books = new_books(tmp_path)
    source(books, "1")
    books.write(
        lambda db, o: db.execute(
            "INSERT INTO users (id, organisation_id, email, password_hash, created_at)"
            " VALUES (7, 1, 'ada@a.test', 'x', 0)"
        )
    )
    return books


def source(books: Books, phone: str, town: str = "Bath", *, draft: bool = False) -> int:
    """The source says this now."""
    report = books.put("customers", f"{HEADER}A1,Alpha,{phone},{town}\n", draft=draft)
    assert report.batch_id
    return report.batch_id


def edit(books: Books, **values: str) -> None:
    books.write(accounts.edit, 1, values, user_id=7, address="", now=NOW)


def stands(books: Books, field: str = "phone") -> str:
    account = books.read(accounts.find, 1)
    assert account
    return account.value(field)


def waiting(books: Books) -> list[tuple[str, str, str, str]]:
    found = books.read(conflicts.page)
    assert books.read(conflicts.count) == len(found)
    return [(each.field, each.before, each.now, each.value) for each in found]


@given(some.text(), some.text(), some.text())
def test_the_customers_value_is_lost_only_where_the_source_agrees(before: str, now: str, value: str) -> None:
    found = verdict(before, now, value)
    assert (found is Verdict.DISSOLVES) == (now == value)
    assert (found is Verdict.STANDS) == (now == before and now != value)


def test_an_edit_stands_when_the_source_says_the_same_again(books: Books) -> None:
    edit(books, phone="2")
    source(books, "1", "Wells")
    assert (stands(books), stands(books, "town"), waiting(books)) == ("2", "Wells", [])


def test_a_changed_source_overwrites_what_nobody_edited(books: Books) -> None:
    edit(books, phone="2")
    source(books, "1", "Wells")
    assert stands(books, "town") == "Wells"


def test_a_source_that_comes_to_agree_ends_the_edit(books: Books) -> None:
    edit(books, phone="2")
    source(books, "2")
    assert (stands(books), waiting(books)) == ("2", [])
    source(books, "3")
    assert (stands(books), waiting(books)) == ("3", [])


def test_an_ended_edit_is_back_when_the_agreement_is_withdrawn(books: Books) -> None:
    edit(books, phone="2")
    agreed, later = source(books, "2"), source(books, "3")
    for batch_id in (later, agreed):
        assert not isinstance(books.write(batches.withdraw, batch_id), batches.NotPossible)
    assert (stands(books), waiting(books)) == ("2", [])
    source(books, "3")
    assert waiting(books) == [("phone", "1", "3", "2")]


def test_both_changed_is_a_conflict_and_the_customers_value_stands(books: Books) -> None:
    edit(books, phone="2")
    batch_id = source(books, "3")
    (found,) = books.read(conflicts.page)
    assert (found.reference, found.user, found.batch_id, found.edited_at) == (
        "A1",
        "ada@a.test",
        batch_id,
        NOW,
    )
    assert waiting(books) == [("phone", "1", "3", "2")] and stands(books) == "2"


def test_a_draft_makes_no_conflict_before_it_is_published(books: Books) -> None:
    edit(books, phone="2")
    batch_id = source(books, "3", draft=True)
    assert waiting(books) == []
    books.write(batches.publish, batch_id, NOW)
    assert waiting(books) == [("phone", "1", "3", "2")]


def test_a_conflict_goes_on_when_the_customer_edits_again(books: Books) -> None:
    edit(books, phone="2")
    source(books, "3")
    edit(books, phone="4")
    assert waiting(books) == [("phone", "1", "3", "4")]
    edit(books, phone="3")
    assert (stands(books), waiting(books)) == ("3", [])


def decide(books: Books, conflict: Conflict, keep: conflicts.Keep) -> bool:
    return books.write(conflicts.resolve, conflict, keep, actor="staff:3", now=NOW)


def test_the_customers_value_can_be_kept(books: Books) -> None:
    edit(books, phone="2")
    source(books, "3")
    (found,) = books.read(conflicts.page)
    assert decide(books, found, "customer")
    assert (stands(books), waiting(books)) == ("2", [])
    source(books, "3", "Wells")
    assert waiting(books) == []
    source(books, "4")
    assert waiting(books) == [("phone", "3", "4", "2")]


def test_the_sources_value_can_be_taken(books: Books) -> None:
    edit(books, phone="2")
    source(books, "3")
    (found,) = books.read(conflicts.page)
    assert decide(books, found, "source")
    assert (stands(books), waiting(books)) == ("3", [])
    source(books, "4")
    assert stands(books) == "4"


def test_a_conflict_that_is_another_by_now_is_not_decided(books: Books) -> None:
    edit(books, phone="2")
    source(books, "3")
    (shown,) = books.read(conflicts.page)
    edit(books, phone="9")
    assert not decide(books, shown, "source")
    assert stands(books) == "9"


def test_all_are_decided_in_steps(books: Books) -> None:
    edit(books, phone="2", town="Wells")
    source(books, "3", "York")
    resolve = {"actor": "staff:3", "now": NOW, "limit": 1}
    first = books.write(conflicts.resolve_some, "source", **resolve)
    assert [each.field for each in first] == ["phone"] and len(waiting(books)) == 1
    assert len(books.write(conflicts.resolve_some, "source", **resolve)) == 1
    assert books.write(conflicts.resolve_some, "source", **resolve) == []
    assert (stands(books), stands(books, "town")) == ("3", "York")


def test_conflicts_are_listed_in_pages(books: Books) -> None:
    edit(books, phone="2", town="Wells")
    source(books, "3", "York")
    assert [each.field for each in books.read(conflicts.page, limit=1)] == ["phone"]
    assert [each.field for each in books.read(conflicts.page, after=Cursor(1, "phone"))] == ["town"]


def test_conflicts_of_another_organisation_are_not_there(books: Books) -> None:
    edit(books, phone="2")
    source(books, "3")
    (found,) = books.read(conflicts.page)

    def others(db: sqlite3.Connection, organisation_id: int) -> tuple[object, ...]:
        return (
            conflicts.page(db, 2),
            conflicts.count(db, 2),
            conflicts.find(db, 2, 1, "phone"),
            conflicts.resolve(db, 2, found, "source", actor="staff:9", now=NOW),
            account_edit_log.page(db, 2),
        )

    assert books.write(others) == ([], 0, None, False, [])
    assert stands(books) == "2"


def test_every_change_is_in_the_log(books: Books) -> None:
    edit(books, phone="2")
    edit(books, phone="4")
    source(books, "3")
    (found,) = books.read(conflicts.page)
    decide(books, found, "source")
    log = books.read(account_edit_log.page)
    assert [edited.cells() for edited in log] == [
        ("A1", "phone", "2", "1", "2026-11-22T12:00:00Z", "ada@a.test"),
        ("A1", "phone", "4", "2", "2026-11-22T12:00:00Z", "ada@a.test"),
        ("A1", "phone", "3", "4", "2026-11-22T12:00:00Z", "staff:3"),
    ]
    assert [edited.id for edited in books.read(account_edit_log.page, log[0].id, 1)] == [log[1].id]


def test_the_log_is_only_added_to(books: Books) -> None:
    edit(books, phone="2")
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        books.write(lambda db, o: db.execute("UPDATE account_edit_log SET value = 'x'"))
