"""Charts: numbers to the places of an SVG's bars; widths in percent, heights in pixels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEIGHT = 200
_TOP = 16
_BOTTOM = 28
_FILL = 0.66
"""The part of its room that a bar is wide."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value: its name in the table, its label under the bar, its value in words."""

    name: str
    label: str
    value: int
    text: str
    odd: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar and the words that go with it."""

    name: str
    label: str
    text: str
    title: str
    odd: bool
    x: float
    width: float
    middle: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A horizontal line with the value it stands for."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What the macro `bars` of ui.html draws."""

    height: int
    bars: tuple[Bar, ...]
    lines: tuple[Rule, ...]


def bars(points: Sequence[Point], shown: Callable[[int], str], unit: int = 1) -> Chart:
    """A bar for each point over round values; `unit` is the smallest step worth a line."""
    step = _step(max((point.value for point in points), default=0), unit)
    top = max(step, -(-max((point.value for point in points), default=0) // step) * step)
    scale = (HEIGHT - _TOP - _BOTTOM) / top
    floor = HEIGHT - _BOTTOM
    room = 100 / max(len(points), 1)
    return Chart(
        height=HEIGHT,
        bars=tuple(_bar(point, number, room, scale) for number, point in enumerate(points)),
        lines=tuple(Rule(round(floor - value * scale, 1), shown(value)) for value in range(0, top + 1, step)),
    )


def _bar(point: Point, number: int, room: float, scale: float) -> Bar:
    height = round(max(point.value, 0) * scale, 1)
    if point.value > 0:
        height = max(height, 1.5)
    return Bar(
        name=point.name,
        label=point.label,
        text=point.text,
        title=f"{point.name}: {point.text}",
        odd=point.odd,
        x=round((number + (1 - _FILL) / 2) * room, 2),
        width=round(room * _FILL, 2),
        middle=round((number + 0.5) * room, 2),
        y=round(HEIGHT - _BOTTOM - height, 1),
        height=height,
    )


def _step(largest: int, unit: int) -> int:
    """The smallest of 1, 2, 5, 10 … units that gives at most four lines above zero."""
    step = unit
    for factor in _FACTORS:
        step = unit * factor
        if largest <= 4 * step:
            break
    return step


_FACTORS = tuple(digit * 10**power for power in range(16) for digit in (1, 2, 5))
