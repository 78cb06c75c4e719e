"""Watching: looks at names as `edge.jobs.watch` makes them, and the leap over those that find nothing new."""

from dataclasses import replace
from datetime import datetime, timedelta

from edge.jobs import watch_steps
from simulation.record import Record
from simulation.sights import SIGHTS
from store.watches import Seen, Watch

_DAILY_AFTER = 5 * watch_steps.LOOKS_A_STEP
"""Calm looks, from which on the time between two does not grow."""
_LOST_BRISK, _LOST_STEADY = 10 * watch_steps.LOST_SOONEST, 10 * watch_steps.LOST_LATEST
_UNHEARD_STEADY = 7
_FOR_EVER = 10**9


def look(one: Record, now: datetime) -> bool:
    """One look, light or from all sides; whether a renewal that waited goes on."""
    watch, sight = one.watch, SIGHTS[one.life.state(now)]
    assert watch
    news = watch_steps.is_news(watch, certain=sight.certain, well=sight.well, fingerprint=sight.fingerprint)
    jitter = one.life.jitter
    if news or (sight.certain and watch_steps.is_outdated(one.known, well=sight.well)):
        fingerprint = sight.fingerprint if sight.certain else ""
        one.watch = after = watch_steps.after(watch, sight.seen, fingerprint, now, jitter)
        one.known = sight.diagnosis
        if one.held and after.is_well:
            one.held = False
            one.postpone(max(now, after.steady_from or now))
            return True
    elif sight.certain:
        one.watch = watch_steps.quiet(watch, sight.fingerprint, now, jitter)
    else:
        one.watch = watch_steps.after(watch, Seen.UNHEARD, "", now, jitter)
    return False


def leap(one: Record, now: datetime) -> datetime | None:
    """After a look: when the next one is that can find anything new; None: none will.

    Those before it are all alike: they are counted as made, each where it would have been.
    """
    watch = one.watch
    assert watch
    alike = _alike(watch, now)
    if not alike or watch_steps.is_outdated(one.known, well=_is_well(one, now)):
        return watch.next_look_at
    changes_at = one.life.changes_at(now)
    if changes_at is None and alike == _FOR_EVER:
        return None
    step = watch.next_look_at - now
    looks = alike if changes_at is None else min(-((watch.next_look_at - changes_at) // step), alike)
    if looks <= 0:
        return watch.next_look_at
    at = watch.next_look_at + looks * step
    if watch.unheard:
        one.watch = replace(watch, unheard=watch.unheard + looks, looked_at=at - step, next_look_at=at)
    else:
        one.watch = replace(watch, calm=watch.calm + looks, looked_at=at - step, next_look_at=at)
    return at


def _alike(watch: Watch, now: datetime) -> int:
    """How many looks that find nothing new follow each other in equal steps from here on."""
    if watch.suspected is not None:
        return 0
    if watch.unheard:
        return _FOR_EVER if watch.unheard >= _UNHEARD_STEADY else 0
    if watch.placed_at is not None:
        lost_for = now - watch.placed_at
        if lost_for >= _LOST_STEADY:
            return _FOR_EVER
        return max((_LOST_BRISK - lost_for) // (watch.next_look_at - now), 0)
    if watch.steady_from is not None and watch.steady_from > now:
        return 0
    if watch.calm >= _DAILY_AFTER:
        return _FOR_EVER
    return watch_steps.LOOKS_A_STEP - 1 - watch.calm % watch_steps.LOOKS_A_STEP


def _is_well(one: Record, now: datetime) -> bool:
    sight = SIGHTS[one.life.state(now)]
    return sight.well if sight.certain else True


def first_look(one: Record, now: datetime, share: float) -> None:
    """The watch that begins with a name's first certificate, within an hour."""
    one.watch = Watch(one.hostname, now + share * timedelta(hours=1))


def sooner(watch: Watch, at: datetime) -> Watch:
    """A look that another made sooner."""
    return replace(watch, next_look_at=at)
