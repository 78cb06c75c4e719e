from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import money
from store.money import Money, NotMoney

CURRENCIES = {0: "JPY", 2: "GBP", 3: "KWD"}
MINOR = st.integers(-(10**12) + 1, 10**12 - 1)
MILLIONTHS = st.integers(-(10**18) + 1, 10**18 - 1)


@pytest.mark.parametrize("places", CURRENCIES)
@given(minor=MINOR)
def test_amount_comes_back_from_its_decimal_text(places: int, minor: int) -> None:
    text = money.decimal_text(minor, places)
    assert money.parse(text, CURRENCIES[places]) == Money(minor, CURRENCIES[places])


@given(MILLIONTHS)
def test_unit_price_comes_back_from_its_decimal_text(millionths: int) -> None:
    assert money.parse_millionths(money.decimal_text(millionths, 6)) == millionths


@given(st.text() | st.from_regex(r"-?[0-9]{1,30}(\.[0-9]{1,30})?"), st.sampled_from([0, 2, 3, 6]))
def test_any_text_is_an_exact_number_that_fits_the_store_or_refused(text: str, places: int) -> None:
    found = money.parse_scaled(text, places)
    if isinstance(found, NotMoney):
        assert found.text == text and found.reason
    else:
        assert Fraction(found, 10**places) == Fraction(text) and abs(found) < 2**63


@pytest.mark.parametrize("currency", ["BIF", "CLP", "ISK", "JPY", "KRW", "VND", "XAF", "XOF", "XPF"])
def test_currency_without_minor_unit_has_no_decimal_places(currency: str) -> None:
    assert money.exponent(currency) == 0


@pytest.mark.parametrize(
    "text", ["", "-", ".5", "5.", "+5", "1,000", "1e3", " 1", "1\n", "£5", "--1", "٣", "²", "NaN", "1.2.3"]
)
def test_text_that_is_no_plain_decimal_is_refused(text: str) -> None:
    found = money.parse(text, "GBP")
    assert isinstance(found, NotMoney) and "decimal number" in found.reason


@pytest.mark.parametrize(("currency", "text"), [("GBP", "1.005"), ("JPY", "1.5"), ("KWD", "1.0005")])
def test_more_places_than_the_currency_has_are_refused(currency: str, text: str) -> None:
    found = money.parse(text, currency)
    assert isinstance(found, NotMoney) and "decimal places" in found.reason


def test_more_places_are_accepted_when_they_are_zeros() -> None:
    assert money.parse("12.5000", "GBP") == Money(1250, "GBP")
    assert money.parse("12.0", "JPY") == Money(12, "JPY")


def test_number_too_large_for_the_store_is_refused() -> None:
    assert money.parse_millionths("999999999999.999999") == 10**18 - 1
    assert isinstance(money.parse_millionths("9999999999999"), NotMoney)
    assert isinstance(money.parse("1" * 5000, "GBP"), NotMoney)


@pytest.mark.parametrize(
    ("millionths", "currency", "minor"),
    [
        (5_000, "GBP", 1),
        (4_999, "GBP", 0),
        (-5_000, "GBP", -1),
        (-4_999, "GBP", 0),
        (15_000, "GBP", 2),
        (500_000, "JPY", 1),
        (-499_999, "JPY", 0),
        (-500, "KWD", -1),
        (0, "GBP", 0),
    ],
)
def test_halves_round_away_from_zero(millionths: int, currency: str, minor: int) -> None:
    assert money.round_millionths(millionths, currency) == Money(minor, currency)


@pytest.mark.parametrize("places", CURRENCIES)
@given(millionths=MILLIONTHS)
def test_rounding_is_odd_and_within_half_a_minor_unit(places: int, millionths: int) -> None:
    rounded = money.round_millionths(millionths, CURRENCIES[places])
    assert money.round_millionths(-millionths, CURRENCIES[places]) == -rounded
    assert abs(Fraction(millionths, 10**6) - Fraction(rounded.minor, 10**places)) <= Fraction(
        1, 2 * 10**places
    )


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Money(123450, "GBP"), "£1,234.50"),
        (Money(-300, "GBP"), "−£3.00"),
        (Money(5, "EUR"), "€0.05"),
        (Money(1_000_000, "JPY"), "¥1,000,000"),
        (Money(1250, "KWD"), "KWD\N{NO-BREAK SPACE}1.250"),
        (Money(-1, "CHF"), "−CHF\N{NO-BREAK SPACE}0.01"),
        (Money(0, "USD"), "$0.00"),
    ],
)
def test_amount_is_shown_as_people_read_it(amount: Money, text: str) -> None:
    assert money.shown(amount) == str(amount) == text


def test_amounts_of_one_currency_add_and_subtract() -> None:
    assert Money(500, "GBP") + Money(25, "GBP") - Money(600, "GBP") == -Money(75, "GBP")


def test_amounts_of_two_currencies_do_not_add() -> None:
    with pytest.raises(ValueError, match="EUR"):
        _ = Money(1, "GBP") + Money(1, "EUR")
    with pytest.raises(ValueError, match="EUR"):
        _ = Money(1, "GBP") - Money(1, "EUR")
