"""What queries of invoices, payments, calls and documents see: one account's, published, not superseded."""

import sqlite3
from datetime import UTC, date, datetime

import pytest

from store import call_sums, calls, documents, invoice_lines, invoice_totals, invoices, payments
from store.call_filter import Filter as CallFilter
from store.invoice_totals import Total
from store.invoices import Filter
from store.money import Money
from tests import factories

TODAY = date(2026, 11, 22)
NOVEMBER = CallFilter(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


@pytest.fixture
def key(db: sqlite3.Connection) -> tuple[int, int]:
    organisation = factories.organisation(db).id
    return organisation, factories.account(db, organisation)


def page(db: sqlite3.Connection, key: tuple[int, int]) -> list[str]:
    found = invoices.page(db, *key, Filter(), today=TODAY, after=None, limit=10)
    return [invoice.number for invoice in found]


def test_draft_is_seen_once_published_and_no_more_when_withdrawn(
    db: sqlite3.Connection, key: tuple[int, int]
) -> None:
    batch = factories.batch(db, key[0], state="draft")
    invoice = factories.invoice(db, *key, batch_id=batch)
    factories.line(db, key[0], invoice, batch_id=batch)
    factories.tax(db, key[0], invoice, batch_id=batch)
    factories.document(db, key[0], invoice, batch_id=batch)
    payment = factories.payment(db, *key, batch_id=batch)
    factories.allocation(db, key[0], payment, invoice, batch_id=batch)
    factories.call(db, *key, batch_id=batch, invoice_id=invoice, line_position=1)
    for state, count in (("draft", 0), ("published", 1), ("withdrawn", 0)):
        db.execute("UPDATE batches SET state = :state WHERE id = :id", {"state": state, "id": batch})
        assert len(page(db, key)) == count
        assert len(invoice_lines.of_invoice(db, *key, invoice, "GBP")) == count
        assert len(invoice_lines.taxes(db, *key, invoice, "GBP")) == count
        assert len(payments.page(db, *key, None, 10)) == count
        assert len(payments.received_for(db, *key, invoice)) == count
        assert len(calls.page(db, *key, NOVEMBER, None, 10)) == count
        assert len(calls.of_line(db, *key, (invoice, 1), None, 10)) == count
        assert (documents.of_invoice(db, *key, invoice) is not None) == bool(count)
        assert (calls.span(db, *key) is not None) == bool(count)


def test_rows_of_an_invoice_are_nobody_elses(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    invoice = factories.invoice(db, *key)
    factories.line(db, key[0], invoice)
    factories.tax(db, key[0], invoice)
    factories.document(db, key[0], invoice)
    factories.call(db, *key, invoice_id=invoice, line_position=1)
    neighbour = key[0], factories.account(db, key[0], "A200")
    assert invoice_lines.of_invoice(db, *neighbour, invoice, "GBP") == []
    assert invoice_lines.find(db, *neighbour, invoice, 1, "GBP") is None
    assert invoice_lines.taxes(db, *neighbour, invoice, "GBP") == []
    assert documents.of_invoice(db, *neighbour, invoice) is None
    assert calls.of_line(db, *neighbour, (invoice, 1), None, 10) == []
    assert call_sums.of_line(db, *neighbour, (invoice, 1)) == []


def test_document_of_another_organisation_has_no_pieces_here(
    db: sqlite3.Connection, key: tuple[int, int]
) -> None:
    digest = bytes.fromhex(factories.document(db, key[0], factories.invoice(db, *key)))
    other = factories.organisation(db, "other").id
    assert documents.piece(db, key[0], digest, -1)
    assert documents.piece(db, other, digest, -1) is None


def test_totals_stand_by_currency(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    factories.invoice(db, *key, "1", due_on=date(2026, 11, 21))
    factories.invoice(db, *key, "2", due_on=date(2026, 11, 22))
    factories.invoice(db, *key, "3", status="settled")
    factories.invoice(db, *key, "4", kind="credit_note", net=-100, tax=0)
    factories.invoice(db, *key, "5", currency="EUR")
    euros, pounds = invoice_totals.totals(db, *key, TODAY)
    assert euros.due == Money(12_000, "EUR")
    assert pounds == Total(
        due=Money(24_000, "GBP"),
        overdue=Money(12_000, "GBP"),
        credit=Money(100, "GBP"),
        open_invoices=2,
        next_due_on=date(2026, 11, 21),
    )


def test_list_reads_its_index(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    plans: list[str] = []
    db.set_trace_callback(plans.append)
    calls.page(db, *key, NOVEMBER, calls.Cursor(1, 1), 10)
    calls.of_line(db, *key, (1, 1), None, 10)
    db.set_trace_callback(None)
    page_plan, line_plan = (
        " ".join(row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}"))
        for statement in plans
    )
    assert "SEARCH r USING PRIMARY KEY" in page_plan and "TEMP B-TREE" not in page_plan
    assert "calls_by_invoice_line" in line_plan
