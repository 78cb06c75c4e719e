"""How slowly a body may come."""

from hypothesis import given
from hypothesis import strategies as st

from edge.http1.pace import LEAST_BYTES, SPAN_SECONDS, Pace


def test_a_body_by_drops_is_too_slow_after_one_span() -> None:
    pace = Pace(0.0)
    assert all(pace.keeps(1, at) for at in range(1, 60))
    assert not pace.keeps(1, SPAN_SECONDS)


def test_a_body_that_is_fast_enough_in_each_span_goes_on() -> None:
    pace = Pace(0.0)
    assert all(pace.keeps(LEAST_BYTES // 60 + 1, float(at)) for at in range(1, 600))


def test_a_fast_beginning_does_not_pay_for_a_slow_end() -> None:
    pace = Pace(0.0)
    assert pace.keeps(1 << 30, SPAN_SECONDS)
    assert not pace.keeps(LEAST_BYTES - 1, 2 * SPAN_SECONDS)


@given(st.lists(st.tuples(st.floats(1, 50), st.integers(0, 200)), min_size=1))
def test_whoever_is_slower_than_the_least_is_stopped(pieces: list[tuple[float, int]]) -> None:
    pace, now = Pace(0.0), 0.0
    kept = []
    for seconds, size in pieces:  # 200 bytes a second at most
        now += seconds
        kept.append(pace.keeps(size, now))
    assert all(kept) == (now < SPAN_SECONDS)
