import pytest

from tests.store.importing.books import ALLOCATIONS, CUSTOMERS, INVOICES, PAYMENTS, Books


def allocated(books: Books) -> list[tuple[object, ...]]:
    return books.visible()["visible_allocations"]


@pytest.fixture
def paid(books: Books) -> Books:
    for kind, text in (("customers", CUSTOMERS), ("invoices", INVOICES), ("payments", PAYMENTS)):
        assert books.put(kind, text).added == 2
    return books


def test_a_payment_that_counts_stands_against_its_invoice(paid: Books) -> None:
    assert allocated(paid) == [(1, 1, 12000)]


def test_a_payment_counts_once_it_is_confirmed(paid: Books) -> None:
    report = paid.put("payments", PAYMENTS.replace("submitted", "confirmed"))
    assert (report.added, report.unchanged) == (1, 1)
    assert allocated(paid) == [(1, 1, 12000), (2, 2, 5250)]


def test_a_payment_that_failed_stands_against_nothing(paid: Books) -> None:
    paid.put("payments", PAYMENTS.replace("paidOut", "chargedBack"))
    assert allocated(paid) == []


def test_said_allocations_stand_above_implied_ones(paid: Books) -> None:
    paid.put("allocations", ALLOCATIONS)
    assert allocated(paid) == [(1, 1, 6000)]
    assert paid.put("payments", PAYMENTS.replace("2026-10-20,paidOut", "2026-10-21,paidOut")).added == 1
    assert allocated(paid) == [(1, 1, 6000)]


def test_allocations_are_replaced_payment_by_payment(paid: Books) -> None:
    paid.put("allocations", ALLOCATIONS)
    paid.put("allocations", "payment_external_id,invoice_number,amount\nP2,INV/2,1.00\n")
    assert allocated(paid) == [(1, 1, 6000), (2, 2, 100)]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("P1,INV/1,120.01", "amount"),
        ("P1,INV/1,-1", "amount"),
        ("P1,INV/2,1", "invoice_number"),
        ("P9,INV/1,1", "payment_external_id"),
        ("P1,INV/1,60\nP1,INV/1,60", "invoice_number"),
    ],
)
def test_allocations_that_cannot_be_are_refused(paid: Books, row: str, column: str) -> None:
    text = f"payment_external_id,invoice_number,amount\n{row}\n"
    assert [name for _, name in paid.refusals("allocations", text)] == [column]


def test_a_payment_below_what_is_allocated_is_refused(paid: Books) -> None:
    paid.put("allocations", ALLOCATIONS)
    assert paid.refusals("payments", PAYMENTS.replace("120.00", "59.99")) == [(2, "amount")]


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        (PAYMENTS.replace("120.00,INV/1", "120.00,INV/2"), "invoice_number"),
        (PAYMENTS.replace("120.00,INV/1", "120.00,INV/7"), "invoice_number"),
        (PAYMENTS.replace("P1,A1", "P1,A2"), "external_id"),
        (PAYMENTS.replace("paidOut", "lost"), "status"),
    ],
)
def test_payments_that_cannot_be_are_refused(paid: Books, changed: str, column: str) -> None:
    assert paid.refusals("payments", changed) == [(2, column)]
