"""Strangers: which names are asked for that are not ours: a count, and the last few hundred names."""

from collections import OrderedDict

from store.hostname import Hostname
from store.instants import Clock
from store.operations import Stranger, Strangers

MOST_NAMES = 300
"""A scanner asks for any number of names; this many are kept, those that were asked for last."""
SHOWN = 50


class StrangerCount:
    """Counts handshakes that were refused for their name; memory is bounded whatever is asked for."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self._since = clock()
        self._refused = 0
        self._nameless = 0
        self._names: OrderedDict[Hostname, Stranger] = OrderedDict()

    def add(self, hostname: Hostname | None) -> None:
        """One more; None: it said no name that could be one."""
        self._refused += 1
        if hostname is None:
            self._nameless += 1
            return
        known = self._names.pop(hostname, None)
        self._names[hostname] = Stranger(hostname, known.times + 1 if known else 1, self._clock())
        if len(self._names) > MOST_NAMES:
            self._names.popitem(last=False)

    def seen(self) -> Strangers:
        """What was counted so far."""
        names = sorted(self._names.values(), key=lambda name: (-name.times, name.hostname))
        return Strangers(self._since, self._refused, self._nameless, tuple(names[:SHOWN]))
