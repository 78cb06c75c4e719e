"""Totals of a batch's file."""

import pytest

from store import previews
from store.money import Money
from store.previews import Total
from tests.store.importing.books import ALL, Books


def totals(books: Books, kind: str, text: str) -> list[Total]:
    return books.read(previews.totals, books.put(kind, text, draft=True).batch_id)


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


CREDIT = "INV/3,A1,credit_note,2026-10-02,10.00,2.00,12.00,EUR\n"
HEADER = "number,account_reference,kind,date,net,tax,gross,currency\n"


def test_invoices_are_summed_by_kind_and_currency(full_books: Books) -> None:
    text = f"{HEADER}{CREDIT}INV/4,A1,,2026-10-02,1.00,0.20,1.20,GBP\nINV/5,A2,,2026-10-02,2.00,0,2.00,GBP\n"
    assert totals(full_books, "invoices", text) == [
        Total("invoice", 2, gbp(300), gbp(20), gbp(320)),
        Total("credit_note", 1, Money(1000, "EUR"), Money(200, "EUR"), Money(1200, "EUR")),
    ]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("customers", [Total("business", 2)]),
        ("mandates", [Total("active", 1), Total("cancelled", 1)]),
        ("invoice_lines", [Total("recurring", 3, gbp(15000), gbp(2250), gbp(17250))]),
        (
            "payments",
            [Total("paid_out", 1, gross=gbp(12000)), Total("submitted", 1, gross=gbp(5250))],
        ),
        ("allocations", [Total("", 1, gross=gbp(6000))]),
        ("calls", [Total("", 3, gbp(125))]),
    ],
)
def test_every_kind_has_its_totals(full_books: Books, kind: str, expected: list[Total]) -> None:
    assert totals(full_books, kind, ALL[kind]) == expected


def test_a_batch_of_another_organisation_has_none(full_books: Books) -> None:
    assert full_books.read(lambda db, o: previews.totals(db, 2, 1)) == []
