from hypothesis import given
from hypothesis import strategies as st

from admin.operators.waterfall import waterfall
from store.phases import Phase

MILLISECONDS = st.floats(0, 1e5, allow_nan=False)


def test_phases_stand_on_one_scale() -> None:
    found = waterfall([Phase("dns", 0, 25.0), Phase("order", 25.0, 75.0)])
    assert found.milliseconds == 100.0
    assert [(row.words, row.x, row.width) for row in found.rows] == [
        ("DNS asked", 0.0, 25.0),
        ("Ordered", 25.0, 75.0),
    ]


def test_what_was_seen_within_a_phase_stands_below_it() -> None:
    found = waterfall([Phase("http-01 asked by 192.0.2.7", 40, 0.0), Phase("validation", 20, 60.0)])
    assert [(row.words, row.is_moment) for row in found.rows] == [
        ("Validated", False),
        ("http-01 asked by 192.0.2.7", True),
    ]


@given(st.lists(st.builds(Phase, st.sampled_from(["dns", "order", "x"]), MILLISECONDS, MILLISECONDS)))
def test_nothing_stands_outside_of_the_picture(phases: list[Phase]) -> None:
    for row in waterfall(phases).rows:
        assert 0 <= row.x and row.width > 0 and row.x + row.width <= 100.01
