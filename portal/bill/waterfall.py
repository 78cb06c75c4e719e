"""Waterfall: the causes of a difference as bars, each beginning where the one above it ends; places in percent.

It begins at the earlier total and shows the change alone, so that a small change of a large bill is seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ROW = 44
"""The height of a row in pixels: the words, the bar below them."""
BAR_TOP = 24
BAR_HEIGHT = 10
_LEAST = 0.6
"""The width of a bar that would not be seen."""


@dataclass(frozen=True, slots=True)
class Step:
    """One cause: its name, its change and the change in words."""

    name: str
    change: int
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of the picture; `less`: the bill became smaller by it."""

    name: str
    text: str
    x: float
    width: float
    label_y: int
    y: int
    less: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A thin line from the end of one bar to the beginning of the next."""

    x: float
    y1: int
    y2: int


@dataclass(frozen=True, slots=True)
class Waterfall:
    """What the template draws; `zero` is where the earlier total is."""

    height: int
    zero: float
    bars: tuple[Bar, ...]
    links: tuple[Link, ...]


def waterfall(steps: Sequence[Step], total: Step) -> Waterfall:
    """The picture of changes that add up to the total's."""
    ends = list(_ends(steps))
    low, high = min(0, total.change, *ends), max(0, total.change, *ends)
    scale = 100 / max(high - low, 1)
    spans = [*zip([0, *ends], ends, strict=False), (0, total.change)]
    bars = tuple(
        _bar(number, step, _along(span, low, scale))
        for number, (step, span) in enumerate(zip((*steps, total), spans, strict=True))
    )
    links = tuple(
        Link(round((end - low) * scale, 2), row * ROW + BAR_TOP, (row + 1) * ROW + BAR_TOP + BAR_HEIGHT)
        for row, end in enumerate(ends)
    )
    return Waterfall(ROW * len(bars), round(-low * scale, 2), bars, links)


def _ends(steps: Sequence[Step]) -> Iterator[int]:
    sofar = 0
    for step in steps:
        sofar += step.change
        yield sofar


def _along(span: tuple[int, int], low: int, scale: float) -> tuple[float, float]:
    """The left end and the width of a bar, in percent."""
    left, right = sorted(span)
    width = max((right - left) * scale, _LEAST)
    return round(min((left - low) * scale, 100 - width), 2), round(width, 2)


def _bar(number: int, step: Step, along: tuple[float, float]) -> Bar:
    x, width = along
    return Bar(
        name=step.name,
        text=step.text,
        x=x,
        width=width if step.change else 0.0,
        label_y=number * ROW + 16,
        y=number * ROW + BAR_TOP,
        less=step.change < 0,
    )
