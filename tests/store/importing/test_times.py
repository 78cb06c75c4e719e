from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from store.importing.refusal import Refused
from store.importing.source import STRICT, SourceFormat
from store.importing.times import day, instant

DMY = SourceFormat(dates="dmy")
LONDON = SourceFormat(dates="dmy", zone=ZoneInfo("Europe/London"))
offsets = some.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(some.dates())
def test_days_are_read_as_written(when: date) -> None:
    assert day(STRICT)(when.isoformat()) == when.isoformat()
    assert day(DMY)(f"{when.day}/{when.month:02d}/{when.year:04d}") == when.isoformat()


@given(some.datetimes(datetime(1970, 1, 3), datetime(2100, 1, 1), timezones=offsets))
def test_instants_with_an_offset_are_exact(when: datetime) -> None:
    assert instant(STRICT)(when.isoformat()) == (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
        seconds=1
    )


@given(
    some.datetimes(datetime(1970, 1, 3), datetime(2100, 1, 1), timezones=offsets),
    some.lists(some.integers(0, 59), min_size=2, max_size=5),
)
def test_instants_of_one_minute_are_exact_when_read_one_after_the_other(
    when: datetime, seconds: list[int]
) -> None:
    read = instant(STRICT)
    for second in seconds:
        at = when.replace(second=second)
        assert read(at.isoformat()) == (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


@pytest.mark.parametrize(
    "first", ["20261122T0930+01:00", "2026-11-22T09:30+01:00", "2026-11-22T09:30:00+01:00"]
)
def test_minutes_of_an_offset_are_no_seconds(first: str) -> None:
    read = instant(STRICT)
    hour = read(first)
    assert isinstance(hour, int)
    assert read(first.replace("+01:00", "+01:30")) == hour - 1800


@pytest.mark.parametrize("cell", ["2026-11-22T09:30: 5Z", "2026-11-22T09:30:60Z", "2026-11-22T09:30:+5Z"])
def test_seconds_that_are_none_are_refused_after_good_ones(cell: str) -> None:
    read = instant(STRICT)
    read("2026-11-22T09:30:05Z")
    with pytest.raises(Refused):
        read(cell)


@pytest.mark.parametrize("cell", ["22/11/2026", "1/2/2026", "22.11.2026", "22/11/26"])
def test_other_dates_are_refused_with_the_option_when_not_declared(cell: str) -> None:
    with pytest.raises(Refused, match="--dates dmy"):
        day(STRICT)(cell)


@pytest.mark.parametrize("cell", ["22/11/26", "31/02/2026", "11/22/2026", "2026-02-30", "20261122", "today"])
def test_impossible_dates_are_refused_when_day_first_is_declared(cell: str) -> None:
    with pytest.raises(Refused):
        day(DMY)(cell)


def test_times_without_an_offset_need_a_zone() -> None:
    with pytest.raises(Refused, match="--zone"):
        instant(STRICT)("2026-07-01T12:00:00")
    assert instant(LONDON)("2026-07-01T12:00:00") == instant(STRICT)("2026-07-01T11:00:00Z")
    assert instant(LONDON)("01/12/2026 12:00") == instant(STRICT)("2026-12-01T12:00:00Z")


def test_a_local_time_that_happens_twice_is_refused() -> None:
    with pytest.raises(Refused, match="happens twice"):
        instant(LONDON)("2026-10-25T01:30:00")


def test_a_local_time_that_never_happens_is_refused() -> None:
    with pytest.raises(Refused, match="does not exist"):
        instant(LONDON)("29/03/2026 01:30:00")


def test_a_date_alone_is_no_instant() -> None:
    with pytest.raises(Refused, match="no time of day"):
        instant(LONDON)("2026-10-20")


@given(some.text(max_size=30))
def test_any_text_is_a_time_or_refused(cell: str) -> None:
    for parse in (day(DMY), instant(LONDON)):
        try:
            assert parse(cell) is not None
        except Refused as refused:
            assert refused.reason
