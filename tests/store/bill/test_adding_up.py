"""Calls are held against the usage lines that charge them."""

from hypothesis import given
from hypothesis import strategies as st

from store.bill.adding_up import Reconciliation, UsageLine, Verdict, reconciled
from store.bill.line_sums import Gone, LineSum
from store.bill.rounding import Rounding, Rule, rounded
from store.money import Money

RULE = Rule()


def line(position: int, net: int) -> UsageLine:
    return UsageLine(position, f"Calls {position}", Money(net, "GBP"))


def listed(position: int, *prices: int, rule: Rounding = Rounding.HALF_UP, currency: str = "GBP") -> LineSum:
    each = sum(rounded(price, currency, rule).minor for price in prices)
    return LineSum(position, "Mobile", "UK", currency, len(prices), 60, sum(prices), each)


def gone(position: int, price: int, calls: int = 4) -> Gone:
    return Gone(position, "GBP", calls, 60, price)


def held(
    lines: list[UsageLine],
    sums: list[LineSum],
    old: list[Gone] | None = None,
    rule: Rule = RULE,
    *,
    others: tuple[int, ...] = (),
    is_credit: bool = False,
) -> Reconciliation:
    return reconciled(lines, others, sums, old or [], rule, "GBP", is_credit=is_credit)


def test_line_adds_up_when_its_calls_are_rounded_once() -> None:
    found = held([line(1, 37)], [listed(1, 123_400, 123_400, 123_400)])
    assert found.adds_up and found.charged == Money(37, "GBP") == found.usage


def test_line_is_rounded_once_over_all_its_destinations() -> None:
    assert held([line(1, 1)], [listed(1, 4_000), listed(1, 4_000)]).adds_up


def test_calls_rounded_one_by_one_add_up_under_that_rule_alone() -> None:
    sums = [listed(1, 4_000, 4_000, 6_000)]
    assert held([line(1, 1)], sums, rule=Rule(each_call=True)).adds_up
    assert held([line(1, 1)], sums).adds_up
    assert not held([line(1, 3)], sums).adds_up
    up = [listed(1, 4_000, 4_000, 6_000, rule=Rounding.UP)]
    assert held([line(1, 3)], up, rule=Rule(Rounding.UP, True)).adds_up


def test_difference_is_of_its_line() -> None:
    found = held([line(1, 100), line(2, 103)], [listed(1, 1_000_000), listed(2, 1_000_000)])
    assert [each.line.position for each in found.differing] == [2]
    assert found.differing[0].difference == Money(-3, "GBP") == found.charged - found.usage
    assert not found.adds_up


def test_line_without_calls_is_not_itemised_and_not_wrong() -> None:
    found = held([line(1, 100), line(2, 500)], [listed(1, 1_000_000)])
    assert found.adds_up and found.not_itemised == Money(500, "GBP") and found.usage == Money(100, "GBP")


def test_line_adds_up_with_calls_that_are_past_their_retention() -> None:
    found = held([line(1, 100)], [listed(1, 600_000)], [gone(1, 400_000)])
    assert found.adds_up and found.gone == 4 and found.lines[0].verdict is Verdict.ADDS_UP


def test_no_difference_is_claimed_of_calls_that_are_not_kept() -> None:
    found = held([line(1, 100)], [], [gone(1, 400_000)])
    assert found.lines[0].verdict is Verdict.NO_LONGER_KEPT
    assert found.adds_up and not found.is_itemised


def test_calls_that_were_rounded_each_cannot_be_checked_when_some_are_gone() -> None:
    found = held([line(1, 100)], [listed(1, 600_000)], [gone(1, 400_000)], Rule(each_call=True))
    assert found.lines[0].verdict is Verdict.NO_LONGER_KEPT


def test_calls_of_no_line_are_held_against_the_lines_without_calls() -> None:
    found = held([line(1, 1), line(2, 1), line(3, 50)], [listed(0, 5_000, 5_000), listed(3, 500_000)])
    assert found.adds_up and found.pooled and found.pooled.lines == Money(2, "GBP")
    assert found.not_itemised == Money(0, "GBP")
    assert not held([line(1, 10)], [listed(0, 80_000)]).adds_up


def test_free_calls_of_no_line_are_left_out_when_every_line_has_its_own() -> None:
    assert held([line(1, 100)], [listed(1, 1_000_000), listed(0, 0)]).pooled is None


def test_dear_calls_of_no_line_are_beyond_the_invoice() -> None:
    found = held([line(1, 100)], [listed(1, 1_000_000), listed(0, 20_000)])
    assert not found.adds_up and found.charged - found.usage == Money(2, "GBP")


def test_calls_within_a_rental_are_not_held_against_usage() -> None:
    assert held([line(1, 100)], [listed(1, 1_000_000), listed(2, 9_000_000)], others=(2,)).adds_up


def test_calls_in_another_currency_are_named_and_not_added() -> None:
    found = held([line(1, 100)], [listed(1, 1_000_000), listed(1, 5_000_000, currency="EUR")])
    assert found.strange == ("EUR",) and not found.adds_up and found.charged == Money(100, "GBP")


def test_credit_note_adds_up_whichever_sign_its_lines_have() -> None:
    for net, price in ((-100, 1_000_000), (-100, -1_000_000), (100, -1_000_000)):
        assert held([line(1, net)], [listed(1, price)], is_credit=True).adds_up


@given(
    st.lists(st.lists(st.integers(0, 3_000_000), max_size=6), min_size=1, max_size=5),
    st.sampled_from(Rounding),
    st.booleans(),
    st.integers(-3, 3),
)
def test_bill_made_by_the_rule_adds_up_and_a_penny_off_does_not(
    calls: list[list[int]], how: Rounding, each_call: bool, off: int
) -> None:
    rule = Rule(how, each_call)
    sums = [listed(place, *prices, rule=how) for place, prices in enumerate(calls, 1) if prices]
    nets = [
        sum(rounded(price, "GBP", how).minor for price in prices)
        if each_call
        else rounded(sum(prices), "GBP", how).minor
        for prices in calls
    ]
    wrong = next((place for place, prices in enumerate(calls) if prices), None)
    if wrong is not None:
        nets[wrong] += off
    found = held([line(place, net) for place, net in enumerate(nets, 1)], sums, rule=rule)
    assert found.adds_up is (wrong is None or off == 0)
    assert found.charged - found.usage == Money(-off if wrong is not None else 0, "GBP")
