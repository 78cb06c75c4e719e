import pytest

from store import batches
from store.importing.invoices import settled
from store.importing.refusal import Refused
from store.importing.writer import opened
from tests.store.importing.books import CUSTOMERS, INVOICES, LINES, Books

HEADER = "number,account_reference,date,due,net,tax,gross,status,paid,due_amount,currency,kind\n"
GOOD = "X1,A1,2026-10-01,,10.00,2.00,12.00,,,,GBP,"


@pytest.fixture
def ledger(full_books: Books) -> Books:
    return full_books


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        (GOOD.replace("12.00", "12.01"), "gross"),
        (GOOD.replace("GBP", "XYZ"), "currency"),
        (GOOD.replace("GBP", "JPY").replace("10.00", "10.50"), "net"),
        (GOOD.replace("2026-10-01,", "2026-10-01,2026-09-30"), "due"),
        (GOOD.replace(",,,,GBP", ",outstanding,5.00,5.00,GBP"), "due_amount"),
        (GOOD.replace(",,,,GBP", ",settled,10.00,2.00,GBP"), "due_amount"),
        (GOOD.replace(",,,,GBP", ",partlySettled,,,GBP"), "status"),
        (GOOD.replace("A1", "A2").replace("X1", "INV/1"), "number"),
    ],
)
def test_an_invoice_that_does_not_add_up_is_refused(ledger: Books, changed: str, column: str) -> None:
    assert ledger.refusals("invoices", HEADER + changed) == [(2, column)]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ((None, None, None), ("outstanding", 0, 100)),
        ((None, 40, None), ("partly_settled", 40, 60)),
        ((None, None, 0), ("settled", 100, 0)),
        (("settled", None, None), ("settled", 100, 0)),
        (("void", None, None), ("void", 0, 0)),
    ],
)
def test_what_is_not_said_is_derived(
    said: tuple[str | None, int | None, int | None], found: tuple[str, int, int]
) -> None:
    assert settled(said[0], 100, said[1], said[2]) == found


def test_partly_settled_needs_an_amount() -> None:
    with pytest.raises(Refused):
        settled("partly_settled", 100, None, None)


def test_a_credit_note_is_an_invoice_of_its_own_kind(ledger: Books) -> None:
    assert ledger.put("invoices", HEADER + GOOD + "creditNote\n").added == 1
    assert ("X1", "credit_note") in ledger.rows("SELECT number, kind FROM visible_invoices")


def test_the_public_id_stays_when_an_invoice_changes(ledger: Books) -> None:
    query = "SELECT public_id FROM visible_invoices WHERE number = 'INV/1'"
    before = ledger.rows(query)
    ledger.put("invoices", INVOICES.replace("2026-10-31", "2026-11-30"))
    assert ledger.rows(query) == before


def test_a_number_of_a_withdrawn_batch_may_move_to_another_customer(books: Books) -> None:
    books.put("customers", "reference,name\nA1,Alpha\nA2,Beta\n")
    batch_id = books.put("invoices", HEADER + GOOD).batch_id
    assert batch_id
    with opened(books.store) as writer:
        writer.write(lambda db: batches.withdraw(db, 1, batch_id))
    assert books.put("invoices", HEADER + GOOD.replace("A1", "A2")).added == 1
    assert books.rows("SELECT account_id FROM invoices") == [(2,)]


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        (LINES.replace("INV/1,2,Calls,40.00,standard,20,8.00\n", ""), "net"),
        (LINES.replace("8.00", "8.01"), "tax"),
        (LINES.replace("reduced,5", "reduced,20"), "tax"),
        (LINES.replace("reduced,5", "exempt,0"), "tax"),
        (LINES.replace("INV/2,1", "INV/1,2"), "position"),
        (LINES.replace("INV/2,1", "INV/9,1"), "invoice_number"),
        (LINES.replace("INV/2,1", "INV/2,0"), "position"),
    ],
)
def test_lines_that_do_not_add_up_are_refused(ledger: Books, changed: str, column: str) -> None:
    assert column in [name for _, name in ledger.refusals("invoice_lines", changed)]


def test_a_line_that_is_gone_from_the_file_is_gone(ledger: Books) -> None:
    one = "invoice_number,position,description,net,tax_code,tax_rate,tax\nINV/1,3,All,100.00,standard,20,20.00\n"
    report = ledger.put("invoice_lines", one)
    assert (report.added, report.unchanged) == (1, 0)
    assert ledger.rows("SELECT invoice_id, position FROM visible_invoice_lines ORDER BY 1, 2") == [
        (1, 3),
        (2, 1),
    ]
    assert len(ledger.visible()["visible_invoice_taxes"]) == 2


def test_lines_of_several_rates_make_several_taxes(ledger: Books) -> None:
    header = "invoice_number,position,description,net,tax_code,tax_rate,tax\n"
    rows = "INV/1,1,A,98.33,standard,20,19.67\nINV/1,2,B,1.00,exempt,0,0\nINV/1,3,C,0.67,standard,50,0.33\n"
    assert ledger.put("invoice_lines", header + rows).added == 3
    taxes = [row for row in ledger.visible()["visible_invoice_taxes"] if row[0] == 1]
    assert [row[1:3] for row in taxes] == [("exempt", 0), ("standard", 20_000_000), ("standard", 50_000_000)]


def test_an_invoice_of_many_lines_is_merged_in_parts(ledger: Books) -> None:
    header = "invoice_number,position,description,net,tax_code,tax_rate,tax\n"
    lines = [f"INV/1,{n},Part {n},0.01,zero,0,0\n" for n in range(1, 3001)]
    rest = "INV/1,3001,Rest,70.00,standard,28.571429,20.00\n"
    assert ledger.put("invoice_lines", header + "".join(lines) + rest).added == 3001
    fewer = [line.replace("0.01", "0.02") for line in lines[::2]]
    report = ledger.put("invoice_lines", header + "".join(fewer) + rest)
    assert (report.added, report.unchanged) == (1500, 1)
    assert ledger.rows("SELECT count(*), sum(net) FROM visible_invoice_lines WHERE invoice_id = 1") == [
        (1501, 10000)
    ]


def seen(books: Books) -> list[tuple[object, ...]]:
    return books.rows("SELECT status, paid, due_amount FROM visible_invoices WHERE number = 'INV/1'")


def test_what_no_file_says_is_derived_from_payments(full_books: Books) -> None:
    assert seen(full_books) == [("partly_settled", 6000, 6000)]
    full_books.put("allocations", "payment_external_id,invoice_number,amount\nP1,INV/1,120.00\n")
    assert seen(full_books) == [("settled", 12000, 0)]
    full_books.put("payments", "external_id,account_reference,date,amount\nP9,A1,2026-10-20,10.00\n")
    full_books.put("allocations", "payment_external_id,invoice_number,amount\nP9,INV/1,10.00\n")
    assert seen(full_books) == [("settled", 13000, 0)]


def test_an_invoice_without_payments_is_outstanding(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    books.put("invoices", INVOICES)
    assert seen(books) == [("outstanding", 0, 12000)]


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    [
        ("status", "outstanding", ("outstanding", 0, 12000)),
        ("status", "settled", ("settled", 12000, 0)),
        ("due_amount", "20.00", ("partly_settled", 10000, 2000)),
        ("paid", "0.00", ("outstanding", 0, 12000)),
        ("status", "void", ("void", 0, 0)),
    ],
)
def test_what_a_file_says_stands_whatever_payments_say(
    full_books: Books, columns: str, cells: str, expected: tuple[object, ...]
) -> None:
    header = f"number,account_reference,date,due,net,tax,gross,{columns}\n"
    row = f"INV/1,A1,2026-10-01,2026-10-31,100.00,20.00,120.00,{cells}\n"
    assert full_books.put("invoices", header + row).added == 1
    assert seen(full_books) == [expected]
