"""Files that mean harm, or are not what they say: a clear reason, and a store as it was."""

import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.importing import pdf_source
from store.importing.columns import MOST_COLUMNS
from store.importing.documents import import_documents
from store.importing.report import Report
from store.importing.run import Task, import_csv
from store.importing.source import PRESETS, SourceFormat
from tests.store.importing.books import CUSTOMERS, NOW, SLUG, Books

UK_EXCEL = PRESETS["uk-excel"]
HEADER = "reference,name,phone\n"


@pytest.fixture
def as_before(full_books: Books) -> Iterator[Books]:
    """Books that must be seen at the end as they were at the beginning, with no file left beside them."""
    before, batches = full_books.visible(), full_books.rows("SELECT * FROM batches")
    yield full_books
    assert full_books.visible() == before
    assert full_books.rows("SELECT * FROM batches") == batches
    assert not list(full_books.folder.glob("store.db.import_*"))


@pytest.mark.parametrize(
    "cell",
    [
        '"=HYPERLINK(""http://evil.example"",""Click"")"',
        "=1+1",
        "@SUM(A1:A9)",
        "+cmd|'/C calc'!A0",
        "-2+3+cmd|'/C calc'!A0",
    ],
)
def test_a_formula_is_refused(as_before: Books, cell: str) -> None:
    assert "formula" in as_before.reason("customers", f"{HEADER}A1,{cell},\n")


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("- Discount (10%)", "- Discount (10%)"),
        ("@home Ltd", "@home Ltd"),
        ("-Net", "-Net"),
        ("'=SUM(A1)", "=SUM(A1)"),
        ("O'Neil", "O'Neil"),
        ("'t Hooft", "'t Hooft"),
    ],
)
def test_what_only_looks_like_a_formula_is_text(books: Books, cell: str, kept: str) -> None:
    assert books.put("customers", f"{HEADER}A1,{cell},+44 (0)20 7946 0000\n").added == 1
    assert books.rows("SELECT name, phone FROM visible_accounts") == [(kept, "+44 (0)20 7946 0000")]


def test_text_that_excel_keeps_by_a_formula_is_read_when_declared(books: Books) -> None:
    text = HEADER + '"=""0012""",Alpha,\n'
    assert "formula" in books.reason("customers", text)
    assert books.put("customers", text, source=UK_EXCEL).added == 1
    assert books.rows("SELECT reference FROM accounts") == [("0012",)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (CUSTOMERS.encode("utf-16"), "UTF-16"),
        (CUSTOMERS.encode("utf-16-le"), "UTF-16"),
        (CUSTOMERS.encode("utf-16-be"), "UTF-16"),
        (f"{HEADER}A1,Café,\n".encode("cp1252"), "--encoding cp1252"),
        (b"reference,name\nA1,Al\0pha\n", "NUL"),
        (b"PK\x03\x04" + b"\0" * 2000, "spreadsheet or a ZIP"),
        (b"\0" * 5000, "UTF-16"),
        (b"\xff\xfe\x00\x00", "UTF-16"),
        (b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel workbook"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"\x89PNG\r\n\x1a\n", "missing from the header"),
    ],
)
def test_bytes_that_are_no_such_text_are_refused(as_before: Books, content: bytes, reason: str) -> None:
    assert reason in as_before.reason("customers", content)


def test_utf_8_declared_as_something_else_is_refused(as_before: Books) -> None:
    text = f"{HEADER}A1,Café,\n".encode()
    assert "UTF-8 read as cp1252" in as_before.reason("customers", text, SourceFormat(encoding="cp1252"))


def test_a_line_of_a_hundred_megabytes_is_refused_in_little_memory(as_before: Books) -> None:
    path = as_before.folder / "long.csv"
    with path.open("wb") as file:
        file.write(HEADER.encode() + b"A1,")
        for _ in range(100):
            file.write(b"x" * 2**20)
    peak = peak_of(path, as_before)
    assert peak < 40 * 2**20


def test_a_row_over_endless_lines_is_refused_in_little_memory(as_before: Books) -> None:
    path = as_before.folder / "lines.csv"
    path.write_bytes(HEADER.encode() + b'A1,"' + b'\n","' * 3_000_000)
    peak = peak_of(path, as_before)
    assert peak < 80 * 2**20


def peak_of(path: Path, books: Books) -> int:
    """The most memory that reading took, in bytes."""
    tracemalloc.start()
    try:
        report = import_csv(books.store, Task("customers", path, SLUG), lambda: NOW)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert report.refused and "longer than" in report.refusals[0].reason
    return peak


def test_ten_thousand_columns_are_one_refusal(as_before: Books) -> None:
    header = ",".join(f"c{number}" for number in range(10_000))
    report = as_before.put("customers", f"{header}\n{header}\n")
    assert [refusal.reason for refusal in report.refusals] == [
        f"has 10,000 columns; at most {MOST_COLUMNS} are read"
    ]


def test_a_column_that_stands_twice_is_refused(as_before: Books) -> None:
    assert as_before.refusals("customers", "reference,name,Name\nA1,a,b\n") == [(1, "name")]


def test_a_cell_larger_than_a_cell_can_be_is_refused(as_before: Books) -> None:
    assert "not CSV from here on" in as_before.reason("customers", f"{HEADER}A1,{'x' * 200_000},\n")


def test_a_zip_that_claims_ten_gigabytes_is_refused(
    as_before: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = as_before.folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(600):
            archive.writestr(f"INV_{number}.pdf", b"%PDF-")
    claimed(path, 17 * 2**20)
    read: list[object] = []
    monkeypatch.setattr(pdf_source.PdfFile, "pieces", lambda *each: read.append(each))
    with pytest.raises(zipfile.BadZipFile, match=r"unpacks to .* times its size"):
        documents(as_before, path)
    assert read == []


def test_one_member_that_claims_ten_gigabytes_is_refused(as_before: Books) -> None:
    path = as_before.folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("INV_1.pdf", b"%PDF-" + b"0" * 30 * 2**20)
        archive.writestr("INV_2.pdf", bytes(range(256)) * 2000)
    assert "larger than the 20 MiB" in documents(as_before, path).refusals[0].reason


def claimed(path: Path, size: int) -> None:
    """Let the directory of a ZIP say that each member unpacks to `size`."""
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    while at >= 0:
        content[at + 24 : at + 28] = size.to_bytes(4, "little")
        at = content.find(b"PK\x01\x02", at + 4)
    path.write_bytes(content)


def documents(books: Books, path: Path) -> Report:
    return import_documents(books.store, Task("documents", path, SLUG), lambda: NOW)
