"""Windows: where in a month the calls of a value are, so that a list of few need not read all; pure."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from portal import months
from store.instants import to_ms
from store.rollups import QUARTER_SECONDS, Rollup

Window = tuple[int, int]
"""Seconds since 1970, [first, last)."""


def of_rollups(found: list[Rollup], month: date, zone: ZoneInfo) -> list[Window]:
    """The spans that hold all calls of a value, one rollup a currency; newest first, none over another."""
    if any(rollup.quarters is None for rollup in found):
        days = sorted({day for rollup in found for day in rollup.days})
        return [_day(month.replace(day=day), zone) for day in reversed(days)]
    quarters = sorted({quarter for rollup in found for quarter in rollup.quarters or ()}, reverse=True)
    return list(_merged(quarters))


def _merged(quarters: list[int]) -> Iterator[Window]:
    """Quarters that follow each other as one span."""
    first = last = None
    for quarter in quarters:
        if first is not None and quarter == first - 1:
            first = quarter
            continue
        if first is not None and last is not None:
            yield first * QUARTER_SECONDS, (last + 1) * QUARTER_SECONDS
        first = last = quarter
    if first is not None and last is not None:
        yield first * QUARTER_SECONDS, (last + 1) * QUARTER_SECONDS


def _day(day: date, zone: ZoneInfo) -> Window:
    after = date.fromordinal(day.toordinal() + 1)
    first, last = (to_ms(months.midnight(each, zone)) // 1000 for each in (day, after))
    return first, last
