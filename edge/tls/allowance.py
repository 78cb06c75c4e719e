"""Allowance: how many log lines of a kind may be written in a second, so that a flood fills no disk."""

from collections.abc import Hashable


class Allowance:
    """Counts what was left out, for the next line of its kind to say."""

    def __init__(self, per_second: int = 10) -> None:
        self._per_second = per_second
        self._second: dict[Hashable, tuple[int, int]] = {}
        self._left_out: dict[Hashable, int] = {}

    def take(self, kind: Hashable, now: float) -> int | None:
        """How many lines of this kind were left out since the last one; None: this one is left out, too."""
        second, written = self._second.get(kind, (0, 0))
        if second != int(now):
            second, written = int(now), 0
        if written >= self._per_second:
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return None
        self._second[kind] = second, written + 1
        return self._left_out.pop(kind, 0)
