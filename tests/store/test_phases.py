from hypothesis import given
from hypothesis import strategies as st

from store.phases import Phase, by_name, dumped, loaded

MILLISECONDS = st.floats(0, 1e6, allow_nan=False).map(lambda value: round(value, 2))
PHASES = st.lists(st.builds(Phase, st.text(max_size=20), MILLISECONDS, MILLISECONDS)).map(tuple)


@given(PHASES)
def test_what_was_dumped_is_loaded(phases: tuple[Phase, ...]) -> None:
    assert loaded(dumped(phases)) == phases


def test_milliseconds_by_name_are_read_as_phases_in_a_row() -> None:
    older = loaded('{"dns": 2.5, "order": 4.0}')
    assert older == (Phase("dns", 0.0, 2.5), Phase("order", 2.5, 4.0))


def test_a_phase_that_came_twice_is_summed() -> None:
    twice = (Phase("order", 0, 100.0), Phase("order", 250, 100.5))
    assert by_name(twice) == {"order": 200.5}
