import sqlite3
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from store import refused_rows
from store.importing import pdf_source
from store.importing.documents import PIECE_BYTES, import_documents
from store.importing.report import Report
from store.importing.run import Task
from tests.store.importing.books import CUSTOMERS, NOW, SLUG, Books

PDF = b"%PDF-1.7\n" + b"x" * 100


def put(books: Books, path: Path) -> Report:
    return import_documents(books.store, Task("documents", path, SLUG), lambda: NOW)


def directory(books: Books, **files: bytes) -> Path:
    folder = books.folder / "pdf"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.pdf").write_bytes(content)
    return folder


def archive(books: Books, members: dict[str, bytes]) -> Path:
    path = books.folder / "pdf.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_documents_are_found_by_invoice_number(full_books: Books) -> None:
    big = PDF + b"y" * (2 * PIECE_BYTES)
    report = put(full_books, directory(full_books, **{"INV_1": PDF, "INV-2": big}))
    assert (report.read, report.added) == (2, 2)
    assert full_books.rows("SELECT invoice_id, size FROM visible_documents") == [(1, 109), (2, len(big))]
    pieces = full_books.rows("SELECT sum(length(bytes)), count(*) FROM document_pieces")
    assert pieces == [(len(PDF) + len(big), 4)]


def test_documents_are_unchanged_when_imported_again(full_books: Books) -> None:
    folder = directory(full_books, INV_1=PDF)
    put(full_books, folder)
    assert put(full_books, folder).unchanged == 1
    put(full_books, directory(full_books, INV_1=PDF + b"z"))
    assert full_books.rows("SELECT size FROM visible_documents") == [(110,)]


def test_a_zip_with_a_folder_is_taken(full_books: Books) -> None:
    path = archive(full_books, {"october/INV_1.PDF": PDF, "__MACOSX/._INV_1.pdf": b"junk"})
    report = put(full_books, path)
    assert (report.added, report.refused) == (1, 0)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("INV_1.pdf", b"<html>", "not a PDF"),
        ("INV_1.pdf", b"", "empty"),
        ("INV_9.pdf", PDF, "no invoice"),
        ("INV_1.doc", PDF, "not named"),
        ("../INV_1.pdf", PDF, "leads out"),
        ("/INV_1.pdf", PDF, "leads out"),
        ("C:/INV_1.pdf", PDF, "leads out"),
        ("INV_1.pdf", PDF + b"0" * 21 * 2**20, "larger than"),
    ],
)
def test_a_member_that_cannot_be_is_refused(
    full_books: Books, name: str, content: bytes, reason: str
) -> None:
    report = put(full_books, archive(full_books, {name: content, "INV_2.pdf": PDF}))
    assert report.refused == 1 and reason in report.refusals[0].reason
    assert full_books.visible()["visible_documents"] == []


def test_two_documents_of_one_invoice_are_refused(full_books: Books) -> None:
    report = put(full_books, directory(full_books, **{"INV_1": PDF, "INV-1": PDF}))
    assert report.refused == 1 and "as is" in report.refusals[0].reason


def test_a_name_of_two_invoices_is_refused(full_books: Books) -> None:
    header = "number,account_reference,date,net,tax,gross\n"
    full_books.put("invoices", header + "INV:1,A1,2026-10-01,1,0,1\n")
    report = put(full_books, directory(full_books, INV_1=PDF))
    assert "may be for INV/1 and INV:1" in report.refusals[0].reason


def test_an_encrypted_member_is_refused(full_books: Books) -> None:
    path = archive(full_books, {"INV_1.pdf": PDF})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert "encrypted" in put(full_books, path).refusals[0].reason


def test_a_member_larger_than_it_says_is_refused(full_books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_source, "LARGEST_BYTES", 50)
    assert put(full_books, directory(full_books, INV_1=PDF)).refused == 1


def test_a_link_is_refused(full_books: Books) -> None:
    folder = directory(full_books)
    (folder / "INV_1.pdf").symlink_to("/etc/hostname")
    assert "plain file" in put(full_books, folder).refusals[0].reason


def test_a_zip_with_too_many_members_is_refused(full_books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_source, "MOST_MEMBERS", 1)
    with pytest.raises(zipfile.BadZipFile):
        put(full_books, archive(full_books, {"INV_1.pdf": PDF, "INV_2.pdf": PDF}))


def test_folder_is_no_document(full_books: Books) -> None:
    report = put(full_books, archive(full_books, {"./": b"", "INV_1.pdf": PDF}))
    assert (report.read, report.added) == (1, 1)


@pytest.mark.parametrize("name", ["", "."])
def test_member_without_a_name_is_refused(full_books: Books, name: str) -> None:
    path = full_books.folder / "pdf.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(zipfile.ZipInfo(name), PDF)
    report = put(full_books, path)
    assert [refusal.reason for refusal in report.refusals] == ["has no name"]


def test_member_that_does_not_unpack_is_refused(full_books: Books) -> None:
    path = archive(full_books, {"INV_1.pdf": PDF})
    packed = bytearray(path.read_bytes())
    begin = 30 + len("INV_1.pdf")
    packed[begin : begin + 10] = b"\xff" * 10
    path.write_bytes(packed)
    report = put(full_books, path)
    assert report.refused == 1 and "cannot be read" in report.refusals[0].reason


def test_the_bytes_of_a_dead_import_are_removed(full_books: Books) -> None:
    put(full_books, directory(full_books, INV_1=PDF))
    both = directory(full_books, INV_1=PDF + b"new" * 200_000, INV_2=PDF)
    batch_id = import_documents(
        full_books.store, Task("documents", both, SLUG, draft=True), lambda: NOW
    ).batch_id
    full_books.write(
        lambda db, o: db.execute(
            "UPDATE batches SET state = 'staging', owner = '0 1 1' WHERE id = ?", (batch_id,)
        )
    )
    full_books.put("customers", CUSTOMERS)
    assert full_books.rows(
        "SELECT DISTINCT sha256, (SELECT count(*) FROM documents) FROM document_pieces"
    ) == [(sha256(PDF).digest(), 1)]


def test_bytes_that_a_message_waits_for_stay(full_books: Books) -> None:
    folder = directory(full_books, INV_1=PDF)
    batch_id = import_documents(
        full_books.store, Task("documents", folder, SLUG, draft=True), lambda: NOW
    ).batch_id

    def mailed(db: sqlite3.Connection, organisation_id: int) -> None:
        db.execute(
            "INSERT INTO outbox (organisation_id, purpose, recipient, sender, subject, body_text, body_html,"
            " attachment_sha256, message_id, created_at) VALUES (1, 'x', 'a', 'b', 's', 't', 'h', ?, 'm', 0)",
            (sha256(PDF).digest(),),
        )
        db.execute("UPDATE batches SET state = 'staging', owner = '0 1 1' WHERE id = ?", (batch_id,))

    full_books.write(mailed)
    full_books.put("customers", CUSTOMERS)
    assert full_books.rows("SELECT count(*) FROM documents") == [(0,)]
    assert full_books.rows("SELECT count(*) FROM document_pieces") == [(1,)]


def test_good_documents_are_taken_and_the_others_told(full_books: Books) -> None:
    folder = directory(full_books, INV_1=PDF, INV_9=PDF)
    report = import_documents(full_books.store, Task("documents", folder, SLUG, good_rows=True), lambda: NOW)
    assert (report.read, report.added, report.refused) == (2, 1, 1)
    (row,) = full_books.read(refused_rows.page, report.attempt_id)
    assert row.cells == ("INV_9.pdf",) and "no invoice" in row.reason
