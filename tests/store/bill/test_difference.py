"""What lies between two bills is named, and adds up exactly to the change in their total."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from store.bill import views
from store.bill.difference import Bill, BillLine, Cause, Difference, Tax, between
from store.bill.line_sums import LineSum
from store.bill.rounding import Rounding
from store.invoice_lines import LineKind

RENTAL = BillLine(1, LineKind.RECURRING, "Rental", "Line rental", "0117 1", 1_000_000, 6_950_000, 695)


def bill(*lines: BillLine, percent: int = 20, rest: int = 0) -> Bill:
    net = sum(line.net for line in lines) + rest
    tax = net * percent // 100
    return Bill(lines, (Tax("standard", percent * 1_000_000, tax),), net, tax)


def causes(found: Difference) -> dict[Cause, int]:
    return {cause: amount for cause, amount in found.causes.items() if amount}


def test_equal_bills_differ_in_nothing() -> None:
    assert between(bill(RENTAL), bill(RENTAL)).causes == {}


def test_number_that_was_not_there_is_new_with_all_that_is_charged_for_it() -> None:
    more = replace(RENTAL, position=2, cli="0117 2")
    calls = BillLine(3, LineKind.USAGE, "Mobile", "Calls", "0117 2", 1_000_000, 10_000, 100)
    found = between(bill(RENTAL), bill(RENTAL, more, calls))
    assert causes(found) == {Cause.NEW_NUMBER: 795, Cause.TAX: 159}
    assert causes(between(bill(RENTAL, more, calls), bill(RENTAL))) == {
        Cause.ENDED_NUMBER: -795,
        Cause.TAX: -159,
    }


def test_charge_for_a_number_that_was_there_is_new_by_itself() -> None:
    abroad = BillLine(2, LineKind.USAGE, "International", "Calls abroad", "0117 1", 1_000_000, 10_000, 100)
    assert causes(between(bill(RENTAL, percent=0), bill(RENTAL, abroad, percent=0))) == {Cause.NEW: 100}
    assert causes(between(bill(RENTAL, abroad, percent=0), bill(RENTAL, percent=0))) == {Cause.ENDED: -100}


def test_other_price_of_the_same_quantity_is_price() -> None:
    dearer = replace(RENTAL, unit_price=7_500_000, net=750)
    assert causes(between(bill(RENTAL, percent=0), bill(dearer, percent=0))) == {Cause.PRICE: 55}


def test_other_quantity_at_the_same_price_is_usage() -> None:
    more = replace(RENTAL, quantity=3_000_000, net=2085)
    assert causes(between(bill(RENTAL, percent=0), bill(more, percent=0))) == {Cause.USAGE: 1390}


def test_both_changed_are_split_at_the_earlier_quantity() -> None:
    old = replace(RENTAL, quantity=10_000_000, unit_price=1_000_000, net=1000)
    new = replace(RENTAL, quantity=12_000_000, unit_price=1_100_000, net=1320)
    assert causes(between(bill(old, percent=0), bill(new, percent=0))) == {Cause.PRICE: 100, Cause.USAGE: 220}


def test_usage_that_is_charged_as_a_sum_is_usage() -> None:
    old = BillLine(1, LineKind.USAGE, "Mobile", "UK mobile, 3 calls", "0117 1", 1_000_000, 10_000, 100)
    new = replace(old, description="UK mobile, 9 calls", unit_price=30_000, net=300)
    assert causes(between(bill(old, percent=0), bill(new, percent=0))) == {Cause.USAGE: 200}


def test_one_off_charges_and_credits_stand_apart() -> None:
    visit = BillLine(2, LineKind.ONE_OFF, "Work", "Engineer", "", 1_000_000, 0, 5000)
    credit = BillLine(3, LineKind.CREDIT, "Credit", "Goodwill", "", 1_000_000, 0, -250)
    found = between(bill(RENTAL, visit, percent=0), bill(RENTAL, credit, percent=0))
    assert causes(found) == {Cause.ONE_OFF: -5000, Cause.CREDIT: -250}


def test_several_lines_of_the_same_count_as_one() -> None:
    twice = replace(RENTAL, position=2)
    found = between(bill(RENTAL, percent=0), bill(RENTAL, twice, percent=0))
    assert causes(found) == {Cause.USAGE: 695} and found.items[0].after
    assert found.items[0].after.positions == (1, 2)


def test_what_lines_leave_to_the_total_is_rounding_or_a_bill_without_lines() -> None:
    assert causes(between(bill(RENTAL, percent=0), bill(RENTAL, percent=0, rest=2))) == {Cause.ROUNDING: 2}
    assert causes(between(bill(RENTAL, percent=0), bill(percent=0, rest=700))) == {
        Cause.ENDED_NUMBER: -695,
        Cause.UNLISTED: 700,
    }


def test_tax_is_told_by_rate_with_what_the_rates_leave() -> None:
    before = Bill((RENTAL,), (Tax("standard", 20_000_000, 139),), 695, 139)
    after = Bill((RENTAL,), (Tax("standard", 20_000_000, 100), Tax("reduced", 5_000_000, 10)), 695, 112)
    found = between(before, after)
    assert [(tax.code, tax.change) for tax in found.taxes] == [("standard", -39), ("reduced", 10), ("", 2)]
    assert sum(tax.change for tax in found.taxes) == found.of(Cause.TAX) == -27


amounts = st.integers(-50_000, 50_000)
lines_ = st.builds(
    BillLine,
    position=st.just(0),
    kind=st.sampled_from(LineKind),
    category=st.sampled_from(["", "Rental", "Mobile", "International"]),
    description=st.sampled_from(
        [
            "Line rental",
            "Line rental",
            "Calls, 3 calls",
            "Calls, 9 calls",
            "Seat 1 Nov 2026",
            "Seat 1 Dec 2026",
        ]
    ),
    cli=st.sampled_from(["", "0117 1", "0117 2", "0117 3"]),
    quantity=st.sampled_from([0, 1_000_000, 2_000_000, -1_000_000, 1_500_000]) | st.integers(-(10**9), 10**9),
    unit_price=st.sampled_from([1_000_000, 2_000_000]) | st.integers(-(10**9), 10**9),
    net=amounts,
)
taxes_ = st.builds(
    Tax,
    code=st.sampled_from(["standard", "reduced", "zero", "exempt", "reverse_charge"]),
    rate=st.sampled_from([0, 5_000_000, 20_000_000]),
    amount=amounts,
)


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    """A bill of any sort: duplicates, credits, negative lines, several rates, totals that lines do not reach."""
    lines = tuple(replace(line, position=n) for n, line in enumerate(draw(st.lists(lines_, max_size=12)), 1))
    taxes = tuple(draw(st.lists(taxes_, max_size=4)))
    rest, odd = draw(st.sampled_from([0, 0, 1, -3, 9999])), draw(st.sampled_from([0, 0, 1, -500]))
    net = sum(line.net for line in lines) + rest
    return Bill(lines, taxes, net, sum(tax.amount for tax in taxes) + odd)


@st.composite
def call_sums(draw: st.DrawFn) -> list[LineSum]:
    names, places = st.sampled_from(["", "Mobile", "France"]), st.integers(0, 12)
    prices = st.integers(-(10**8), 10**9)
    each = st.builds(
        LineSum, places, names, names, st.sampled_from(["GBP", "EUR"]), places, places, prices, places
    )
    return draw(st.lists(each, max_size=8))


@settings(max_examples=300)
@given(bills(), bills())
def test_causes_add_up_exactly_to_the_change_in_total(before: Bill, after: Bill) -> None:
    found = between(before, after)
    assert sum(found.causes.values()) == found.change == after.gross - before.gross
    assert sum(item.change for item in found.items) + found.unaccounted == after.net - before.net
    assert sum(tax.change for tax in found.taxes) == after.tax - before.tax
    for item in found.items:
        assert sum(amount for _, amount in item.parts) == item.change


@settings(max_examples=300)
@given(bills(), bills())
def test_every_line_is_in_one_item_of_its_bill(before: Bill, after: Bill) -> None:
    items = between(before, after).items
    for one, side in ((before, "before"), (after, "after")):
        places = [place for item in items if (found := getattr(item, side)) for place in found.positions]
        assert sorted(places) == [line.position for line in one.lines]


@settings(max_examples=200)
@given(bills(), bills(), call_sums(), call_sums(), st.sampled_from(Rounding))
def test_every_view_adds_up_exactly_to_the_change_of_the_nets(
    before: Bill, after: Bill, old: list[LineSum], new: list[LineSum], how: Rounding
) -> None:
    found = between(before, after)
    for parts in (
        views.by_category(found),
        views.by_number(found),
        views.by_destination(found, old, new, "GBP", how),
    ):
        assert parts.change == after.net - before.net
        some, others, count = views.shortened(parts, 1)
        assert sum(each.change for each in some) + others.change == sum(each.change for each in parts.named)
        assert count + len(some) == len(parts.named) and len(some) <= 1
        assert [each.before for each in parts.named if each in some] == [each.before for each in some]


@given(bills(), bills())
def test_the_way_back_is_the_same_way(before: Bill, after: Bill) -> None:
    there, back = between(before, after), between(after, before)
    assert there.change == -back.change
    assert {item.change for item in there.items} == {-item.change for item in back.items}


@given(bills())
def test_bill_beside_itself_differs_in_nothing(one: Bill) -> None:
    assert not any(between(one, one).causes.values())
