"""What is wrong with a file as a file."""

import pytest

from store.importing.source import PRESETS, SourceFormat
from store.importing.stage import ROWS_A_REPORT
from tests.store.importing.books import CUSTOMERS, Books

UK_EXCEL = PRESETS["uk-excel"]


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("", (0, ""), "empty"),
        ("name\nAlpha\n", (1, "reference"), "missing"),
        ("reference;colour\nA1;Alpha\n", (1, "reference"), "divided by commas"),
        ("reference,name,name\nA1,a,b\n", (1, "name"), "twice"),
        ("reference,name\nA1\n", (2, ""), "has 1 cells"),
        ("reference,name\n\nA1,Alpha,x\n", (3, ""), "has 3 cells"),
        ("reference,name\nA1,\n", (2, "name"), "is empty"),
        ("reference,name\nA1,Al\0pha\n", (2, "name"), "NUL"),
        (f"reference,name\nA1,{'x' * 201}\n", (2, "name"), "at most 200"),
        ('reference,name\nA1,"Alpha\n', (2, ""), "not CSV"),
        ('reference,name\nA1,"Al"pha\n', (2, ""), "not CSV"),
        ("reference,name\nA1,Alpha\nA1,Beta\n", (3, "reference"), "same as in row 2"),
        ("reference,name,type\nA1,Alpha,firm\n", (2, "type"), "business"),
        ("reference,name,email\nA1,Alpha,at home\n", (2, "email"), "e-mail"),
    ],
)
def test_a_fault_is_named_with_its_row_and_column(
    books: Books, text: str, where: tuple[int, str], reason: str
) -> None:
    refusal = books.put("customers", text).refusals[0]
    assert (refusal.row, refusal.column) == where
    assert reason in refusal.reason


def test_all_faults_of_a_row_are_told(books: Books) -> None:
    text = "reference,name,type,email\n,,firm,x\n,,,\nA2,Beta,,\n"
    assert books.refusals("customers", text) == [(2, "reference"), (2, "name"), (2, "type"), (2, "email")]


def test_rows_are_counted_as_a_spreadsheet_does(books: Books) -> None:
    text = 'reference,name\nA1,"two\nlines"\n\n,\nA2,\n'
    assert books.refusals("customers", text) == [(5, "name")]


def test_unknown_columns_are_told_and_passed_over(books: Books) -> None:
    report = books.put("customers", "Reference,colour,NAME\nA1,red,Alpha\n")
    assert report.added == 1
    assert report.notices == ("columns that are not used: colour",)


def test_a_header_without_rows_is_told(books: Books) -> None:
    assert books.put("customers", "reference,name\n").notices == ("the file has a header and no rows",)


@pytest.mark.parametrize("source", [SourceFormat(), UK_EXCEL])
def test_a_byte_order_mark_makes_it_utf_8(books: Books, source: SourceFormat) -> None:
    books.put("customers", "reference,name\r\nA1,Café\r\n".encode("utf-8-sig"), source=source)
    assert books.visible()["visible_accounts"][0][1] == "Café"


def test_cp1252_is_read_only_when_declared(books: Books) -> None:
    text = "reference,name\nA1,Café £5\n".encode("cp1252")
    (refusal,) = books.put("customers", text).refusals
    assert (refusal.row, refusal.column) == (2, "name") and "--encoding cp1252" in refusal.reason
    books.put("customers", text, source=UK_EXCEL)
    assert books.visible()["visible_accounts"][0][1] == "Café £5"


def test_utf_8_declared_as_cp1252_is_refused(books: Books) -> None:
    assert "UTF-8 read as cp1252" in books.reason("customers", "reference,name\nA1,Café\n", UK_EXCEL)


@pytest.mark.parametrize("start", [b"\xff\xfe", b"PK\x03\x04"])
def test_what_is_no_csv_is_refused_as_a_whole(books: Books, start: bytes) -> None:
    assert books.refusals("customers", start + b"reference") == [(0, "")]


def test_many_faults_are_counted(books: Books) -> None:
    rows = ROWS_A_REPORT + 10
    report = books.put("customers", "reference,name\n" + "A1,\n" * rows)
    assert (report.read, report.refused, len(report.refusals)) == (rows, rows, 1000)


def test_excel_references_find_their_zeros_again(books: Books) -> None:
    books.put("customers", "reference,name\n00017,Alpha\n")
    text = "number,account_reference,date,net,tax,gross\n1,17,22/11/2026,£5.00,£1.00,£6.00\n"
    assert "“00017” is known" in books.reason("invoices", text.replace("22/11/2026", "2026-11-22"))
    assert books.put("invoices", text.encode("cp1252"), source=UK_EXCEL).added == 1


def test_an_unknown_customer_is_refused(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    text = "number,account_reference,date,net,tax,gross\n1,A9,2026-11-22,5,1,6\n"
    assert "no customer “A9”" in books.reason("invoices", text)
