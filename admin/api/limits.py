"""Limits: how often a token may ask. Each is a bucket that fills evenly; what is over has to wait.

They keep one program from starving the others in this process, and are far above what a sync needs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once, and so many a second after that."""

    name: str
    at_once: int
    a_second: float


READS = Limit("reads", 300, 20)
WRITES = Limit("writes", 60, 5)
ROWS = Limit("rows", 50_000, 2_000)
"""Of write requests together; larger amounts go as files, in a process of their own."""
WRITES_UNDER_WAY = 2
"""Of one organisation; each is done in one turn, so more would only wait."""


@dataclass(frozen=True, slots=True)
class Level:
    """What was left in a bucket, and when."""

    left: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Over:
    """Too much: when to come back."""

    limit: str
    wait: timedelta

    @property
    def seconds(self) -> int:
        return max(1, ceil(self.wait.total_seconds()))


def take(limit: Limit, level: Level | None, cost: int, now: datetime) -> Level | Over:
    """What is left after a request of this cost. One that is larger than the bucket takes all of it."""
    left = float(limit.at_once)
    if level:
        left = min(left, level.left + max(0.0, (now - level.at).total_seconds()) * limit.a_second)
    needed = min(cost, limit.at_once)
    if left < needed:
        return Over(limit.name, timedelta(seconds=(needed - left) / limit.a_second))
    return Level(left - needed, now)


class Limiter:
    """The buckets of all tokens, and the writes under way of each organisation."""

    def __init__(self) -> None:
        self._levels: dict[tuple[int, str], Level] = {}
        self._under_way: dict[int, int] = {}

    def take(self, token_id: int, limit: Limit, cost: int, now: datetime) -> Over | None:
        """Count a request, or say when to come back."""
        taken = take(limit, self._levels.get((token_id, limit.name)), cost, now)
        if isinstance(taken, Over):
            return taken
        self._levels[token_id, limit.name] = taken
        return None

    @contextmanager
    def writing(self, organisation_id: int) -> Iterator[bool]:
        """Whether one more write of an organisation may begin; it is under way for the block."""
        running = self._under_way.get(organisation_id, 0)
        if running >= WRITES_UNDER_WAY:
            yield False
            return
        self._under_way[organisation_id] = running + 1
        try:
            yield True
        finally:
            left = self._under_way[organisation_id] - 1
            if left:
                self._under_way[organisation_id] = left
            else:
                del self._under_way[organisation_id]
