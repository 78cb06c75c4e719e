"""Where a provider's status and due amount are others than payments make them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from store import previews
from store.money import Money
from store.previews import Difference
from store.previews.settlement import derived
from tests.store.importing.books import CUSTOMERS, INVOICES, PAYMENTS, Books

SAID = "number,account_reference,date,net,tax,gross,status,paid,due_amount\n"


@pytest.fixture
def paid(books: Books) -> Books:
    """INV/1 of 120.00 is paid, INV/2 of 52.50 is not."""
    for kind, text in (("customers", CUSTOMERS), ("invoices", INVOICES), ("payments", PAYMENTS)):
        books.put(kind, text)
    return books


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


def test_a_status_that_payments_do_not_bear_out_is_told(paid: Books) -> None:
    text = (
        SAID
        + "INV/1,A1,2026-10-01,100,20,120,outstanding,,\nINV/2,A2,2026-10-01,50,2.50,52.50,outstanding,,\n"
    )
    found = paid.read(previews.differences, paid.put("invoices", text, draft=True).batch_id)
    assert (found.comparable, found.count) == (True, 1)
    assert found.listed == (Difference("INV/1", "outstanding", gbp(12000), "settled", gbp(0)),)


def test_theirs_stands_all_the_same(paid: Books) -> None:
    paid.put("invoices", SAID + "INV/1,A1,2026-10-01,100,20,120,partlySettled,100,20\n")
    assert paid.rows("SELECT status, paid, due_amount FROM visible_invoices WHERE number = 'INV/1'") == [
        ("partly_settled", 10000, 2000)
    ]


def test_what_is_derived_does_not_differ(paid: Books) -> None:
    batch_id = paid.put("invoices", INVOICES.replace("2026-10-31", "2026-11-30"), draft=True).batch_id
    assert paid.read(previews.differences, batch_id).count == 0


def test_a_payment_is_compared_with_the_invoices_that_it_is_for(paid: Books) -> None:
    paid.put("invoices", SAID + "INV/2,A2,2026-10-01,50,2.50,52.50,outstanding,,\n")
    batch_id = paid.put("payments", PAYMENTS.replace("submitted", "confirmed"), draft=True).batch_id
    found = paid.read(previews.differences, batch_id)
    assert [each.number for each in found.listed] == ["INV/2"]


def test_nothing_is_compared_without_payments(books: Books) -> None:
    books.put("customers", CUSTOMERS)
    batch_id = books.put("invoices", SAID + "INV/1,A1,2026-10-01,100,20,120,settled,,\n").batch_id
    assert not books.read(previews.differences, batch_id).comparable


def test_the_list_is_bounded_and_another_organisations_is_empty(paid: Books) -> None:
    rows = "".join(f"N{n},A1,2026-10-01,1,0,1,settled,,\n" for n in range(5))
    batch_id = paid.put("invoices", SAID + rows).batch_id or 0
    found = paid.read(previews.differences, batch_id, limit=2)
    assert found.count == 5 and len(found.listed) == 2
    assert not paid.read(lambda db, o: previews.differences(db, 2, batch_id)).comparable


@given(some.integers(-(10**9), 10**9), some.integers(-(10**9), 10**9))
def test_what_is_left_is_never_of_the_other_sign(gross: int, allocated: int) -> None:
    status, due = derived(gross, allocated)
    assert due * gross >= 0 and (status == "settled") == (due == 0)
