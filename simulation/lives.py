"""Lives: when each name comes, how, and what befalls it; drawn from the seed alone, whatever our code does."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import pairwise

from simulation.ca import Outage, Revocation
from simulation.sights import State

START = datetime(2026, 12, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
BROKEN = 0.03
"""Of the names are broken at any time."""
_LONG, _SHORT, _SHORT_SHARE = timedelta(days=20), timedelta(hours=8), 0.2
"""How long a fault lasts on average: mostly nobody cares for weeks."""
_MEAN = _LONG * (1 - _SHORT_SHARE) + _SHORT * _SHORT_SHARE
_FAULTS = {State.AWAY: 50, State.GONE: 25, State.SILENT: 10, State.FORBIDDEN: 10, State.BLOCKED: 5}
IMPORT_DAYS = 120
"""Bulk imports come within the first so many days."""
IN_A_BATCH = 200
"""Names of one organisation that are imported at once, at most; a few of them share a registered domain."""


class Way(Enum):
    """How a name comes to its first certificate."""

    IMPORT = "import"
    WIZARD = "wizard"
    VISIT = "visit"
    """Nobody looks after it: its first visitor sets the order off."""


@dataclass(frozen=True, slots=True)
class Fault:
    """From then until then a name is in a state that is not right."""

    start_at: datetime
    end_at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Life:
    """One name."""

    name: str
    domain: str
    organisation_id: int
    comes_at: datetime
    way: Way
    jitter: float
    """0 to 1: of the time between looks."""
    faults: tuple[Fault, ...]

    def state(self, now: datetime) -> State:
        """What is the matter with it."""
        for fault in self.faults:
            if now < fault.end_at:
                return State.RIGHT if now < fault.start_at else fault.state
        return State.RIGHT

    def changes_at(self, now: datetime) -> datetime | None:
        """When that will be otherwise; None: never."""
        for fault in self.faults:
            if now < fault.start_at:
                return fault.start_at
            if now < fault.end_at:
                return fault.end_at
        return None

    def right_since(self, now: datetime) -> datetime | None:
        """Since when nothing has been the matter with it; None: something is."""
        since = self.comes_at
        for fault in self.faults:
            if fault.start_at <= now < fault.end_at:
                return None
            if fault.end_at <= now:
                since = fault.end_at
        return since


def lives(seed: int, domains: int, years: float) -> Iterator[Life]:
    """Every name: six in ten are imported, three are set up by their admins, one is found by a visitor."""
    draws = random.Random(seed)
    end_at = START + YEAR * years
    imported = round(domains * 0.6)
    batch_at, organisation_id = START, 1
    for number in range(domains):
        if number < imported:
            if number % IN_A_BATCH == 0:
                batch_at = START + timedelta(days=draws.random() * min(IMPORT_DAYS, 120 * years))
                organisation_id += 1
            yield _life(draws, number, organisation_id, batch_at, Way.IMPORT, end_at)
        else:
            way = Way.WIZARD if draws.random() < 0.75 else Way.VISIT
            comes_at = START + YEAR * years * draws.random() * 0.9
            yield _life(draws, number, 1_000_000 + number, comes_at, way, end_at)


def troubles(seed: int, years: float) -> tuple[tuple[Outage, ...], tuple[Revocation, ...]]:
    """Each year outages of 6, 24 and 72 hours, and one mass revocation, two days before the longest of them."""
    draws = random.Random(f"{seed} troubles")
    outages, revocations = [], []
    for year in range(max(round(years), 1)):
        begins = START + YEAR * min(year, years)
        at = [YEAR * min(years, 1) * ((place + draws.random() / 2) / 4) for place in (1, 2, 3)]
        for after, hours in zip(at, (6, 72, 24), strict=True):
            outages.append(Outage(begins + after, begins + after + timedelta(hours=hours)))
        revoked_at = begins + at[1] - timedelta(days=2)
        revocations.append(Revocation(revoked_at, revoked_at - timedelta(days=40), 3))
    return tuple(outages), tuple(revocations)


def _life(
    draws: random.Random, number: int, organisation_id: int, comes_at: datetime, way: Way, end_at: datetime
) -> Life:
    shared = way is Way.IMPORT and number % IN_A_BATCH < 60
    domain = f"customer{organisation_id}.co.uk" if shared else f"company{number}.com"
    faults = tuple(_faults(draws, comes_at, way, end_at))
    return Life(f"billing{number}.{domain}", domain, organisation_id, comes_at, way, draws.random(), faults)


def _faults(draws: random.Random, comes_at: datetime, way: Way, end_at: datetime) -> Iterator[Fault]:
    now = comes_at
    if way is Way.WIZARD:  # the record is not there yet
        now += timedelta(hours=draws.expovariate(0.5))
        yield Fault(comes_at, now, State.GONE)
    elif draws.random() < BROKEN:
        yield (first := _fault(draws, now))
        now = first.end_at
    while True:
        now += _MEAN * (1 - BROKEN) / BROKEN * draws.expovariate(1)
        if now >= end_at:
            return
        yield (fault := _fault(draws, now))
        now = fault.end_at


def _fault(draws: random.Random, start_at: datetime) -> Fault:
    mean = _SHORT if draws.random() < _SHORT_SHARE else _LONG
    [state] = draws.choices(list(_FAULTS), list(_FAULTS.values()))
    return Fault(start_at, start_at + mean * draws.expovariate(1) + timedelta(minutes=5), state)


def up_between(start_at: datetime, end_at: datetime, outages: tuple[Outage, ...]) -> timedelta:
    """How long the CA was up between two instants."""
    edges = [start_at, end_at]
    for outage in outages:
        edges += [min(max(at, start_at), end_at) for at in (outage.start_at, outage.end_at)]
    parts = ((a, b) for a, b in pairwise(sorted(edges)) if a < b)
    up = [b - a for a, b in parts if not any(each.start_at <= a < each.end_at for each in outages)]
    return sum(up, timedelta())
