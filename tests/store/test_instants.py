from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import instants

INSTANTS = st.datetimes(
    datetime(1900, 1, 1),
    datetime(2200, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]),
)


@given(INSTANTS)
def test_stored_instant_is_the_same_rounded_down_to_its_millisecond(instant: datetime) -> None:
    back = instants.from_ms(instants.to_ms(instant))
    assert timedelta(0) <= instant - back < timedelta(milliseconds=1)
    assert back.tzinfo is UTC


def test_naive_instant_is_refused() -> None:
    with pytest.raises(TypeError):
        instants.to_ms(datetime(2026, 1, 1))


def test_no_instant_is_stored_as_none() -> None:
    assert instants.maybe_ms(None) is None
    assert instants.maybe_instant(None) is None


def test_an_instant_that_may_be_missing_is_kept() -> None:
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert instants.maybe_instant(instants.maybe_ms(at)) == at
