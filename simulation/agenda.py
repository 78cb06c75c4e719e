"""Agenda: what is to happen, in the order of virtual time."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

from simulation.record import Record

Event = Callable[[Record, datetime], None]


class Agenda:
    """Events by their time; those of the same time in the order in which they were put."""

    def __init__(self) -> None:
        self._events: list[tuple[datetime, int, Event, Record]] = []
        self._numbers = count()
        self.handled = 0

    def put(self, at: datetime, event: Event, one: Record) -> None:
        """Have something happen to a name."""
        heapq.heappush(self._events, (at, next(self._numbers), event, one))

    def take(self, until: datetime) -> tuple[datetime, Event, Record] | None:
        """What is next; None: nothing before then."""
        if not self._events or self._events[0][0] >= until:
            return None
        self.handled += 1
        at, _, event, one = heapq.heappop(self._events)
        return at, event, one
