"""Collecting: how each open invoice comes in, and that its parts are exactly what is due."""

import sqlite3
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import collecting, invoice_totals, mandates
from store.collecting import BOOKING, Owed, Part, Way
from store.mandates import Mandate, Scheme
from store.mandates import Status as MandateStatus
from store.money import Money
from store.payments import Payment, Status
from tests import factories

TODAY = date(2026, 11, 22)
DUE_ON = date(2026, 12, 1)


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


def owed(minor: int = 4820, due_on: date | None = DUE_ON) -> Owed:
    return Owed("abc", "INV-1", gbp(minor), due_on)


def mandate(status: MandateStatus = MandateStatus.ACTIVE, scheme: Scheme = Scheme.BACS) -> Mandate:
    return Mandate(1, "MD-1", scheme, "", "Barclays", "4021", status, False, None, None)


def attempt(status: Status, minor: int = 4820, day: date = date(2026, 11, 10), number: int = 1) -> Payment:
    return Payment(number, f"p{number}", f"P{number}", day, "Direct Debit", status, gbp(minor), "INV-1", day)


def ways(parts: tuple[Part, ...]) -> list[tuple[Way, int, date | None]]:
    return [(part.way, part.amount.minor, part.day) for part in parts]


def plan(*attempts: Payment, found: list[Mandate] | None = None, **facts: object) -> tuple[Part, ...]:
    held = [mandate()] if found is None else found
    return collecting.parts(owed(**facts), attempts, held, TODAY)  # type: ignore[arg-type]


def test_an_active_mandate_collects_on_the_due_date() -> None:
    assert ways(plan()) == [(Way.COLLECTED, 4820, DUE_ON)]


def test_the_sources_own_date_stands_above_the_due_date() -> None:
    under_way = attempt(Status.PENDING_SUBMISSION, day=date(2026, 12, 3))
    assert ways(plan(under_way)) == [(Way.COLLECTED, 4820, date(2026, 12, 3))]


def test_a_collection_under_way_needs_no_mandate() -> None:
    assert ways(plan(attempt(Status.SUBMITTED), found=[])) == [(Way.COLLECTED, 4820, date(2026, 11, 10))]


@pytest.mark.parametrize("status", [each for each in MandateStatus if each is not MandateStatus.ACTIVE])
def test_a_mandate_that_is_not_active_collects_nothing(status: MandateStatus) -> None:
    assert ways(plan(found=[mandate(status)])) == [(Way.BY_HAND, 4820, None)]


def test_a_mandate_of_another_currency_collects_nothing() -> None:
    assert ways(plan(found=[mandate(scheme=Scheme.SEPA)])) == [(Way.BY_HAND, 4820, None)]


@pytest.mark.parametrize("status", [Status.FAILED, Status.DENIED, Status.CHARGED_BACK])
def test_what_failed_last_is_not_collected_by_itself(status: Status) -> None:
    [part] = plan(attempt(status))
    assert (part.way, part.returned and part.returned.status) == (Way.BY_HAND, status)


def test_what_failed_and_is_collected_again_says_both() -> None:
    again = attempt(Status.PENDING_SUBMISSION, day=date(2026, 11, 30), number=2)
    [part] = plan(attempt(Status.FAILED), again)
    assert (part.way, part.day, part.attempt) == (Way.COLLECTED, date(2026, 11, 30), again)
    assert part.returned and part.returned.status is Status.FAILED


def test_a_failure_before_a_payment_that_came_in_is_over() -> None:
    [part] = plan(attempt(Status.FAILED), attempt(Status.PAID_OUT, 1000, date(2026, 11, 12), 2))
    assert (part.way, part.returned) == (Way.COLLECTED, None)


def test_a_collection_of_a_part_leaves_the_rest_to_the_mandate() -> None:
    under_way = attempt(Status.SUBMITTED, 1000)
    assert ways(plan(under_way)) == [
        (Way.COLLECTED, 1000, date(2026, 11, 10)),
        (Way.COLLECTED, 3820, DUE_ON),
    ]


def test_what_was_to_be_collected_and_never_came_is_to_be_paid_by_hand() -> None:
    [part] = plan(due_on=TODAY - BOOKING)
    assert part.way is Way.COLLECTED and not part.is_missed(TODAY)
    [part] = plan(due_on=TODAY - BOOKING - timedelta(days=1))
    assert part.way is Way.BY_HAND and part.is_missed(TODAY)


def test_a_failed_collection_that_names_no_invoice_is_of_what_was_to_be_collected_by_then() -> None:
    failed = attempt(Status.FAILED, day=date(2026, 11, 20))
    held = [mandate()]
    [late] = collecting.parts(owed(due_on=date(2026, 11, 18)), [], held, TODAY, failed)
    assert (late.way, late.returned) == (Way.BY_HAND, failed)
    [coming] = collecting.parts(owed(due_on=DUE_ON), [], held, TODAY, failed)
    assert (coming.way, coming.returned) == (Way.COLLECTED, None)
    came_in = attempt(Status.PAID_OUT, day=date(2026, 11, 21))
    [part] = collecting.parts(owed(due_on=date(2026, 11, 18)), [], held, TODAY, came_in)
    assert (part.way, part.returned) == (Way.COLLECTED, None)


def test_an_invoice_without_a_due_date_is_not_said_to_be_collected() -> None:
    assert ways(plan(due_on=None)) == [(Way.BY_HAND, 4820, None)]


STATUSES = st.sampled_from([each for each in Status if each is not Status.CANCELLED])
ATTEMPTS = st.lists(
    st.tuples(STATUSES, st.integers(-5000, 10_000), st.dates(date(2026, 9, 1), date(2027, 1, 31))), max_size=5
)


@given(
    st.integers(-10_000, 1_000_000),
    st.none() | st.dates(date(2026, 8, 1), date(2027, 3, 1)),
    ATTEMPTS,
    st.lists(st.builds(mandate, st.sampled_from(MandateStatus), st.sampled_from(Scheme)), max_size=3),
)
def test_parts_make_what_is_due_whatever_was_tried(
    minor: int, due_on: date | None, tried: list[tuple[Status, int, date]], found: list[Mandate]
) -> None:
    attempts = [attempt(status, amount, day, number) for number, (status, amount, day) in enumerate(tried)]
    parts = collecting.parts(owed(minor, due_on), attempts, found, TODAY)
    assert sum(part.amount.minor for part in parts) == minor
    assert all(part.amount.minor > 0 for part in parts if part.way is Way.COLLECTED)
    assert all((part.day is not None) == (part.way is Way.COLLECTED) for part in parts)


INVOICES = st.lists(
    st.tuples(
        st.integers(1, 50_000),
        st.sampled_from(["GBP", "EUR", "JPY"]),
        st.sampled_from(["outstanding", "partly_settled", "settled", "void"]),
        st.sampled_from(["invoice", "invoice", "credit_note"]),
    ),
    max_size=8,
)


@given(INVOICES)
def test_what_is_said_to_be_due_is_the_sum_of_open_invoices(rows: list[tuple[int, str, str, str]]) -> None:
    from contextlib import closing

    from store import migrate

    with closing(sqlite3.connect(":memory:")) as db:
        db.row_factory = sqlite3.Row
        migrate.to_newest(db)
        organisation = factories.organisation(db).id
        account = factories.account(db, organisation)
        factories.mandate(db, organisation, account)
        for number, (net, currency, status, kind) in enumerate(rows):
            factories.invoice(
                db,
                organisation,
                account,
                f"I{number}",
                net=net,
                tax=0,
                currency=currency,
                status=status,
                kind=kind,
            )
        found = mandates.of_account(db, organisation, account)
        parts = collecting.of_account(db, organisation, account, found, TODAY)
        said: dict[str, int] = {}
        for part in parts:
            said[part.amount.currency] = said.get(part.amount.currency, 0) + part.amount.minor
        expected: dict[str, int] = {}
        for net, currency, status, kind in rows:
            if kind == "invoice" and status in ("outstanding", "partly_settled"):
                expected[currency] = expected.get(currency, 0) + net
        assert said == expected
        totals = invoice_totals.totals(db, organisation, account, TODAY)
        assert {total.due.currency: total.due.minor for total in totals if total.due.minor} == expected
