"""What is owed after each entry: the same as summing all there is, whatever the period."""

import sqlite3
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import invoice_totals, migrate, statement
from store.money import Money
from store.statement import Entry, Kind
from tests import factories

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def store_of_one() -> tuple[sqlite3.Connection, tuple[int, int]]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.row_factory = sqlite3.Row
    migrate.to_newest(db)
    organisation_id = factories.organisation(db).id
    return db, (organisation_id, factories.account(db, organisation_id))


def test_entries_come_by_day_with_what_is_owed_after_each() -> None:
    db, key = store_of_one()
    factories.invoice(db, *key, "INV-1", issued_on=date(2025, 12, 1), net=1000, tax=200)
    factories.invoice(db, *key, "INV-2", issued_on=date(2026, 1, 1), net=2000, tax=400)
    factories.invoice(db, *key, "VOID", issued_on=date(2026, 1, 1), status="void")
    factories.invoice(db, *key, "CN", issued_on=date(2026, 1, 2), kind="credit_note", net=500, tax=100)
    factories.payment(db, *key, "P-1", paid_on=date(2026, 1, 1), amount=1200)
    factories.payment(db, *key, "P-2", paid_on=date(2026, 1, 3), amount=99_999, status="failed")
    factories.payment(db, *key, "P-3", paid_on=date(2026, 1, 3), amount=99_999, status="charged_back")
    factories.payment(db, *key, "P-4", paid_on=date(2026, 1, 4), amount=-300, method="Refund")
    found = statement.of_period(db, *key, date(2026, 1, 1), LAST)
    assert found and len(found) == 1
    [one] = found
    assert one.opening == Money(1200, "GBP")
    assert [(line.entry.kind, line.entry.amount.minor, line.balance.minor) for line in one.lines] == [
        (Kind.INVOICE, 2400, 3600),
        (Kind.PAYMENT, -1200, 2400),
        (Kind.CREDIT_NOTE, -600, 1800),
        (Kind.REFUND, 300, 2100),
    ]
    assert (one.closing.minor, one.charged.minor, one.credited.minor) == (2100, 2700, 1800)


def test_currencies_are_apart() -> None:
    db, key = store_of_one()
    factories.invoice(db, *key, "INV-1", issued_on=date(2026, 1, 1))
    factories.invoice(db, *key, "INV-E", issued_on=date(2026, 1, 1), currency="EUR", net=100, tax=0)
    found = statement.of_period(db, *key, FIRST, LAST)
    assert found and [each.closing for each in found] == [Money(100, "EUR"), Money(12_000, "GBP")]


def test_too_long_a_period_is_no_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    db, key = store_of_one()
    for number in range(3):
        factories.invoice(db, *key, f"INV-{number}", issued_on=date(2026, 1, 1))
    for most, is_one in ((3, True), (2, False)):
        monkeypatch.setattr(statement, "MOST", most)
        assert (statement.of_period(db, *key, FIRST, LAST) is not None) is is_one


_ENTRY = st.builds(
    Entry,
    st.dates(FIRST, LAST),
    st.sampled_from(Kind),
    st.just("x"),
    st.just(""),
    st.builds(Money, st.integers(-(10**9), 10**9), st.sampled_from(["GBP", "EUR"])),
)


@given(st.lists(_ENTRY, max_size=30), st.dates(FIRST, LAST))
def test_a_year_cut_in_two_comes_to_the_same(entries: list[Entry], cut: date) -> None:
    entries.sort(key=lambda entry: entry.day)
    whole = {each.closing.currency: each.closing for each in statement.statements({}, entries)}
    first = statement.statements({}, [entry for entry in entries if entry.day < cut])
    carried = {each.closing.currency: each.closing for each in first}
    second = statement.statements(carried, [entry for entry in entries if entry.day >= cut])
    after = carried | {each.closing.currency: each.closing for each in second}
    assert {c: m.minor for c, m in after.items() if m.minor} == {
        c: m.minor for c, m in whole.items() if m.minor
    }
    for each in second:
        assert each.opening + each.charged - each.credited == each.closing


@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.integers(1, 10**7), st.integers(0, 100), st.booleans()), max_size=8
    )
)
def test_what_is_owed_at_the_end_is_what_the_totals_say(
    documents: list[tuple[int, int, int, bool]],
) -> None:
    db, key = store_of_one()
    batch = factories.batch(db, key[0])
    for number, (day, gross, part, is_credit) in enumerate(documents):
        paid = 0 if is_credit else gross * part // 100
        status = "settled" if paid == gross else ("partly_settled" if paid else "outstanding")
        invoice = factories.invoice(
            db,
            *key,
            f"D-{number}",
            issued_on=FIRST + timedelta(days=day),
            kind="credit_note" if is_credit else "invoice",
            net=-gross if is_credit else gross,
            tax=0,
            paid=paid,
            status=status,
            batch_id=batch,
        )
        if paid:
            payment = factories.payment(db, *key, f"P-{number}", paid_on=FIRST, amount=paid, batch_id=batch)
            factories.allocation(db, key[0], payment, invoice, paid, batch_id=batch)
    found = statement.of_period(db, *key, FIRST, LAST)
    assert found is not None
    totals = invoice_totals.totals(db, *key, LAST)
    owed = sum(total.due.minor - total.credit.minor for total in totals)
    assert sum(each.closing.minor for each in found) == owed
