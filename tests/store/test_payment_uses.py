"""What payments were used for, and the credit that is left: exact, by currency, never below nothing."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import payment_uses, payments
from store.money import Money
from store.payments import RECEIVED, Filter, Show
from tests import factories


@pytest.fixture
def key(db: sqlite3.Connection) -> tuple[int, int]:
    organisation = factories.organisation(db).id
    return organisation, factories.account(db, organisation)


def test_what_is_not_put_to_an_invoice_is_credit(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    payment = factories.payment(db, *key, amount=10_000)
    factories.allocation(db, key[0], payment, factories.invoice(db, *key), 6000)
    assert payment_uses.unused(db, *key) == [Money(4000, "GBP")]


def test_nothing_is_said_where_the_source_says_nothing_of_allocations(
    db: sqlite3.Connection, key: tuple[int, int]
) -> None:
    factories.payment(db, *key)
    assert payment_uses.unused(db, *key) == []


@pytest.mark.parametrize("status", ["submitted", "failed", "cancelled", "charged_back", "pending_approval"])
def test_what_did_not_come_in_is_no_credit(db: sqlite3.Connection, key: tuple[int, int], status: str) -> None:
    invoice = factories.invoice(db, *key)
    factories.allocation(db, key[0], factories.payment(db, *key), invoice)
    factories.payment(db, *key, "P2", status=status, amount=999)
    assert payment_uses.unused(db, *key) == []


def test_a_refund_takes_credit_off(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    invoice = factories.invoice(db, *key)
    factories.allocation(db, key[0], factories.payment(db, *key, amount=20_000), invoice, 12_000)
    factories.payment(db, *key, "REFUND", amount=-5000)
    assert payment_uses.unused(db, *key) == [Money(3000, "GBP")]


def test_credit_of_others_is_not_counted(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    neighbour = key[0], factories.account(db, key[0], "A200")
    payment = factories.payment(db, *neighbour, amount=10_000)
    factories.allocation(db, key[0], payment, factories.invoice(db, *neighbour), 1)
    assert payment_uses.unused(db, *key) == []
    assert payment_uses.numbers(db, *key, payments.page(db, *neighbour, None, 10)) == {}


def test_invoices_of_each_payment_are_named(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    payment = factories.payment(db, *key)
    for number in ("INV-1", "INV-2"):
        factories.allocation(db, key[0], payment, factories.invoice(db, *key, number), 6000)
    other = factories.payment(db, *key, "P2")
    found = payment_uses.numbers(db, *key, payments.page(db, *key, None, 10))
    assert found == {payment: ["INV-1", "INV-2"]} and other not in found


@given(
    st.lists(
        st.tuples(
            st.integers(-10_000, 10_000).filter(bool),
            st.floats(0, 1),
            st.sampled_from(list(payments.Status)),
            st.sampled_from(["GBP", "EUR"]),
        ),
        max_size=6,
    )
)
def test_credit_is_exact_and_never_below_nothing(
    rows: list[tuple[int, float, payments.Status, str]],
) -> None:
    from contextlib import closing

    from store import migrate

    with closing(sqlite3.connect(":memory:")) as db:
        db.row_factory = sqlite3.Row
        migrate.to_newest(db)
        key = factories.organisation(db).id, 0
        key = key[0], factories.account(db, key[0])
        expected: dict[str, int] = {}
        any_allocation = False
        for number, (amount, share, status, currency) in enumerate(rows):
            payment = factories.payment(
                db, *key, f"P{number}", amount=amount, status=status.value, currency=currency
            )
            used = int(amount * share)
            if used and status in RECEIVED:
                invoice = factories.invoice(db, *key, f"I{number}", currency=currency)
                factories.allocation(db, key[0], payment, invoice, used)
                any_allocation = True
            if status in RECEIVED:
                expected[currency] = expected.get(currency, 0) + amount - used
        found = {money.currency: money.minor for money in payment_uses.unused(db, *key)}
        assert all(minor > 0 for minor in found.values())
        positive = {currency: minor for currency, minor in expected.items() if minor > 0}
        assert found == (positive if any_allocation else {})


def test_list_is_narrowed_by_status_and_year(db: sqlite3.Connection, key: tuple[int, int]) -> None:
    from datetime import date

    for number, status in enumerate(payments.Status):
        factories.payment(db, *key, f"P{number}", status=status.value, paid_on=date(2025 + number % 2, 1, 1))

    def found(show: Show, year: int | None = None) -> set[str]:
        return {each.status.value for each in payments.page(db, *key, None, 20, Filter(show, year))}

    assert found(Show.RECEIVED) == {"confirmed", "paid_out"}
    assert found(Show.UNDER_WAY) == {"pending_approval", "pending_submission", "submitted"}
    assert found(Show.RETURNED) == {"failed", "charged_back", "denied"}
    assert found(Show.CANCELLED) == {"cancelled"}
    assert len(found(Show.ALL)) == 9
    assert found(Show.ALL, 2024) == set() and payments.years(db, *key) == [2026, 2025]
