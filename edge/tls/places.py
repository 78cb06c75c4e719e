"""Places: how many may be here at once, in all and from one address: connections, and handshakes that wait."""

import ipaddress
import sys
from collections import Counter
from collections.abc import Callable

OTHER_FILES = 128
"""Of the store, the DNS, the CA, upstreams, logs."""


class Places:
    """Counts who is here; an IPv6 address counts with its /64, which one visitor commonly has to himself.

    `spared` are addresses that stand for many visitors, such as a load balancer's: only the whole counts for them.
    """

    def __init__(
        self,
        total: int = sys.maxsize,
        per_address: int = sys.maxsize,
        spared: Callable[[str], bool] = lambda address: False,
    ) -> None:
        self._total = total
        self._per_address = per_address
        self._spared = spared
        self._count = 0
        self._by_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._count

    def enter(self, address: str) -> bool:
        """Whether there is room; who was let in calls `leave` with the same address."""
        place = _place(address)
        full = self._by_address.get(place, 0) >= self._per_address and not self._spared(address)
        if self._count >= self._total or full:
            return False
        self._count += 1
        self._by_address[place] += 1
        return True

    def leave(self, address: str) -> None:
        """One who was let in is gone."""
        place = _place(address)
        self._count -= 1
        self._by_address[place] -= 1
        if not self._by_address[place]:
            del self._by_address[place]


def within_files(connections: int, files: int) -> int:
    """So many of them as leave an eighth of the open files, and at least 128, to everything else."""
    return max(1, min(connections, files - max(OTHER_FILES, files // 8)))


def _place(address: str) -> str:
    if ":" not in address:
        return address
    try:
        whole = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    return str(whole.ipv4_mapped or ipaddress.IPv6Network((whole, 64), strict=False).network_address)
