import pytest
from hypothesis import given
from hypothesis import strategies as some

from store.importing.amounts import decimal, minor, percent, whole
from store.importing.refusal import Refused
from store.importing.source import STRICT, SourceFormat
from store.money import decimal_text

MARKED = SourceFormat(amounts="marked")
EXCEL = SourceFormat(numbers="excel")
amounts = some.integers(-(10**14) + 1, 10**14 - 1)


@given(amounts)
def test_decimal_text_is_read_exactly(pence: int) -> None:
    assert minor(decimal(STRICT)(decimal_text(pence, 2)), "GBP", "net") == pence  # type: ignore[arg-type]


@given(some.integers(-(10**18) + 1, 10**18 - 1))
def test_millionths_are_read_exactly(millionths: int) -> None:
    assert decimal(STRICT)(decimal_text(millionths, 6)) == millionths


@given(some.integers(0, 10**12), some.sampled_from(["£{}", "£ {}", "{}"]))
def test_marked_amounts_are_read_exactly(pence: int, shape: str) -> None:
    cell = shape.format(f"{pence // 100:,}.{pence % 100:02d}")
    assert decimal(MARKED)(cell) == pence * 10_000


@pytest.mark.parametrize("cell", ["-£1,234.50", "£-1,234.50", "(£1,234.50)", "1,234.50-", "-1234.5"])
def test_negative_amounts_are_read_when_marks_are_declared(cell: str) -> None:
    assert decimal(MARKED)(cell) == -1_234_500_000


@pytest.mark.parametrize("cell", ["1,5", "1,23,456", "--5", "£", "(5", "1.234,50", "£-", "-(5)", "", "٣"])
def test_doubtful_amounts_are_refused_even_when_marks_are_declared(cell: str) -> None:
    with pytest.raises(Refused):
        decimal(MARKED)(cell)


@pytest.mark.parametrize("cell", ["£12.00", "1,234.50", "(12.00)", "12.00-"])
def test_marks_are_refused_with_the_option_when_not_declared(cell: str) -> None:
    with pytest.raises(Refused, match="--amounts marked"):
        decimal(STRICT)(cell)


def test_a_sign_of_another_currency_is_refused() -> None:
    with pytest.raises(Refused, match="GBP in a row of EUR"):
        minor(decimal(MARKED)("£5"), "EUR", "net")  # type: ignore[arg-type]


@given(some.integers(1, 9999), some.integers(4, 11))
def test_scientific_notation_is_exact_when_declared(digits: int, power: int) -> None:
    cell = f"{digits / 1000:.3f}E+{power:02d}"
    assert decimal(EXCEL)(cell) == digits * 10 ** (power - 3) * 10**6


def test_scientific_notation_is_refused_with_the_option_when_not_declared() -> None:
    with pytest.raises(Refused, match="--numbers excel"):
        decimal(STRICT)("4.4E+11")


@given(some.text(max_size=30))
def test_any_text_is_a_number_or_refused(cell: str) -> None:
    for parse in (decimal(MARKED), decimal(EXCEL), whole(EXCEL), percent(STRICT)):
        try:
            assert isinstance(parse(cell), int)
        except Refused as refused:
            assert refused.reason


def test_more_places_than_the_currency_has_are_refused() -> None:
    assert minor(1_250_000, "KWD", "net") == 1250
    with pytest.raises(Refused, match="decimal places of JPY"):
        minor(1_500_000, "JPY", "net")


def test_numbers_beyond_the_store_are_refused() -> None:
    for parse in (decimal(STRICT), whole(STRICT)):
        with pytest.raises(Refused):
            parse("9" * 19)


def test_rates_are_percents() -> None:
    assert percent(STRICT)("17.5") == percent(STRICT)("17.5%") == 17_500_000
    with pytest.raises(Refused):
        percent(STRICT)("101")
