"""How many handshakes may wait for a certificate at once, in all and for one address."""

import ipaddress
from collections import Counter


class WaitingRoom:
    """Counts who waits; an IPv6 address counts with its /64, which one visitor commonly has to himself."""

    def __init__(self, total: int = 2_000, per_address: int = 20) -> None:
        self._total = total
        self._per_address = per_address
        self._count = 0
        self._by_address: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._count

    def enter(self, address: str) -> bool:
        """Whether there is room; who was let in calls `leave` with the same address."""
        place = _place(address)
        if self._count >= self._total or self._by_address[place] >= self._per_address:
            return False
        self._count += 1
        self._by_address[place] += 1
        return True

    def leave(self, address: str) -> None:
        """One who was let in no longer waits."""
        place = _place(address)
        self._count -= 1
        self._by_address[place] -= 1
        if not self._by_address[place]:
            del self._by_address[place]


def _place(address: str) -> str:
    if ":" not in address:
        return address
    try:
        whole = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    return str(whole.ipv4_mapped or ipaddress.IPv6Network((whole, 64), strict=False).network_address)
