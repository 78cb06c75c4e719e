"""The month of a batch beside the month before."""

from store import batches, previews
from store.money import Money
from store.previews import Comparison
from tests.store.importing.books import CUSTOMERS, NOW, Books

HEADER = "number,account_reference,kind,date,net,tax,gross,currency\n"


def row(number: str, account: str, day: str, gross: str, kind: str = "", currency: str = "GBP") -> str:
    return f"{number},{account},{kind},{day},{gross},0,{gross},{currency}\n"


def customers(books: Books) -> None:
    books.put("customers", CUSTOMERS + "A3,Gamma,\nA4,Delta,\n")


def compared(books: Books, *rows: str) -> list[Comparison]:
    report = books.put("invoices", HEADER + "".join(rows), draft=True)
    return books.read(previews.comparison, report.batch_id)


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


def test_the_months_are_compared_customer_by_customer(books: Books) -> None:
    customers(books)
    before = (
        row("1", "A1", "2026-10-01", "100.00"),
        row("2", "A2", "2026-10-31", "50.00"),
        row("3", "A3", "2026-10-15", "10.00"),
        row("4", "A1", "2026-09-30", "999.00"),
    )
    books.put("invoices", HEADER + "".join(before))
    (found,) = compared(
        books,
        row("5", "A1", "2026-11-01", "130.00"),
        row("6", "A3", "2026-11-02", "10.00"),
        row("7", "A4", "2026-11-03", "7.00"),
        row("8", "A1", "2026-11-04", "5.00", "credit_note"),
    )
    assert (found.before.month, found.before.count, found.before.gross) == ("2026-10", 3, gbp(16000))
    assert (found.now.month, found.now.count, found.now.gross) == ("2026-11", 4, gbp(14200))
    assert [(each.reference, each.before, each.now) for each in found.gone_listed] == [
        ("A2", gbp(5000), gbp(0))
    ]
    assert [(each.reference, each.name, each.now) for each in found.new_listed] == [("A4", "Delta", gbp(700))]
    assert [(each.reference, each.before, each.now) for each in found.movements] == [
        ("A1", gbp(10000), gbp(12500))
    ]
    assert (found.gone, found.new) == (1, 1)


def test_what_stands_of_the_month_counts_and_what_is_replaced_does_not(books: Books) -> None:
    customers(books)
    books.put(
        "invoices", HEADER + row("1", "A1", "2026-11-01", "100.00") + row("2", "A2", "2026-11-01", "1.00")
    )
    (found,) = compared(books, row("1", "A1", "2026-11-01", "120.00"))
    assert (found.now.count, found.now.gross) == (2, gbp(12100))


def test_another_draft_does_not_count(books: Books) -> None:
    customers(books)
    books.put("invoices", HEADER + row("1", "A1", "2026-11-01", "100.00"), draft=True)
    (found,) = compared(books, row("2", "A2", "2026-11-01", "1.00"))
    assert (found.now.count, found.before.count) == (1, 0)


def test_january_is_beside_december_and_currencies_are_apart(books: Books) -> None:
    customers(books)
    books.put("invoices", HEADER + row("1", "A1", "2025-12-31", "1.00", currency="EUR"))
    euros, pounds = compared(books, row("2", "A1", "2026-01-01", "2.00"))
    assert (euros.before.month, euros.before.count, euros.now.count, euros.gone) == ("2025-12", 1, 0, 1)
    assert (pounds.before.count, pounds.now.count, pounds.new) == (0, 1, 1)


def test_only_invoices_are_compared(full_books: Books) -> None:
    for batch_id in range(1, 8):
        found = full_books.read(previews.comparison, batch_id)
        assert bool(found) == (batch_id == 2)
    assert full_books.read(lambda db, o: previews.comparison(db, 2, 2)) == []


def test_a_hundred_thousand_invoices_are_read_by_their_month(books: Books) -> None:
    plan = books.rows(
        "EXPLAIN QUERY PLAN SELECT count(*) FROM invoice_revisions"
        " WHERE organisation_id = 1 AND issued_on >= '2026-11-01' AND issued_on <= '2026-11-31'"
    )
    assert "invoice_revisions_by_day" in str(plan)


def test_a_batch_that_is_published_compares_as_before(books: Books) -> None:
    customers(books)
    report = books.put("invoices", HEADER + row("1", "A1", "2026-11-01", "100.00"), draft=True)
    before = books.read(previews.comparison, report.batch_id)
    books.write(batches.publish, report.batch_id, NOW)
    assert books.read(previews.comparison, report.batch_id) == before
