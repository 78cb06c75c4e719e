"""A dry run says what would come of it, and changes nothing."""

import sqlite3
from pathlib import Path

import pytest

from store import attempts
from store.attempts import Asked
from store.importing.documents import import_documents
from store.importing.report import Report
from store.importing.run import NotWaiting, Task
from tests.store.importing.books import ALL, CALLS, CUSTOMERS, INVOICES, LINES, NOW, SLUG, Books


def dry(books: Books, kind: str, text: str) -> Report:
    return books.make(books.task(kind, text, dry_run=True))


def counts(report: Report) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.superseded, report.refused


def content(store: Path) -> list[str]:
    db = sqlite3.connect(store)
    try:
        return list(db.iterdump())
    finally:
        db.close()


CHANGES = [
    ("customers", CUSTOMERS.replace("Alpha Ltd", "Alpha plc") + "A3,Gamma,\n", (2, 1, 1, 0, 0)),
    ("invoices", INVOICES.replace("2026-10-31,100", "2026-11-30,100"), (1, 1, 1, 0, 0)),
    ("mandates", ALL["mandates"].replace("active", "failed"), (1, 1, 1, 0, 0)),
    ("calls", CALLS.replace("0.0412", "0.05"), (1, 1, 2, 0, 0)),
    ("payments", ALL["payments"].replace("paidOut", "failed"), (1, 1, 1, 0, 0)),
    ("allocations", ALL["allocations"].replace("INV/1,60.00", "INV/1,70.00"), (1, 1, 0, 0, 0)),
    (
        "invoice_lines",
        "invoice_number,position,description,net,tax_code,tax_rate,tax\nINV/1,1,All,100.00,standard,20,20.00\n",
        (1, 1, 0, 1, 0),
    ),
]


@pytest.mark.parametrize(("kind", "text", "expected"), CHANGES)
def test_it_says_what_the_import_then_does(
    full_books: Books, kind: str, text: str, expected: tuple[int, int, int, int, int]
) -> None:
    assert counts(dry(full_books, kind, text)) == expected
    assert counts(full_books.put(kind, text)) == expected


@pytest.mark.parametrize(("kind", "text", "expected"), CHANGES)
def test_nothing_at_all_is_written(
    full_books: Books, kind: str, text: str, expected: tuple[int, int, int, int, int]
) -> None:
    before = content(full_books.store)
    dry(full_books, kind, text + "x\n")
    assert content(full_books.store) == before
    assert not list(full_books.folder.glob("store.db.import_*"))


@pytest.mark.parametrize("kind", ALL)
def test_all_is_unchanged_of_what_stands(full_books: Books, kind: str) -> None:
    rows = ALL[kind].count("\n") - 1
    assert counts(dry(full_books, kind, ALL[kind])) == (0, 0, rows, 0, 0)


@pytest.mark.parametrize("kind", ALL)
def test_all_is_new_to_an_empty_store_or_refused(books: Books, kind: str) -> None:
    report = dry(books, kind, ALL[kind])
    rows = ALL[kind].count("\n") - 1
    assert report.added + report.refused == rows == report.read


def test_good_rows_are_counted_beside_refused_ones(full_books: Books) -> None:
    report = dry(full_books, "customers", CUSTOMERS + "A3,,\nA4,Delta,\n")
    assert counts(report) == (1, 0, 2, 0, 1)
    assert [(refusal.row, refusal.column) for refusal in report.refusals] == [(4, "name")]


def test_rows_of_a_draft_are_refused(full_books: Books) -> None:
    full_books.put("customers", CUSTOMERS.replace("Alpha", "Alfa"), draft=True)
    report = dry(full_books, "customers", CUSTOMERS.replace("Alpha", "Alpa"))
    assert counts(report) == (0, 0, 1, 0, 1)


def test_an_attempt_that_asked_for_it_keeps_what_was_found(full_books: Books) -> None:
    asked = Asked("invoice_lines", "lines.csv", "staff:3", mode="dry_run")
    attempt_id = full_books.write(attempts.create, asked, NOW)
    full_books.make(full_books.task("invoice_lines", LINES, dry_run=True, attempt_id=attempt_id))
    found = full_books.read(attempts.find, attempt_id)
    assert found and (found.state, found.outcome.rows_unchanged, found.asked) == ("checked", 3, asked)
    with pytest.raises(NotWaiting):
        full_books.make(full_books.task("invoice_lines", LINES, dry_run=True, attempt_id=attempt_id))


def test_documents_are_looked_at_only(full_books: Books) -> None:
    folder = full_books.folder / "pdfs"
    folder.mkdir()
    (folder / "INV_1.pdf").write_bytes(b"%PDF-1")
    (folder / "INV_9.pdf").write_bytes(b"%PDF-1")
    before = content(full_books.store)
    task = Task("documents", folder, SLUG, dry_run=True)
    assert counts(import_documents(full_books.store, task, lambda: NOW)) == (1, 0, 0, 0, 1)
    assert content(full_books.store) == before
