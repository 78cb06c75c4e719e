"""What people read."""

import timeit
from datetime import UTC, date, datetime, timedelta
from gettext import NullTranslations
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given
from hypothesis.strategies import integers, sampled_from

from portal import formats
from portal.words import Language, speaking
from store import money
from store.money import Money

LONDON = ZoneInfo("Europe/London")


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_dates_are_written_out() -> None:
    assert plain(formats.long_date(date(2026, 11, 22))) == "22 November 2026"
    assert plain(formats.short_date(date(2026, 11, 2))) == "2 Nov 2026"


def test_duration_is_hours_minutes_seconds() -> None:
    assert formats.duration(221) == "00:03:41"
    assert formats.duration(360_000) == "100:00:00"


@pytest.mark.parametrize(
    ("millionths", "shown"),
    [
        (32_500, "£0.0325"),
        (0, "£0.0000"),
        (1_234_567_890, "£1,234.5679"),
        (-49, "£0.0000"),
        (-100, "−£0.0001"),
    ],
)
def test_price_has_four_places(millionths: int, shown: str) -> None:
    assert formats.price(millionths, "GBP") == shown


def test_unit_price_has_two_places_when_they_do() -> None:
    assert formats.unit_price(10_000_000, "GBP") == "£10.00"
    assert formats.unit_price(32_500, "GBP") == "£0.0325"
    assert formats.unit_price(100_000_000, "GBP") == "£100.00"


def test_price_of_a_currency_without_minor_units_keeps_its_sign() -> None:
    assert formats.price(1_500_000, "JPY") == "¥1.5000"


def test_whole_amount_leaves_the_pence_out() -> None:
    assert formats.whole_amount(Money(120_000, "GBP")) == "£1,200"
    assert formats.whole_amount(Money(1200, "JPY")) == "¥1,200"


def test_rate_is_without_needless_zeros() -> None:
    assert formats.rate(20_000_000) == "20%"
    assert formats.rate(17_500_000) == "17.5%"


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), "1 to 30 Nov 2026"),
        (date(2026, 10, 1), date(2026, 11, 30), "1 Oct to 30 Nov 2026"),
        (date(2025, 12, 1), date(2026, 1, 31), "1 Dec 2025 to 31 Jan 2026"),
        (date(2026, 11, 1), date(2026, 11, 1), "1 Nov 2026"),
        (None, date(2026, 11, 1), "1 Nov 2026"),
        (None, None, ""),
    ],
)
def test_period_is_as_short_as_it_can_be(first: date | None, last: date | None, shown: str) -> None:
    assert plain(formats.period(first, last)) == shown


def test_volume_has_a_fitting_unit() -> None:
    assert plain(formats.volume(512)) == "512 B"
    assert plain(formats.volume(3_400_000_000)) == "3.4 GB"


def test_hour_is_marked_when_the_clock_repeats_it() -> None:
    before = formats.local_time(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), LONDON)
    after = formats.local_time(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), LONDON)
    assert (before.clock, before.mark) == ("01:30:00", "BST")
    assert (after.clock, after.mark) == ("01:30:00", "GMT")


@pytest.mark.parametrize("hour", [3, 12])
def test_hour_is_not_marked_when_it_comes_once(hour: int) -> None:
    assert formats.local_time(datetime(2026, 10, 25, hour, tzinfo=UTC), LONDON).mark == ""
    assert formats.local_time(datetime(2026, 3, 29, hour, tzinfo=UTC), LONDON).mark == ""


def test_local_day_is_the_organisations() -> None:
    assert plain(formats.local_time(datetime(2026, 7, 31, 23, 30, tzinfo=UTC), LONDON).day) == "1 Aug 2026"


def test_relative_time_says_before_or_after() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert plain(formats.relative(now + timedelta(minutes=3, seconds=20), now)) == "in 3 minutes"
    assert plain(formats.relative(now - timedelta(hours=1), now)) == "1 hour ago"
    assert formats.relative(now, now) == "now"


GREEK = Language("el", Locale("el", "GR"), NullTranslations())
INDIAN = Language("hi", Locale("hi", "IN"), NullTranslations())


def test_amounts_are_written_as_is_the_custom_where_the_language_is() -> None:
    with speaking(GREEK):
        assert plain(formats.amount(Money(123_450, "GBP"))) == "1.234,50 £"
        assert plain(formats.amount(Money(-300, "EUR"))) == "-3,00 €"
        assert plain(formats.price(32_500, "GBP")) == "0,0325 £"
        assert formats.quantity(1_500_000) == "1,5"
        assert formats.rate(17_500_000) == "17,5%"
        assert plain(formats.volume(1_200_000)) == "1,2 MB"
    assert formats.amount(Money(123_450, "GBP")) == "£1,234.50"


def test_groups_of_digits_have_the_sizes_of_the_place() -> None:
    with speaking(INDIAN):
        assert formats.number(12_345_678) == "1,23,45,678"
    assert formats.number(12_345_678) == "12,345,678"
    assert formats.number(-1) == "−1"


def test_an_amount_keeps_its_currency_in_every_language() -> None:
    with speaking(GREEK):
        assert plain(formats.amount(Money(1250, "KWD"))) == "1,250 KWD"
    assert plain(formats.amount(Money(1250, "KWD"))) == "KWD 1.250"


def test_dates_and_times_are_written_as_is_the_custom_where_the_language_is() -> None:
    now = datetime(2026, 11, 22, 13, 5, 9, tzinfo=UTC)
    with speaking(GREEK):
        assert plain(formats.long_date(date(2026, 11, 22))) == "22 Νοεμβρίου 2026"
        assert plain(formats.month(date(2026, 11, 22))) == "Νοέμβριος 2026"
        assert formats.month_name(date(2026, 11, 22)) == "Νοέ"
        assert plain(formats.relative(now + timedelta(minutes=3), now)) == "σε 3 λεπτά"
        assert formats.span(days=7) == "7 ημέρες"
        assert formats.local_time(now, LONDON).clock == "1:05:09\u202fμ.μ."
        assert plain(formats.period(date(2026, 11, 1), date(2026, 11, 30))) == "1–30 Νοε 2026"
    assert formats.local_time(now, LONDON).clock == "13:05:09"
    assert formats.time_of_day(now) == "13:05"


def test_every_english_month_has_three_letters() -> None:
    names = [formats.month_name(date(2026, month, 1)) for month in range(1, 13)]
    assert names == "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@pytest.mark.parametrize(
    ("span", "shown"), [({"days": 7}, "7 days"), ({"hours": 1}, "1 hour"), ({"minutes": 30}, "30 minutes")]
)
def test_span_is_said_by_its_unit(span: dict[str, int], shown: str) -> None:
    assert formats.span(**span) == shown


@given(integers(-(10**14), 10**14), sampled_from(["GBP", "EUR", "JPY", "KWD", "CHF"]))
def test_british_amounts_are_those_of_the_store(minor: int, currency: str) -> None:
    assert formats.amount(Money(minor, currency)) == money.shown(Money(minor, currency))


def test_fifty_amounts_take_less_than_a_millisecond() -> None:
    amounts = [Money(minor * 7919, "GBP") for minor in range(50)]
    assert min(timeit.repeat(lambda: [formats.amount(each) for each in amounts], number=1, repeat=20)) < 0.001
