"""Watch steps: what a look at a name comes to, and when the next one is; pure.

here ──> suspected ──> troubled, moved: by several looks that agree, over a span of time
  └────────┴────────────────┘           back by one thorough look that finds it well
"""

from dataclasses import replace
from datetime import datetime, timedelta

from store.diagnosis import Diagnosis, Routing
from store.watches import SOONEST, Place, Seen, Watch

HOURLY = timedelta(hours=1)
DAILY = timedelta(days=1)
LOOKS_A_STEP = 4
"""Calm looks before the time between them is doubled."""
SUSPECTED_EVERY = timedelta(minutes=10)
LOOKS = 3
"""That must agree before a name is said to have left."""
SPAN = timedelta(minutes=30)
"""From the first of them to the last, at least."""
LOST_SOONEST, LOST_LATEST = timedelta(minutes=10), HOURLY
UNHEARD_FIRST = timedelta(minutes=5)
UNHEARD_PATIENCE, UNHEARD_ROUND = 2, 24
"""Light looks without an answer before all sides are asked; then again after so many more."""
RECENT = timedelta(days=1)
STEADY = timedelta(hours=1)
"""How long a name that comes and goes within a day must stay before it is renewed."""
JITTER = 0.2
"""Of the time between two looks, off which a random part is taken."""

_PLACES = {Seen.AWAY: Place.MOVED, Seen.TROUBLED: Place.TROUBLED}


def is_news(watch: Watch, *, certain: bool, well: bool, fingerprint: str) -> bool:
    """Whether a light look gives cause for a thorough one."""
    if not certain:
        return watch.unheard % UNHEARD_ROUND == UNHEARD_PATIENCE
    changed = bool(watch.fingerprint) and fingerprint != watch.fingerprint
    return changed or watch.suspected is not None or well is not (watch.place is Place.HERE)


def is_outdated(known: Diagnosis | None, *, well: bool) -> bool:
    """Whether what is kept of a name, and shown, is not what an answered light look saw just now."""
    return known is not None and (not known.certain or (known.routing is Routing.OK) is not well)


def quiet(watch: Watch, fingerprint: str, now: datetime, jitter: float) -> Watch:
    """After a light look that found nothing new; jitter is 0 to 1."""
    return _next(replace(watch, calm=watch.calm + 1, unheard=0), fingerprint, now, jitter)


def after(watch: Watch, seen: Seen, fingerprint: str, now: datetime, jitter: float) -> Watch:
    """After a thorough look, or a light one that nobody answered; jitter is 0 to 1."""
    match seen:
        case Seen.WELL:
            found = _well(watch, now)
        case Seen.UNHEARD:
            found = replace(watch, unheard=watch.unheard + 1)
        case Seen.DOUBTFUL:
            found = replace(watch, unheard=0, calm=0)
            if watch.is_well:
                found = replace(found, suspected=Place.MOVED)
        case Seen.AWAY | Seen.TROUBLED:
            found = _elsewhere(replace(watch, unheard=0, calm=0), _PLACES[seen], now)
    return _next(found, fingerprint, now, jitter)


def _well(watch: Watch, now: datetime) -> Watch:
    found = replace(_unsuspected(watch), unheard=0, calm=0, place=Place.HERE, placed_at=None)
    if watch.is_well:
        return found
    again = watch.returned_at is not None and now - watch.returned_at < RECENT
    return replace(found, returned_at=now, steady_from=now + STEADY if again else None)


def _elsewhere(watch: Watch, place: Place, now: datetime) -> Watch:
    if watch.place is place:
        return _unsuspected(watch)
    if watch.suspected is not place or watch.suspected_since is None or watch.suspected_at is None:
        return replace(watch, suspected=place, suspected_since=now, suspected_at=now, suspicions=1)
    if now - watch.suspected_at < SOONEST:
        return watch
    counted = replace(watch, suspected_at=now, suspicions=watch.suspicions + 1)
    if counted.suspicions < LOOKS or now - watch.suspected_since < SPAN:
        return counted
    return replace(_unsuspected(counted), place=place, placed_at=now)


def _unsuspected(watch: Watch) -> Watch:
    return replace(watch, suspected=None, suspected_since=None, suspected_at=None, suspicions=0)


def _next(watch: Watch, fingerprint: str, now: datetime, jitter: float) -> Watch:
    return replace(
        watch,
        looked_at=now,
        fingerprint=fingerprint or watch.fingerprint,
        next_look_at=now + _wait(watch, now) * (1 - JITTER * jitter),
    )


def _wait(watch: Watch, now: datetime) -> timedelta:
    if watch.unheard:
        doublings = min(watch.unheard - 1, 6)
        return min(UNHEARD_FIRST * (1 << doublings), HOURLY)
    if watch.suspected is not None or (watch.is_well and not watch.renews(now)):
        return SUSPECTED_EVERY
    if watch.placed_at is not None:
        return min(max((now - watch.placed_at) / 10, LOST_SOONEST), LOST_LATEST)
    return min(HOURLY * (1 << min(watch.calm // LOOKS_A_STEP, 5)), DAILY)
