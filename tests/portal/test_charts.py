"""Bars and the lines behind them."""

import pytest

from portal.charts import HEIGHT, Point, bars


def point(value: int) -> Point:
    return Point(name="May", label="May", value=value, text=str(value))


@pytest.mark.parametrize("largest", [0, 1, 7, 99, 12_345, 10**9])
def test_lines_are_few_and_reach_the_highest_bar(largest: int) -> None:
    chart = bars([point(largest)], str)
    assert 2 <= len(chart.lines) <= 5
    assert int(chart.lines[-1].label) >= largest


def test_bars_stay_in_the_picture() -> None:
    for bar in bars([point(3), point(7), point(0), point(-4)], str).bars:
        assert bar.y >= 0 and bar.y + bar.height <= HEIGHT
        assert 0 <= bar.x and bar.x + bar.width <= 100


def test_bar_is_visible_when_its_value_is_tiny() -> None:
    tiny, nothing = bars([point(1), point(0), point(10**6)], str).bars[:2]
    assert tiny.height > 0
    assert nothing.height == 0


def test_chart_is_empty_when_there_is_nothing() -> None:
    assert bars([], str).bars == ()
