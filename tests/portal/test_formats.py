"""What people read."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal import formats
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
