"""The picture's bars begin where the one above ends, and are as long as their changes."""

from hypothesis import given
from hypothesis import strategies as st

from portal.bill.waterfall import Step, waterfall

changes = st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=11)


def picture_of(numbers: list[int]) -> list[tuple[float, float]]:
    steps = [Step(str(number), number, str(number)) for number in numbers]
    bars = waterfall(steps, Step("in all", sum(numbers), "")).bars
    return [(bar.x, bar.width) for bar in bars]


@given(changes)
def test_every_bar_is_within_the_picture(numbers: list[int]) -> None:
    assert all(-0.01 <= x and x + width <= 100.02 for x, width in picture_of(numbers))


def test_bars_are_as_long_as_their_changes_and_hang_together() -> None:
    assert picture_of([300, 100, -200]) == [(0.0, 75.0), (75.0, 25.0), (50.0, 50.0), (0.0, 50.0)]


def test_bars_go_to_the_left_of_nothing_when_the_bill_is_smaller() -> None:
    assert picture_of([-300, 100]) == [(0.0, 100.0), (0.0, 33.33), (33.33, 66.67)]


def test_change_that_comes_to_nothing_has_no_bar_in_all() -> None:
    assert picture_of([100, -100]) == [(0.0, 100.0), (0.0, 100.0), (0.0, 0.0)]


def test_small_change_is_still_seen() -> None:
    assert picture_of([1_000_000, 1])[1][1] > 0.5
