"""Slices: a list that is known whole and shown a part at a time; which part stands in the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Slice:
    """Where a part begins and ends, counted from 0 and without its end, and how to go on."""

    start: int
    end: int
    total: int
    before_url: str
    after_url: str
    """Empty: there is none."""

    @property
    def is_part(self) -> bool:
        """Whether there is more than this."""
        return self.end - self.start < self.total


def cut(total: int, size: int, asked: str, url: Callable[[int | None], str]) -> Slice:
    """The part that an address asks for, the nearest there is; `url` makes the address of another."""
    last = max(1, -(-total // size))
    number = min(max(int(asked), 1), last) if asked.isdecimal() and len(asked) < 10 else 1
    return Slice(
        start=(number - 1) * size,
        end=min(number * size, total),
        total=total,
        before_url=url(number - 1 if number > 2 else None) if number > 1 else "",
        after_url=url(number + 1) if number < last else "",
    )


def holding(items: Sequence[T], is_wanted: Callable[[T], bool], size: int) -> str:
    """The part, as an address says it, that holds the first item that is wanted; empty: none does."""
    return next((str(place // size + 1) for place, item in enumerate(items) if is_wanted(item)), "")
