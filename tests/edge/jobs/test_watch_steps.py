"""The rule of the watch: facts in, the next state and the next look out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.jobs.watch_steps import (
    HOURLY,
    LOOKS,
    RECENT,
    SPAN,
    STEADY,
    UNHEARD_PATIENCE,
    after,
    is_news,
    quiet,
)
from store.hostname import Hostname
from store.watches import SOONEST, Place, Seen, Watch

NAME = Hostname("shop.customer.example")
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NEW = Watch(NAME, AT)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
jitters = st.floats(0, 1)


def seen_in_turn(watch: Watch, *looks: Seen) -> Watch:
    """Each look at its time."""
    for look in looks:
        watch = after(watch, look, "f", watch.next_look_at, 0.0)
    return watch


def moved() -> Watch:
    return seen_in_turn(NEW, *[Seen.AWAY] * 4)


def gap(watch: Watch) -> timedelta:
    assert watch.looked_at
    return watch.next_look_at - watch.looked_at


def test_quiet_name_is_asked_step_by_step_slower_to_once_a_day() -> None:
    watch, gaps = NEW, []
    for _ in range(30):
        watch = quiet(watch, "f", watch.next_look_at, 0.0)
        gaps.append(gap(watch) / HOUR)
    assert gaps[:12] == [1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8]
    assert gaps[-5:] == [24] * 5
    assert gap(seen_in_turn(watch, Seen.WELL)) == HOURLY


def test_name_has_moved_only_by_several_looks_over_a_span() -> None:
    watch, places = NEW, []
    for _ in range(5):
        watch = after(watch, Seen.AWAY, "f", watch.next_look_at, 1.0)
        assert watch.looked_at
        places.append((watch.looked_at - AT, watch.place))
    before = [place for at, place in places if at < SPAN]
    assert len(before) >= LOOKS and set(before) == {Place.HERE}
    assert places[-1][1] is Place.MOVED and places[-1][0] < 2 * SPAN


def test_many_looks_within_moments_count_as_one() -> None:
    watch = NEW
    for second in range(100):
        watch = after(watch, Seen.AWAY, "f", AT + timedelta(seconds=second), 0.0)
    assert (watch.place, watch.suspicions) == (Place.HERE, 1)
    assert watch.suspected is Place.MOVED


def test_few_looks_over_a_long_span_are_too_few() -> None:
    watch = after(after(NEW, Seen.AWAY, "f", AT, 0.0), Seen.AWAY, "f", AT + DAY, 0.0)
    assert watch.place is Place.HERE


@given(st.lists(st.sampled_from([Seen.UNHEARD, Seen.DOUBTFUL, Seen.TROUBLED, Seen.WELL]), max_size=40))
def test_what_could_not_be_asked_or_is_not_agreed_on_never_moves_a_name(looks: list[Seen]) -> None:
    assert seen_in_turn(NEW, *looks).place is not Place.MOVED


@given(st.integers(0, 50))
def test_time_outs_between_looks_neither_count_nor_forget(unheard: int) -> None:
    suspected = seen_in_turn(NEW, Seen.AWAY, Seen.AWAY)
    watch = seen_in_turn(suspected, *[Seen.UNHEARD] * unheard)
    assert (watch.suspicions, watch.place) == (2, Place.HERE)
    assert seen_in_turn(watch, Seen.AWAY, Seen.AWAY).place is Place.MOVED


def test_one_good_look_heals_at_once_and_renewals_with_it() -> None:
    back = seen_in_turn(moved(), Seen.WELL)
    assert (back.place, back.placed_at, back.suspected) == (Place.HERE, None, None)
    assert back.looked_at and back.renews(back.looked_at)


def test_name_that_comes_and_goes_within_a_day_must_stay_before_it_is_renewed() -> None:
    once = seen_in_turn(NEW, Seen.AWAY, Seen.WELL)
    twice = seen_in_turn(once, Seen.AWAY, Seen.WELL)
    assert once.looked_at and once.renews(once.looked_at)
    assert twice.looked_at and not twice.renews(twice.looked_at)
    assert twice.renews(twice.looked_at + STEADY)
    later = replace(once, next_look_at=once.looked_at + RECENT)
    again = seen_in_turn(later, Seen.AWAY, Seen.WELL)
    assert again.looked_at and again.renews(again.looked_at)


@pytest.mark.parametrize("look", [Seen.AWAY, Seen.DOUBTFUL])
def test_nothing_is_renewed_while_it_may_have_left(look: Seen) -> None:
    assert not seen_in_turn(NEW, look).renews(AT + DAY)


@pytest.mark.parametrize("look", [Seen.UNHEARD, Seen.TROUBLED])
def test_other_trouble_leaves_renewals_to_the_look_before_an_order(look: Seen) -> None:
    assert seen_in_turn(NEW, *[look] * 5).renews(AT)


def test_other_trouble_is_established_apart_from_having_moved() -> None:
    troubled = seen_in_turn(NEW, *[Seen.TROUBLED] * 4)
    assert (troubled.place, troubled.suspected) == (Place.TROUBLED, None)
    assert seen_in_turn(troubled, Seen.AWAY).place is Place.TROUBLED
    assert seen_in_turn(troubled, *[Seen.AWAY] * 4).place is Place.MOVED
    mixed = seen_in_turn(NEW, *[Seen.TROUBLED, Seen.AWAY] * 10)
    assert mixed.place is Place.HERE


def test_lost_name_is_asked_often_at_first_and_hourly_later() -> None:
    watch, gaps = moved(), []
    for _ in range(60):
        watch = seen_in_turn(watch, Seen.AWAY)
        gaps.append(gap(watch))
    assert gaps[0] == 10 * MINUTE and gaps == sorted(gaps)
    assert gaps[-1] == HOUR


@pytest.mark.parametrize(
    ("watch", "look", "news"),
    [
        (NEW, (True, True, "f"), False),
        (replace(NEW, fingerprint="f"), (True, True, "f"), False),
        (replace(NEW, fingerprint="f"), (True, True, "other"), True),
        (replace(NEW, fingerprint="f"), (True, False, "f"), True),
        (replace(NEW, suspected=Place.MOVED, fingerprint="f"), (True, True, "f"), True),
        (replace(NEW, place=Place.MOVED, fingerprint="f"), (True, False, "f"), False),
        (replace(NEW, place=Place.MOVED, fingerprint="f"), (True, True, "f"), True),
        (NEW, (False, False, ""), False),
        (replace(NEW, unheard=UNHEARD_PATIENCE), (False, False, ""), True),
    ],
)
def test_all_sides_are_asked_only_where_something_differs(
    watch: Watch, look: tuple[bool, bool, str], news: bool
) -> None:
    certain, well, fingerprint = look
    assert is_news(watch, certain=certain, well=well, fingerprint=fingerprint) is news


@given(st.lists(st.tuples(st.sampled_from(Seen), jitters), max_size=60), jitters)
def test_next_look_is_always_ahead_and_never_more_than_a_day(
    looks: list[tuple[Seen, float]], jitter: float
) -> None:
    watch = NEW
    for look, each in looks:
        watch = after(watch, look, "f", watch.next_look_at, each)
        assert 4 * MINUTE - timedelta(seconds=1) <= gap(watch) <= HOUR
        assert (watch.place is Place.HERE) is (watch.placed_at is None)
        assert (watch.suspicions > 0) <= (watch.suspected is not None)
    calm = quiet(watch, "f", watch.next_look_at, jitter)
    assert timedelta() < gap(calm) <= DAY


def test_suspicions_are_apart_by_the_least_span() -> None:
    watch = after(NEW, Seen.AWAY, "f", AT, 0.0)
    assert after(watch, Seen.AWAY, "f", AT + SOONEST, 0.0).suspicions == 2
    assert after(watch, Seen.AWAY, "f", AT + SOONEST - timedelta(seconds=1), 0.0).suspicions == 1
