"""Where to look for calls of a value: everywhere they are, newest first, nowhere twice."""

from datetime import date
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from portal.calls.windows import of_rollups
from store.rollups import QUARTER_SECONDS, Rollup, Tally

LONDON = ZoneInfo("Europe/London")
MARCH = date(2026, 3, 1)


def rollup(quarters: tuple[int, ...] | None, days: tuple[int, ...] = ()) -> Rollup:
    return Rollup("cli", "x", "GBP", Tally(), {day: Tally(1) for day in days}, quarters)


def test_quarters_that_follow_each_other_are_one_span() -> None:
    spans = of_rollups([rollup((1, 2, 5)), rollup((3, 9))], MARCH, LONDON)
    assert [(first // QUARTER_SECONDS, last // QUARTER_SECONDS) for first, last in spans] == [
        (9, 10),
        (5, 6),
        (1, 4),
    ]
    assert of_rollups([], MARCH, LONDON) == of_rollups([rollup(())], MARCH, LONDON) == []


def test_days_are_those_of_the_place_on_the_day_of_the_clock_change_too() -> None:
    [(first, last), _] = of_rollups([rollup(None, (28, 29)), rollup((1,), (28,))], MARCH, LONDON)
    assert last - first == 23 * 3600


@given(st.lists(st.integers(0, 60), max_size=40))
def test_every_quarter_is_in_one_span_and_no_other_is(quarters: list[int]) -> None:
    spans = of_rollups([rollup(tuple(sorted(set(quarters))))], MARCH, LONDON)
    assert spans == sorted(spans, reverse=True)
    held = [q for first, last in spans for q in range(first // QUARTER_SECONDS, last // QUARTER_SECONDS)]
    assert sorted(held) == sorted(set(quarters))
