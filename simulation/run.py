"""Run: one simulation from its seed to its result."""

import gc
import sqlite3
from dataclasses import dataclass
from time import process_time

from simulation.ca import CA
from simulation.house import House
from simulation.issuing import Rules
from simulation.judge import Judge
from simulation.lifetimes import Lifetime, classic
from simulation.lives import START, YEAR, lives, troubles
from simulation.record import Record
from store import migrate

COLLAPSED_FROM = 20_000
"""Names in a year, above which polls and looks that change nothing are leaped over."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to."""

    judge: Judge
    ca: CA
    records: list[Record]
    events: int
    seconds: float
    collapsed: bool

    @property
    def line(self) -> dict[str, float]:
        """What the last line of the output says."""
        return {
            "orders": self.ca.orders,
            "needed": self.judge.needed,
            "rate_limited": self.ca.rate_limited,
            "expired_served": self.judge.expired_served,
            "events": self.events,
            "seconds": round(self.seconds, 1),
        }


def run(
    seed: int,
    domains: int,
    years: float,
    *,
    collapsed: bool | None = None,
    rules: Rules | None = None,
    lifetime: Lifetime = classic,
) -> Result:
    """Simulate so many names for so long."""
    begun = process_time()
    leaps = domains * years > COLLAPSED_FROM if collapsed is None else collapsed
    outages, revocations = troubles(seed, years)
    ca = CA(START, lifetime, outages, revocations)
    judge = Judge(ca, outages)
    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        db.row_factory = sqlite3.Row
        migrate.to_newest(db)
        house = House(db, ca, judge, rules or Rules(), collapsed=leaps)
        gc.disable()  # no cycles are made, and going through millions of records takes longer than the rest
        for life in lives(seed, domains, years):
            house.add(life)
        house.run(START + YEAR * years)
    finally:
        gc.enable()
        db.close()
    return Result(judge, ca, house.records, house.handled, process_time() - begun, leaps)
