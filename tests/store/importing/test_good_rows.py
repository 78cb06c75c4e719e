"""Good rows are imported, bad ones are kept to be mended."""

import csv
import io

import pytest

from store import attempts, refused_rows
from store.importing.report import Report
from tests.store.importing.books import ALL, CUSTOMERS, INVOICES, LINES, PAYMENTS, Books


def good(books: Books, kind: str, text: str) -> Report:
    return books.make(books.task(kind, text, good_rows=True))


def kept(books: Books, report: Report) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(row.row, row.reason, row.cells) for row in books.read(refused_rows.page, report.attempt_id)]


def test_good_rows_are_seen_and_bad_ones_kept(books: Books) -> None:
    report = good(books, "customers", "reference,name,email\nA1,Alpha,\nA2,,\nA3,Gamma,at home\n")
    assert (report.read, report.added, report.refused) == (3, 1, 2)
    assert [row[0] for row in books.visible()["visible_accounts"]] == ["A1"]
    assert kept(books, report) == [
        (3, "name: is empty", ("A2", "", "")),
        (4, "email: “at home” is not an e-mail address", ("A3", "Gamma", "at home")),
    ]


def test_a_batch_and_its_attempt_say_how_many_were_refused(books: Books) -> None:
    report = good(books, "customers", "reference,name\nA1,Alpha\nA2,\n")
    attempt = books.read(attempts.find, report.attempt_id)
    assert attempt and attempt.state == "imported" and attempt.outcome.batch_id == report.batch_id
    assert (attempt.outcome.rows_added, attempt.outcome.rows_refused) == (1, 1)
    assert books.rows("SELECT rows_refused FROM batches") == [(1,)]


def test_nothing_is_imported_when_no_row_is_good(books: Books) -> None:
    report = good(books, "customers", "reference,name\nA1,\nA2,\n")
    assert (report.batch_id, report.refused) == (None, 2)
    assert books.rows("SELECT count(*) FROM batches") == [(0,)]


def test_all_rows_of_a_key_that_stands_twice_are_refused(books: Books) -> None:
    report = good(books, "customers", "reference,name\nA1,Alpha\nA2,Beta\nA1,Alfa\n")
    assert (report.added, report.refused) == (1, 2)
    assert [row[:2] for row in kept(books, report)] == [
        (2, "reference: is the same as in row 4"),
        (4, "reference: is the same as in row 2"),
    ]


def test_mended_rows_complete_the_import(books: Books) -> None:
    report = good(books, "customers", "reference,name,phone\nA1,Alpha,+44 20\nA2,,+44 30\nA3,,-5\n")
    attempt = books.read(attempts.find, report.attempt_id)
    assert attempt
    lines = [refused_rows.csv_header(attempt.header, attempt.delimiter)]
    lines += [
        refused_rows.csv_line(attempt.header, row, attempt.delimiter)
        for row in books.read(refused_rows.page, report.attempt_id)
    ]
    download = "".join(lines)
    assert list(csv.reader(io.StringIO(download))) == [
        ["reference", "name", "phone", "reason"],
        ["A2", "", "'+44 30", "row 3: name: is empty"],
        ["A3", "", "-5", "row 4: name: is empty"],
    ]
    again = good(books, "customers", download.replace("A2,", "A2,Beta").replace("A3,", "A3,Gamma"))
    assert (again.added, again.refused) == (2, 0)
    assert books.rows("SELECT phone FROM visible_accounts ORDER BY phone") == [
        ("+44 20",),
        ("+44 30",),
        ("-5",),
    ]


def test_an_invoice_of_which_a_line_is_bad_is_left_whole(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    books.put("invoices", INVOICES)
    report = good(books, "invoice_lines", LINES.replace("Calls,40.00", "Calls,forty"))
    assert (report.added, report.refused) == (1, 2)
    assert [row[:2] for row in kept(books, report)] == [
        (2, "invoice_number: belongs with row 3, which is refused"),
        (3, "net: “forty”: not a decimal number such as 1234.50"),
    ]
    assert books.rows("SELECT invoice_id FROM visible_invoice_lines") == [(2,)]


def test_an_invoice_whose_lines_do_not_add_up_is_left_whole(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    books.put("invoices", INVOICES)
    report = good(books, "invoice_lines", LINES.replace("INV/1,2", "INV/l,2"))
    assert (report.added, report.refused) == (1, 2)
    assert books.rows("SELECT invoice_id FROM visible_invoice_lines") == [(2,)]
    assert books.rows("SELECT invoice_id FROM visible_invoice_taxes") == [(2,)]


def test_an_allocation_of_no_known_payment_refuses_them_all(full_books: Books) -> None:
    before = full_books.visible()
    text = "payment_external_id,invoice_number,amount\nP1,INV/1,10.00\nPX,INV/1,5.00\n"
    report = good(full_books, "allocations", text)
    assert (report.batch_id, report.refused) == (None, 1)
    assert full_books.visible() == before


def test_rows_of_a_draft_are_left(full_books: Books) -> None:
    full_books.put("customers", CUSTOMERS.replace("Alpha Ltd", "Alpha plc"), draft=True)
    report = good(full_books, "customers", CUSTOMERS.replace("Ltd", "plc") + "A9,New,\n")
    assert (report.added, report.refused) == (2, 1)
    ((row, reason, cells),) = kept(full_books, report)
    assert (row, cells[0]) == (2, "A1") and "a draft" in reason


def test_nothing_is_taken_after_broken_quoting(books: Books) -> None:
    report = good(books, "customers", 'reference,name\nA1,Alpha\nA2,"Beta\n')
    assert (report.batch_id, report.refused) == (None, 1)
    assert books.visible()["visible_accounts"] == []


@pytest.mark.parametrize("kind", ALL)
def test_a_good_file_is_imported_as_ever(books: Books, kind: str) -> None:
    for each, text in ALL.items():
        report = good(books, each, text)
        assert report.refused == 0 and report.batch_id
        if each == kind:
            return


def test_refused_rows_are_kept_when_all_are_refused(full_books: Books) -> None:
    report = full_books.put("payments", PAYMENTS.replace("2026-10-20,paidOut", "20/10/2026,paidOut"))
    attempt = full_books.read(attempts.find, report.attempt_id)
    assert attempt and attempt.state == "refused" and "--dates dmy" in attempt.outcome.reason
    ((row, reason, cells),) = kept(full_books, report)
    assert (row, cells) == (2, ("P1", "A1", "20/10/2026", "paidOut", "120.00", "INV/1"))
    assert reason.startswith("date: ")


def test_refused_rows_of_another_organisation_are_not_there(full_books: Books) -> None:
    report = full_books.put("customers", "reference,name\nA1,\n")
    assert full_books.read(lambda db, o: refused_rows.page(db, 2, report.attempt_id or 0)) == []
    assert full_books.read(lambda db, o: attempts.find(db, 2, report.attempt_id or 0)) is None


def test_rows_of_attempts_long_past_are_forgotten(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused_rows, "KEPT_ATTEMPTS", 2)
    reports = [books.put("customers", "reference,name\nA1,\n") for _ in range(4)]
    kept_of = [len(books.read(refused_rows.page, report.attempt_id)) for report in reports]
    assert kept_of == [0, 1, 1, 1]


def test_a_row_too_long_to_be_kept_is_named_all_the_same(books: Books) -> None:
    text = f"reference,name,a,b\nA1,,{'x' * 60_000},{'y' * 60_000}\n"
    ((row, reason, cells),) = kept(books, books.put("customers", text))
    assert (row, reason, cells) == (2, "name: is empty", ())
