"""Months begin at local midnight."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from portal import months

LONDON = ZoneInfo("Europe/London")


def test_month_lasts_between_local_midnights_when_the_clock_changes() -> None:
    first, last = months.bounds(date(2026, 10, 1), LONDON)
    assert first.astimezone(UTC) == datetime(2026, 9, 30, 23, tzinfo=UTC)
    assert last.astimezone(UTC) == datetime(2026, 11, 1, 0, tzinfo=UTC)


def test_instant_belongs_to_the_local_month() -> None:
    assert months.of(datetime(2026, 9, 30, 23, 30, tzinfo=UTC), LONDON) == date(2026, 10, 1)


def test_earlier_crosses_years_both_ways() -> None:
    assert months.earlier(date(2026, 1, 31), 1) == date(2025, 12, 1)
    assert months.earlier(date(2026, 12, 5), -1) == date(2027, 1, 1)


def test_earlier_ends_with_the_years_that_there_are() -> None:
    assert months.earlier(date(1, 1, 1), 11) == date(1, 1, 1)
    assert months.earlier(date(9999, 12, 31), -1) == date(9999, 12, 1)


def test_days_are_parsed_or_none() -> None:
    assert months.parse_day("2026-11-22") == date(2026, 11, 22)
    assert [months.parse_day(text) for text in ("", "20261122", "2026-11-32", "0000-01-01", "x" * 10)] == [
        None
    ] * 5


def test_text_is_parsed_or_none() -> None:
    assert months.parse("2026-11") == date(2026, 11, 1)
    assert [months.parse(text) for text in ("", "2026", "2026-13", "20261101", "x" * 7)] == [None] * 5
