"""Charges become money by one rule, in Python and in SQL alike."""

import sqlite3
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.bill import rounding
from store.bill.rounding import Rounding, Rule, can_be, rounded
from store.money import Money, exponent

DECIMAL = {
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.UP: ROUND_UP,
    Rounding.DOWN: ROUND_DOWN,
}
charges = st.integers(-(10**12), 10**12) | st.integers(-40, 40).map(lambda halves: halves * 5_000)
currencies = st.sampled_from(["GBP", "EUR", "JPY", "KWD"])
rules = st.sampled_from(Rounding)


@given(charges, currencies, rules)
def test_charge_is_rounded_as_decimals_are(charge: int, currency: str, rule: Rounding) -> None:
    places = Decimal(1).scaleb(-exponent(currency))
    exact = (Decimal(charge) / 1_000_000).quantize(places, DECIMAL[rule])
    assert rounded(charge, currency, rule) == Money(int(exact.scaleb(exponent(currency))), currency)


@given(charges, currencies, rules)
def test_sql_rounds_as_we_do(charge: int, currency: str, rule: Rounding) -> None:
    with sqlite3.connect(":memory:") as db:
        query = f"SELECT {rounding.sql('price', 'currency', rule)} FROM (SELECT ? AS price, ? AS currency)"
        (found,) = db.execute(query, (charge, currency)).fetchone()
    db.close()
    assert found == rounded(charge, currency, rule).minor


@given(charges, currencies, rules)
def test_credit_is_rounded_as_its_charge_was(charge: int, currency: str, rule: Rounding) -> None:
    assert rounded(-charge, currency, rule) == -rounded(charge, currency, rule)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=9), currencies, rules)
def test_what_lines_were_rounded_to_can_be(charged: list[int], currency: str, rule: Rounding) -> None:
    nets = sum(rounded(each, currency, rule).minor for each in charged)
    assert can_be(sum(charged), nets, len(charged), currency, rule)


@pytest.mark.parametrize("rule", Rounding)
def test_what_is_further_off_than_a_penny_a_line_cannot_be(rule: Rounding) -> None:
    assert not can_be(1_000_000, 104, 3, "GBP", rule)


def test_rule_has_a_name_of_its_own() -> None:
    assert len({str(Rule(how, each)) for how in Rounding for each in (True, False)}) == 8
