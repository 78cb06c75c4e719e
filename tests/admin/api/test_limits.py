from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from admin.api.limits import WRITES_UNDER_WAY, Level, Limit, Limiter, Over, take
from tests.factories import NOW

TWO = Limit("two", 2, 1)


def test_bucket_gives_what_is_in_it_then_what_flows_in() -> None:
    limiter = Limiter()
    assert limiter.take(1, TWO, 1, NOW) is None
    assert limiter.take(1, TWO, 1, NOW) is None
    over = limiter.take(1, TWO, 1, NOW)
    assert over and (over.limit, over.seconds) == ("two", 1)
    assert limiter.take(2, TWO, 1, NOW) is None
    assert limiter.take(1, TWO, 1, NOW + timedelta(seconds=1)) is None
    assert limiter.take(1, TWO, 1, NOW + timedelta(seconds=1))


def test_request_larger_than_the_bucket_takes_all_of_it() -> None:
    assert take(TWO, None, 100, NOW) == Level(0, NOW)
    assert isinstance(take(TWO, Level(1.5, NOW), 100, NOW), Over)


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(1, 5)), max_size=50))
def test_no_more_is_given_than_was_there_and_flowed_in(asked: list[tuple[float, int]]) -> None:
    limit, level, now, given_ = Limit("x", 5, 0.5), None, NOW, 0
    for seconds, cost in asked:
        now += timedelta(seconds=seconds)
        found = take(limit, level, cost, now)
        if isinstance(found, Level):
            level, given_ = found, given_ + cost
    assert given_ <= 5 + 0.5 * (now - NOW).total_seconds() + 1e-6


def test_few_writes_of_an_organisation_are_under_way_at_once() -> None:
    limiter = Limiter()
    with limiter.writing(1) as first, limiter.writing(1) as second, limiter.writing(1) as third:
        assert (first, second, third) == (True, True, False)
        with limiter.writing(2) as other:
            assert other
    assert WRITES_UNDER_WAY == 2
    with limiter.writing(1) as again:
        assert again
