"""Where to look for calls of a value: everywhere they are, newest first, nowhere twice."""

from hypothesis import given
from hypothesis import strategies as st

from portal.calls.windows import of_rollups
from store.rollups import QUARTER_SECONDS, Rollup, Tally


def rollup(quarters: tuple[int, ...] | None) -> Rollup:
    return Rollup("cli", "x", "GBP", Tally(), {}, quarters)


def test_quarters_that_follow_each_other_are_one_span() -> None:
    spans = of_rollups([rollup((1, 2, 5)), rollup((3, 9))])
    assert spans is not None
    assert [(first // QUARTER_SECONDS, last // QUARTER_SECONDS) for first, last in spans] == [
        (9, 10),
        (5, 6),
        (1, 4),
    ]
    assert of_rollups([]) == of_rollups([rollup(())]) == []


def test_a_value_that_is_everywhere_is_looked_for_everywhere() -> None:
    assert of_rollups([rollup((1,)), rollup(None)]) is None


@given(st.lists(st.integers(0, 60), max_size=40))
def test_every_quarter_is_in_one_span_and_no_other_is(quarters: list[int]) -> None:
    spans = of_rollups([rollup(tuple(sorted(set(quarters))))])
    assert spans is not None and spans == sorted(spans, reverse=True)
    held = [q for first, last in spans for q in range(first // QUARTER_SECONDS, last // QUARTER_SECONDS)]
    assert sorted(held) == sorted(set(quarters))
