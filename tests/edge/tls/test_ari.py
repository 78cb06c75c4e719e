"""When to renew by the CA's wish: a moment picked once, kept while the window stands."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.tls import ari
from store.renewal_windows import Window

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
DRAWS = st.floats(0, 1)


@given(DRAWS, st.timedeltas(timedelta(seconds=1), timedelta(days=90)))
def test_moment_is_within_the_window(draw: float, length: timedelta) -> None:
    assert NOW <= ari.moment(NOW, NOW + length, None, draw) <= NOW + length


@given(DRAWS, DRAWS)
def test_moment_is_picked_once_while_the_window_stands(first: float, second: float) -> None:
    at = ari.moment(NOW, NOW + DAY, None, first)
    assert ari.moment(NOW, NOW + DAY, Window(NOW, NOW + DAY, at), second) == at


def test_moved_window_gets_a_moment_of_its_own() -> None:
    kept = Window(NOW, NOW + DAY, NOW)
    assert ari.moment(NOW - 2 * DAY, NOW - DAY, kept, 0.5) == NOW - 1.5 * DAY


@given(st.timedeltas(-DAY, 400 * DAY))
def test_time_is_left_for_failures_whatever_the_window_says(late: timedelta) -> None:
    assert ari.bounded(NOW + late, NOW, NOW + 100 * DAY) <= NOW + 90 * DAY


@pytest.mark.parametrize(
    ("says", "hours"), [(None, 6), (21600.0, 6), (0.0, 1 / 60), (10.0**9, 24), (3600.0, 1)]
)
def test_ca_is_asked_again_when_it_says_within_bounds(says: float | None, hours: float) -> None:
    assert ari.next_poll(NOW, says) == NOW + timedelta(hours=hours)
