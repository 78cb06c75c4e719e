"""Every revision of an invoice, with the PDF that came for it."""

from pathlib import Path

import pytest

from store import batches, documents, revisions
from store.importing.documents import import_documents
from store.importing.run import Task
from tests.store.importing.books import INVOICES, NOW, SLUG, Books, new_books

OLD, NEW = b"%PDF-old", b"%PDF-new"


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """INV/1 with its PDF, then imported again with another due day."""
    books = new_books(tmp_path)
    books.put_all()
    pdf(books, OLD)
    books.put("invoices", INVOICES.replace("2026-10-31,100", "2026-11-30,100"))
    return books


def pdf(books: Books, content: bytes) -> int:
    folder = books.folder / "pdfs"
    folder.mkdir(exist_ok=True)
    (folder / "INV_1.pdf").write_bytes(content)
    report = import_documents(books.store, Task("documents", folder, SLUG), lambda: NOW)
    assert report.batch_id
    return report.batch_id


def shape(books: Books) -> list[tuple[bool, list[tuple[int, bool]]]]:
    """From the newest: is it current, and its documents by size and whether customers get them."""
    found = books.read(revisions.invoice_revisions, 1)
    return [(each.current, [(doc.document.size, doc.current) for doc in each.documents]) for each in found]


def test_an_invoice_imported_again_keeps_its_old_pdf_with_its_old_revision(books: Books) -> None:
    assert shape(books) == [(True, []), (False, [(8, True)])]
    pdf(books, NEW)
    assert shape(books) == [(True, [(8, True)]), (False, [(8, False)])]
    new, old = (each.documents[0] for each in books.read(revisions.invoice_revisions, 1))
    for each, content in ((new, NEW), (old, OLD)):
        found = books.read(revisions.document, 1, each.id)
        assert found and books.read(documents.piece, found.sha256, -1) == (0, content)


def test_a_revision_says_what_it_was(books: Books) -> None:
    new, old = books.read(revisions.invoice_revisions, 1)
    assert (str(new.due_on), str(old.due_on)) == ("2026-11-30", "2026-10-31")
    assert (old.batch_state, old.file_name, old.gross.minor) == ("published", "invoices.csv", 12000)


def test_a_withdrawn_revision_is_shown_as_such(books: Books) -> None:
    batch_id = books.read(revisions.invoice_revisions, 1)[0].batch_id
    books.write(batches.withdraw, batch_id)
    assert shape(books) == [(False, []), (True, [(8, True)])]
    assert books.read(revisions.invoice_revisions, 1)[0].batch_state == "withdrawn"


def test_another_organisations_and_another_invoices_are_not_there(books: Books) -> None:
    document_id = books.read(revisions.invoice_revisions, 1)[1].documents[0].id
    assert books.read(lambda db, o: revisions.invoice_revisions(db, 2, 1)) == []
    assert books.read(lambda db, o: revisions.document(db, 2, 1, document_id)) is None
    assert books.read(revisions.document, 2, document_id) is None
    assert books.read(revisions.document, 1, 99) is None
