"""What of a batch belongs to nothing, or does not add up."""

import pytest

from store import accounts, previews
from store.importing.documents import import_documents
from store.importing.run import Task
from tests.store.importing.books import ALL, CALLS, CUSTOMERS, INVOICES, LINES, NOW, PAYMENTS, SLUG, Books


def found(books: Books, kind: str, text: str) -> dict[str, tuple[int, tuple[str, ...]]]:
    report = books.put(kind, text, draft=True)
    assert report.batch_id, report.refusals
    return {
        finding.code: (finding.count, finding.examples)
        for finding in books.read(previews.orphans, report.batch_id)
    }


@pytest.mark.parametrize("kind", ["customers", "invoice_lines", "allocations"])
def test_nothing_is_found_where_all_is_in_order(full_books: Books, kind: str) -> None:
    assert found(full_books, kind, ALL[kind]) == {}


def test_invoices_without_lines_are_found(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    assert found(books, "invoices", INVOICES) == {"invoices_without_lines": (2, ("INV/1", "INV/2"))}


def test_lines_of_another_draft_count(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    batch_id = books.put("invoices", INVOICES, draft=True).batch_id
    books.put("invoice_lines", LINES, draft=True)
    assert books.read(previews.orphans, batch_id) == []


def test_lines_that_no_longer_add_up_are_found(full_books: Books) -> None:
    text = INVOICES.replace("100.00,20.00,120.00", "90.00,18.00,108.00")
    assert found(full_books, "invoices", text)["lines_do_not_add_up"] == (1, ("INV/1",))


def test_credit_notes_of_no_invoice_are_found(full_books: Books) -> None:
    header = "number,account_reference,kind,date,net,tax,gross,credits_invoice\n"
    rows = "C1,A1,credit_note,2026-10-05,1,0,1,INV/9\nC2,A1,credit_note,2026-10-05,1,0,1,INV/1\n"
    assert found(full_books, "invoices", header + rows)["credits_unknown_invoice"] == (
        1,
        ("C1 (credits INV/9)",),
    )


def test_a_pdf_of_the_revision_before_is_found(full_books: Books) -> None:
    folder = full_books.folder / "pdfs"
    folder.mkdir()
    (folder / "INV_1.pdf").write_bytes(b"%PDF-1")
    import_documents(full_books.store, Task("documents", folder, SLUG), lambda: NOW)
    changed = INVOICES.replace("2026-10-31,100", "2026-11-30,100")
    assert found(full_books, "invoices", changed)["document_of_earlier_revision"] == (1, ("INV/1",))


def test_payments_without_invoice_are_found(full_books: Books) -> None:
    text = PAYMENTS + "P3,A1,2026-10-21,confirmed,5.00,\nP4,A1,2026-10-21,failed,5.00,\n"
    assert found(full_books, "payments", text) == {"payments_without_invoice": (1, ("P3",))}


def test_allocations_beyond_an_invoice_are_found(full_books: Books) -> None:
    full_books.put("payments", PAYMENTS + "P3,A1,2026-10-21,confirmed,100.00,\n")
    text = "payment_external_id,invoice_number,amount\nP3,INV/1,100.00\n"
    assert found(full_books, "allocations", text) == {"allocated_beyond_invoice": (1, ("INV/1",))}


def test_a_payment_that_shrinks_below_its_allocations_is_found(full_books: Books) -> None:
    batch_id = full_books.put("payments", PAYMENTS.replace("120.00", "90.00"), draft=True).batch_id
    full_books.write(
        lambda db, o: db.execute("UPDATE payment_revisions SET amount = 1 WHERE batch_id = ?", (batch_id,))
    )
    codes = [finding.code for finding in full_books.read(previews.orphans, batch_id)]
    assert codes == ["allocated_beyond_payment"]


def test_calls_without_invoice_or_line_are_counted(full_books: Books) -> None:
    text = CALLS.replace("0.01,INV/1,2", "0.02,INV/1,")
    assert found(full_books, "calls", text) == {"without_invoice": (1, ()), "without_line": (1, ())}


def test_details_that_customers_changed_are_found(full_books: Books) -> None:
    edits = {"email": "own@alpha.test", "phone": "1"}
    full_books.write(accounts.edit, 1, edits, user_id=1, address="", now=NOW)
    text = CUSTOMERS.replace("alpha@example.test", "new@alpha.test")
    assert found(full_books, "customers", text) == {"edited_by_customers": (1, ("A1, email",))}


def test_only_some_examples_are_given(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    rows = "".join(f"N{n},A1,2026-10-01,1,0,1\n" for n in range(30))
    count, examples = found(books, "invoices", f"number,account_reference,date,net,tax,gross\n{rows}")[
        "invoices_without_lines"
    ]
    assert count == 30 and len(examples) == 20


def test_a_batch_of_another_organisation_has_none(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    batch_id = books.put("invoices", INVOICES).batch_id
    assert books.read(lambda db, o: previews.orphans(db, 2, batch_id or 0)) == []
